"""`Call me Thursday at two`: rings for the rep at that time, and until then nobody asks what they found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.faults import Fault, FaultyError
from prospects.member import Member
from prospects.store import table_of
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing.availability import DAY, answer_by
from routing.call_back_rows import CallBackRow
from routing.current import current
from routing.holding import Held, check_theirs, hold
from routing.lives import IN_HAND, HandoffState
from routing.propose import ref_of
from routing.refusals import ClosedError, NotAcceptedError
from routing.rows import HandoffRow

FARTHEST = timedelta(days=60)
"""Whoever wants to be called later than this is not buying now: that is a finding."""


def plan(session: Session, ref: HandoffRef, actor: Member, *, at: datetime, now: datetime) -> None:
    """The buyer wants to be called at `at`; an earlier call-back of this lead is set anew.

    What is to be confirmed has until a working day after it, so that nobody nags before.
    Raises FaultyError for an instant that will not do, NotYoursError, OfferExpiredError, PassedOnError,
    NotAcceptedError or ClosedError.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    _check_in_hand(held)
    if not now < at <= now + FARTHEST:
        raise FaultyError(Fault("at", "this time will not do", "a time in the next 60 days"))
    end(session, held, now)
    its = (CallBackRow.prospect_id == held.who, CallBackRow.handoff_id == held.handoff.id)
    last = session.execute(select(func.max(CallBackRow.n)).where(*its)).scalar_one() or 0
    row = {
        "prospect_id": held.who,
        "handoff_id": held.handoff.id,
        "n": last + 1,
        "at": at,
        "set_by": actor.id,
        "set_at": now,
    }
    session.execute(insert(table_of(CallBackRow)), [row])
    outbox.post(session, Topic.HANDOFF, [ref], now, due_at=at)
    _give_time(session, held, actor, at, now)


def drop(session: Session, ref: HandoffRef, actor: Member, now: datetime) -> None:
    """The buyer need not be called back; with none planned nothing changes. Raises as `plan`."""
    held = hold(session, ref)
    check_theirs(held, actor)
    _check_in_hand(held)
    end(session, held, now)


def end(session: Session, held: Held, now: datetime, *, due_by: datetime | None = None) -> None:
    """The call-back that stands is over; with `due_by` only if it was due by then."""
    query = update(CallBackRow).where(
        CallBackRow.prospect_id == held.who,
        CallBackRow.handoff_id == held.handoff.id,
        CallBackRow.ended_at.is_(None),
    )
    if due_by is not None:
        query = query.where(CallBackRow.at <= due_by)
    session.execute(query.values(ended_at=now).execution_options(synchronize_session=False))


def standing(session: Session, handoffs: Sequence[HandoffRow]) -> dict[UUID, CallBackRow]:
    """The call-backs that stand, by their handoff."""
    rows = session.execute(
        select(CallBackRow)
        .where(CallBackRow.prospect_id.in_([row.prospect_id for row in handoffs]))
        .where(CallBackRow.handoff_id.in_([row.id for row in handoffs]))
        .where(CallBackRow.ended_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalars()
    return {row.handoff_id: row for row in rows}


def _check_in_hand(held: Held) -> None:
    if held.state in (HandoffState.HELD, HandoffState.OFFERED):
        raise NotAcceptedError
    if held.state not in IN_HAND:
        raise ClosedError


def _give_time(session: Session, held: Held, actor: Member, at: datetime, now: datetime) -> None:
    handoff, rules = held.handoff, current(session)
    if held.state is not HandoffState.ACCEPTED or handoff.confirm_by is None:
        return
    clock = rules.lane(handoff.lane).clock
    later = answer_by(actor, at, DAY, clock, holidays=rules.holidays)
    if later > handoff.confirm_by:
        handoff.confirm_by = later
        session.flush()
        outbox.post(session, Topic.HANDOFF, [ref_of(handoff)], now, due_at=later)
