"""How each rep answers, held against what became of the leads: for the rep first, then for their manager.

Nothing is kept: what stood on a day is computed from what was recorded by then, so a rep sees today
what a manager sees a fortnight later, if it still stands.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.reports.rates import REP_SEES_FIRST
from prospects.kinds import Verdict
from prospects.rows import OpportunityRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow
from scoring.learning.answering import (
    BELIEVED,
    LOOKS_BACK,
    Answers,
    Beside,
    each_beside,
)

SILENT, WON, LOST, OPEN = "silent", "won", "lost", "open"


def beside(session: Session, now: datetime) -> dict[UUID, Beside]:
    """Every rep who answered or should have, by what was recorded at `now`."""
    return each_beside(_answers(session, now))


def told_to_managers(session: Session, now: datetime) -> dict[UUID, Beside]:
    """As it stood a fortnight ago, for those with a sign that still stands."""
    before, today = beside(session, now - REP_SEES_FIRST), beside(session, now)
    return {
        rep: old
        for rep, old in before.items()
        if set(old.signs) & set(today[rep].signs if rep in today else ())
    }


def _answers(session: Session, now: datetime) -> dict[UUID, Answers]:
    found: defaultdict[UUID, Answers] = defaultdict(Answers)
    for rep, verdict, end, number in session.execute(_counted(now)):
        found[rep] = found[rep].plus(_of(verdict, end, number))
    return dict(found)


def _of(verdict: str | None, end: str, number: int) -> Answers:
    if verdict is None:
        return Answers(silent=number if end == SILENT else 0)
    believed = verdict in BELIEVED
    return Answers(
        answered=number,
        confirmed=number if verdict == Verdict.CONFIRMED else 0,
        won=number if believed and end == WON else 0,
        ended=number if believed and end in (WON, LOST) else 0,
    )


def _counted(now: datetime) -> Select[Any]:
    """`rep, verdict, end, number` over all leads that were taken in the last half year."""
    said = and_(
        ConfirmationRow.prospect_id == HandoffRow.prospect_id,
        ConfirmationRow.handoff_id == HandoffRow.id,
        ConfirmationRow.superseded_at.is_(None),
        ConfirmationRow.recorded_at <= now,
    )
    deal = OpportunityRow.id == HandoffRow.opportunity_id
    rep = func.coalesce(ConfirmationRow.rep_id, HandoffRow.rep_id)
    ended = _ended(now)
    return (
        select(rep, ConfirmationRow.verdict, ended, func.count())
        .select_from(HandoffRow)
        .outerjoin(ConfirmationRow, said)
        .outerjoin(OpportunityRow, deal)
        .where(HandoffRow.accepted_at > now - LOOKS_BACK, HandoffRow.accepted_at <= now)
        .where(rep.is_not(None), HandoffRow.drawn.is_(None))
        .group_by(rep, ConfirmationRow.verdict, ended)
    )


def _ended(now: datetime) -> Any:
    """What became of a lead by `now`, as far as we or the CRM know."""
    closed = and_(HandoffRow.closed_at.is_not(None), HandoffRow.closed_at <= now)

    def became(state: HandoffState) -> Any:
        return or_(and_(closed, HandoffRow.state == state), OpportunityRow.state == state.value)

    overdue = and_(HandoffRow.confirm_by < now, ConfirmationRow.id.is_(None))
    return case(
        (became(HandoffState.WON), WON),
        (became(HandoffState.LOST), LOST),
        (overdue, SILENT),
        else_=OPEN,
    )


def in_order(signs: Mapping[UUID, Beside]) -> Sequence[tuple[UUID, Beside]]:
    """Who stands out most comes first."""
    return sorted(signs.items(), key=lambda pair: (-len(pair[1].signs), -pair[1].own.answered))
