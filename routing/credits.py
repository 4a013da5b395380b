"""Turns that are given back: to who passed a lead on in time, and to who was away when it ran out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import MemberId
from prospects.member import Member
from routing.lives import AWAY, DeclineReason
from routing.rows import DecisionRow, HandoffRow, OfferRow

WHOLE = Fraction(1)
SHARES: Mapping[DeclineReason, Fraction] = {
    # They could have had it. Passing on must cost less than silence (Bluebird), but not nothing:
    # else who never has time is asked first every time.
    DeclineReason.NO_TIME: Fraction(1, 2)
}
"""How much of a turn comes back; all of it where the lead was none for them."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A part of the last turn that `member` had in `team`, to be given back."""

    team: str
    member: Member
    share: Fraction = WHOLE


def had_turns(
    session: Session, handoffs: Collection[HandoffRow]
) -> Mapping[tuple[UUID, MemberId], str]:
    """By handoff and member: the team whose turn this lead took from them. Gifts and owners took none."""
    rows = session.execute(
        select(DecisionRow.handoff_id, DecisionRow.chosen_id, DecisionRow.team)
        .where(DecisionRow.prospect_id.in_([row.prospect_id for row in handoffs]))
        .where(DecisionRow.handoff_id.in_([row.id for row in handoffs]))
        .where(DecisionRow.team.is_not(None), DecisionRow.chosen_id.is_not(None))
        .order_by(DecisionRow.id)
    )
    return {(row[0], MemberId(row[1])): row[2] for row in rows if row[1] and row[2]}


def for_passing_on(
    session: Session, handoff: HandoffRow, rep: Member, reason: DeclineReason
) -> Sequence[Credit]:
    """What comes back to a rep who passes this lead on."""
    team = had_turns(session, [handoff]).get((handoff.id, rep.id))
    return [Credit(team, rep, SHARES.get(reason, WHOLE))] if team else []


def for_the_away(
    session: Session,
    handoffs: Collection[HandoffRow],
    expired: Collection[OfferRow],
    members: Mapping[MemberId, Member],
) -> Mapping[UUID, Sequence[Credit]]:
    """What comes back, by handoff, to those who were away when their offers ran out."""
    away = {each.handoff_id: MemberId(each.rep_id) for each in expired if each.reason == AWAY}
    if not away:
        return {}
    had = had_turns(session, [row for row in handoffs if row.id in away])
    return {
        handoff: [Credit(had[handoff, rep], members[rep])]
        for handoff, rep in away.items()
        if (handoff, rep) in had
    }
