"""How each rep answers, held against what became of the leads: for the rep first, then for their manager.

Nothing is kept: what stood on a day is computed from what was recorded by then, so a rep sees today
what a manager sees a fortnight later, if it still stands.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.reports.rates import REP_SEES_FIRST
from app.reports.wilson import Share
from prospects.kinds import Verdict
from prospects.rows import OpportunityRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow

LOOKS_BACK = timedelta(days=180)
FEWEST_ANSWERS = 15
FEWEST_ENDED = 8
FEWEST_SILENT = 5
OTHERS_SILENT = 0.1
"""So many leads without a word are nobody's habit, whatever colleagues do."""
SILENT, WON, LOST, OPEN = "silent", "won", "lost", "open"
BELIEVED = (Verdict.CONFIRMED, Verdict.LATER)


class Sign(StrEnum):
    """What is worth a look in how somebody answers."""

    CONFIRMS_EVERYTHING = "confirms_everything"
    NEVER_ANSWERS = "never_answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How one rep, or several together, answered in half a year.

    `answered` are findings, `silent` leads they took and never said a word about, though the time was
    up. `ended` are leads they found to be as far as claimed, or further, that were won or lost since;
    also when the CRM said so.
    """

    answered: int = 0
    confirmed: int = 0
    silent: int = 0
    won: int = 0
    ended: int = 0

    @property
    def confirming(self) -> Share:
        """The share of answers that say: as claimed."""
        return Share(self.confirmed, self.answered)

    @property
    def silence(self) -> Share:
        """The share of leads without a word."""
        return Share(self.silent, self.silent + self.answered)

    @property
    def buying(self) -> Share:
        """The share of leads that were won, of those they believed in and that ended."""
        return Share(self.won, self.ended)

    def plus(self, other: "Answers") -> "Answers":
        """Both together."""
        return Answers(
            answered=self.answered + other.answered,
            confirmed=self.confirmed + other.confirmed,
            silent=self.silent + other.silent,
            won=self.won + other.won,
            ended=self.ended + other.ended,
        )


NOBODY = Answers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A rep's answers beside those of all others together."""

    own: Answers
    others: Answers

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What stands out beyond chance."""
        return tuple(sign for sign, holds in self._held().items() if holds)

    def _held(self) -> Mapping[Sign, bool]:
        own, others = self.own, self.others
        usual = max(OTHERS_SILENT, others.silence.value if others.answered else 0.0)
        return {
            Sign.CONFIRMS_EVERYTHING: self._agrees_too_often(),
            Sign.NEVER_ANSWERS: own.silent >= FEWEST_SILENT and own.silence.low > usual,
        }

    def _agrees_too_often(self) -> bool:
        """More than the others do, and what became of those leads does not bear it out."""
        own, others = self.own, self.others
        if min(own.answered, others.answered) < FEWEST_ANSWERS:
            return False
        known = min(own.ended, others.ended) >= FEWEST_ENDED
        borne_out = known and own.buying.value >= others.buying.value
        return own.confirming.low > others.confirming.value and not borne_out


def beside(session: Session, now: datetime) -> dict[UUID, Beside]:
    """Every rep who answered or should have, by what was recorded at `now`."""
    each = _answers(session, now)
    whole = NOBODY
    for answers in each.values():
        whole = whole.plus(answers)
    return {rep: Beside(own=own, others=_without(whole, own)) for rep, own in each.items()}


def told_to_managers(session: Session, now: datetime) -> dict[UUID, Beside]:
    """As it stood a fortnight ago, for those with a sign that still stands."""
    before, today = beside(session, now - REP_SEES_FIRST), beside(session, now)
    return {
        rep: old
        for rep, old in before.items()
        if set(old.signs) & set(today[rep].signs if rep in today else ())
    }


def _without(whole: Answers, own: Answers) -> Answers:
    less = Answers(
        answered=-own.answered,
        confirmed=-own.confirmed,
        silent=-own.silent,
        won=-own.won,
        ended=-own.ended,
    )
    return whole.plus(less)


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
        .where(rep.is_not(None))
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
