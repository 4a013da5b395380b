"""What a manager does about a lead that is stuck: give it away, take it over, give it time, withdraw it, ask the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit, outbox, team, timeline
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId, new_id
from prospects.kinds import Kind, OutcomeBody, plain
from prospects.member import Member
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices, offers, write_ups
from routing.footprint import footprint
from routing.holding import Held, close, hold
from routing.intervention_rows import InterventionRow
from routing.lifecycle import of_handoff
from routing.lives import OPEN, HandoffState, NoticeKind, OfferState
from routing.marking import mark
from routing.notices import Telling
from routing.refusals import ClosedError, NoClockError

LONGEST_EXTENSION = timedelta(days=30)
"""Whoever needs longer than this is not working on the lead."""
WITHDRAWN = "withdrawn"
"""The result of a lead that ended by a manager's word."""


class Intervention(StrEnum):
    """What can be done."""

    GIVE = "give"
    TAKE_OVER = "take_over"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who says so (`by`, in words), why and when. The same `batch` for the same lead twice is one act."""

    by: str
    reason: str
    now: datetime
    batch: UUID
    member_id: MemberId | None = None


def give(session: Session, ref: HandoffRef, order: Order, *, to: Member) -> bool:
    """Offer the lead to somebody else, with a clock of their own; False if this order was carried out before.

    Raises FaultyError if they cannot have it or no reason is given, NotYoursError, or ClosedError.
    """

    def act(held: Held) -> None:
        offers.reassign(session, ref, to=to, reason=order.reason, by=order.by, now=order.now)

    return _carry_out(session, ref, order, Intervention.GIVE, act)


def take_over(session: Session, ref: HandoffRef, order: Order, *, actor: Member) -> bool:
    """The manager takes the lead themself, at once. Returns and raises as `give`, and what accepting raises."""

    def act(held: Held) -> None:
        if held.handoff.rep_id != actor.id:
            offers.reassign(session, ref, to=actor, reason=order.reason, by=order.by, now=order.now)
        offers.accept(session, ref, actor, order.now)

    return _carry_out(session, ref, order, Intervention.TAKE_OVER, act)


def extend(session: Session, ref: HandoffRef, order: Order, *, until: datetime) -> bool:
    """Let the lead's clock, to be taken or to be confirmed, run longer, for 30 days at most.

    Returns as `give`. Raises FaultyError, NotYoursError, ClosedError or NoClockError.
    """

    def act(held: Held) -> None:
        clock = _clock(held)
        if not max(clock, order.now) < until <= order.now + LONGEST_EXTENSION:
            mend = "an instant after its end now, within 30 days"
            raise FaultyError(Fault("until", "this gives it no more time", mend))
        if held.offer is not None:
            held.offer.expires_at = held.handoff.expires_at = until
        else:
            held.handoff.confirm_by = until
        session.flush()
        outbox.post(session, Topic.HANDOFF, [ref], order.now, due_at=until)

    return _carry_out(session, ref, order, Intervention.EXTEND, act)


def withdraw(session: Session, ref: HandoffRef, order: Order) -> bool:
    """Take the lead back from sales: the person returns to nurture until they do something new.

    Returns as `give`. Raises FaultyError without a reason, NotYoursError or ClosedError.
    """

    def act(held: Held) -> None:
        if held.state not in OPEN:
            raise ClosedError
        before = held.handoff.rep_id
        if held.offer is not None:
            held.offer.reason = order.reason
        held.handoff.reason = order.reason
        # What nobody ever had is answered for by whoever ends it.
        held.handoff.rep_id = before or order.member_id
        close(session, held.handoff, HandoffState.RECYCLED, order.now)
        mark(session, {held.who: of_handoff(HandoffState.RECYCLED)})
        if before is not None:
            told = Telling(ref, NoticeKind.PASSED_ON, len(held.offers), MemberId(before))
            notices.tell(session, [told], order.now)
        timeline.record(session, [_ended(held, order)], order.now)

    return _carry_out(session, ref, order, Intervention.WITHDRAW, act)


def to_desk(session: Session, ref: HandoffRef, order: Order) -> bool:
    """Have the desk write up what is promised to the buyer, or what the reason says if nothing is.

    Returns as `give`. Raises FaultyError without a reason, NotYoursError, ClosedError, NoDeskError or
    AlreadyAskedError.
    """
    actor = team.member(session, order.member_id) if order.member_id else None

    def act(held: Held) -> None:
        write_ups.ask_for_lead(
            session, held, actor, note=order.reason, batch=order.batch, now=order.now
        )

    return _carry_out(session, ref, order, Intervention.DESK, act)


def _carry_out(
    session: Session,
    ref: HandoffRef,
    order: Order,
    kind: Intervention,
    act: Callable[[Held], None],
) -> bool:
    """Do it once, and keep how the lead stood before and after."""
    held = hold(session, ref)
    if _done_before(session, ref, order.batch):
        return False
    if not order.reason.strip():
        raise FaultyError(Fault("reason", "the reason is missing", "say why, in a few words"))
    before = footprint(session, held)
    act(held)
    session.flush()
    row = InterventionRow(
        prospect_id=ref.prospect_id,
        id=new_id(order.now),
        handoff_id=ref.handoff_id,
        act=kind,
        reason=order.reason,
        member_id=order.member_id,
        batch=order.batch,
        at=order.now,
        before=before,
        after=footprint(session, hold(session, ref)),
    )
    session.add(row)
    session.flush()
    audit.note(session, f"handoff: {kind}", ref, order.now, who=order.by)
    return True


def _done_before(session: Session, ref: HandoffRef, batch: UUID) -> bool:
    found = select(InterventionRow.id).where(
        InterventionRow.prospect_id == ref.prospect_id,
        InterventionRow.handoff_id == ref.handoff_id,
        InterventionRow.batch == batch,
    )
    return session.execute(found).first() is not None


def _clock(held: Held) -> datetime:
    """When the clock that runs now ends."""
    if held.state not in OPEN:
        raise ClosedError
    offer, confirm_by = held.offer, held.handoff.confirm_by
    if offer is not None and offer.state == OfferState.OPEN:
        return offer.expires_at
    if held.state is not HandoffState.ACCEPTED or confirm_by is None:
        raise NoClockError
    return confirm_by


def _ended(held: Held, order: Order) -> Fact:
    body = OutcomeBody(handoff=str(held.handoff.id), result=WITHDRAWN, reason=order.reason)
    return Fact(
        prospect_id=held.who,
        kind=Kind.OUTCOME,
        happened_at=order.now,
        source="manager",
        key=f"withdrawn:{held.handoff.id}:{order.batch}",
        body=plain(body),
    )
