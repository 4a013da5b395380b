"""How each rep answers, held against what became of the leads: for the rep first, then for their manager.

Nothing is kept: what stood on a day is computed from what was recorded by then, so a rep sees today
what a manager sees a fortnight later, if it still stands.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from app.reports.rates import REP_SEES_FIRST
from prospects.kinds import Verdict
from prospects.rows import OpportunityRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow
from scoring.learning.answering import (
    LOOKS_BACK,
    NOBODY,
    Answers,
    Beside,
    each_beside,
    of_finding,
)
from scoring.learning.labels import Fate
from scoring.learning.team_answers import TeamAnswers

SILENT, WON, LOST, OPEN = "silent", "won", "lost", "open"
ENDED: Mapping[str, Fate] = {WON: Fate.WIN, LOST: Fate.LOSS}


def beside(session: Session, now: datetime) -> dict[UUID, Beside]:
    """Every rep who answered or should have, by what was recorded at `now`."""
    (today,) = _answers(session, now)
    return each_beside(today)


@dataclass(frozen=True, slots=True)
class ToManagers:
    """As it stood a fortnight ago: reps with a sign that still stands, and all together, with a sign only if that still stands."""

    reps: Mapping[UUID, Beside]
    team: TeamAnswers


def to_managers(session: Session, now: datetime) -> ToManagers:
    """What managers see now."""
    before, today = _answers(session, now - REP_SEES_FIRST, now)
    was, stands = each_beside(before), each_beside(today)
    reps = {
        rep: old
        for rep, old in was.items()
        if set(old.signs) & set(stands[rep].signs if rep in stands else ())
    }
    then, here = _together(before), _together(today)
    return ToManagers(reps, here if then.sign and not here.sign else then)


def team_of(both: Beside) -> TeamAnswers:
    """All together, by one rep beside all others."""
    return TeamAnswers(both.own.plus(both.others))


def _together(each: Mapping[UUID, Answers]) -> TeamAnswers:
    whole = NOBODY
    for answers in each.values():
        whole = whole.plus(answers)
    return TeamAnswers(whole)


def _answers(session: Session, *instants: datetime) -> list[dict[UUID, Answers]]:
    """How each rep answered, as it stood at each of these instants; all leads are read once."""
    found: list[defaultdict[UUID, Answers]] = [defaultdict(Answers) for _ in instants]
    told = session.execute(_counted(instants)).all()
    for n, at in enumerate(found):
        as_of = ((*row[3 * n : 3 * n + 3], row[-1]) for row in told)
        for rep, verdict, end, number in (each for each in as_of if each[0] is not None):
            at[rep] = at[rep].plus(_of(verdict, end, number))
    return [dict(each) for each in found]


def _of(verdict: str | None, end: str, number: int) -> Answers:
    if verdict is None:
        return Answers(silent=number if end == SILENT else 0)
    return of_finding(Verdict(verdict), ENDED.get(end), number)


def _counted(instants: Sequence[datetime]) -> Select[Any]:
    """`rep, verdict, end` as of each instant, and their number: of all leads taken in the half year before one.

    Where a lead was not taken in the half year before an instant, there is no rep for it.
    """
    said = and_(
        ConfirmationRow.prospect_id == HandoffRow.prospect_id,
        ConfirmationRow.handoff_id == HandoffRow.id,
        ConfirmationRow.superseded_at.is_(None),
        ConfirmationRow.recorded_at <= max(instants),
    )
    told = [each for n, at in enumerate(instants) for each in _as_of(at, n)]
    # What an index holds of those few, so that no brief is read.
    taken = and_(HandoffRow.accepted_at.is_not(None), HandoffRow.drawn.is_(None))
    each = (
        select(*told)
        .select_from(HandoffRow)
        .outerjoin(ConfirmationRow, said)
        .outerjoin(OpportunityRow, OpportunityRow.id == HandoffRow.opportunity_id)
        .where(taken, HandoffRow.accepted_at > min(instants) - LOOKS_BACK)
        .where(HandoffRow.accepted_at <= max(instants))
        .subquery("lead")
    )
    return select(*each.c, func.count()).group_by(*each.c)


def _as_of(at: datetime, n: int) -> tuple[Any, Any, Any]:
    known = ConfirmationRow.recorded_at <= at
    rep = case((known, ConfirmationRow.rep_id), else_=HandoffRow.rep_id)
    taken = and_(HandoffRow.accepted_at > at - LOOKS_BACK, HandoffRow.accepted_at <= at)
    return (
        case((taken, rep)).label(f"rep_{n}"),
        case((and_(taken, known), ConfirmationRow.verdict)).label(f"verdict_{n}"),
        case((taken, _ended(at, known))).label(f"end_{n}"),
    )


def _ended(at: datetime, known: Any) -> Any:
    """What became of a lead by then, as far as we or the CRM know."""
    closed = and_(HandoffRow.closed_at.is_not(None), HandoffRow.closed_at <= at)

    def became(state: HandoffState) -> Any:
        return or_(and_(closed, HandoffRow.state == state), OpportunityRow.state == state.value)

    answered = and_(ConfirmationRow.id.is_not(None), known)
    overdue = and_(HandoffRow.confirm_by < at, not_(answered))
    return case(
        (became(HandoffState.WON), WON),
        (became(HandoffState.LOST), LOST),
        (overdue, SILENT),
        else_=OPEN,
    )


def in_order(signs: Mapping[UUID, Beside]) -> Sequence[tuple[UUID, Beside]]:
    """Who stands out most comes first."""
    return sorted(signs.items(), key=lambda pair: (-len(pair[1].signs), -pair[1].own.answered))
