"""What reps and managers do with an offer: accept, decline, put off, give to somebody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from prospects import audit, outbox, timeline
from prospects.bidi import isolated
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId
from prospects.kinds import HandoffBody, Kind
from prospects.member import Member, Role
from prospects.rows import AccountRow
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices, promises
from routing.assign import Opening, assign
from routing.availability import answer_by
from routing.bodies import body_of
from routing.choose import Candidate, Decision
from routing.credits import for_passing_on
from routing.current import current
from routing.holding import Held, check_theirs, hold
from routing.lifecycle import of_handoff
from routing.lives import OPEN, DeclineReason, HandoffState, NoticeKind, OfferState
from routing.marking import mark
from routing.notices import Telling
from routing.propose import Proposal, propose, ref_of
from routing.refusals import (
    ClosedError,
    NotOfferedError,
    OfferExpiredError,
    SnoozedBeforeError,
)
from routing.rows import HandoffRow, OfferRow
from routing.verdicts import standing

LONGEST_SNOOZE = timedelta(days=7)
"""A warm buyer cools while a rep waits; longer than a week is passing the lead on."""


def accept(session: Session, ref: HandoffRef, actor: Member, now: datetime) -> bool:
    """The rep takes the lead; False if they had taken it before.

    From now on the buyer's contact data is shown to them, and the clock of the confirmation runs.
    Raises NotYoursError, OfferExpiredError, PassedOnError or ClosedError.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    if held.state in (HandoffState.ACCEPTED, HandoffState.CHECKED):
        return False
    _check_in_time(held, now)
    _answer(session, held, OfferState.ACCEPTED, now)
    _become_owner(session, held, actor)
    handoff = held.handoff
    handoff.accepted_at, handoff.fallback, handoff.reason = now, False, None
    checked = standing(session, ref) is not None
    handoff.state = HandoffState.CHECKED if checked else HandoffState.ACCEPTED
    if not checked:
        handoff.confirm_by = _answer_by(session, handoff.lane, actor, now)
        outbox.post(session, Topic.HANDOFF, [ref], now, due_at=handoff.confirm_by)
    session.flush()
    promises.follow(session, ref, actor)
    mark(session, {held.who: of_handoff(held.state)})
    _record(session, held, Kind.ACCEPTED, now)
    return True


def _answer_by(session: Session, lane: str, actor: Member, now: datetime) -> datetime:
    rules = current(session)
    clock = rules.lane(lane).clock
    return answer_by(actor, now, rules.confirm_within, clock, holidays=rules.holidays)


def decline(
    session: Session,
    ref: HandoffRef,
    actor: Member,
    *,
    reason: DeclineReason,
    note: str | None,
    now: datetime,
) -> None:
    """The rep passes the lead on before any contact; it goes to the next one, at last to the fallback owner.

    Raises NotYoursError, OfferExpiredError, PassedOnError, NotOfferedError or ClosedError.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    _check_offered(held, now)
    offer = _answer(session, held, OfferState.DECLINED, now)
    offer.reason, offer.note = reason, note
    _record(session, held, Kind.DECLINED, now, reason=reason)
    if held.handoff.fallback:
        hold_back(session, [held.handoff], f"{isolated(actor.name)} passed it on", now)
        return
    seen = held.see(session, now)
    back = for_passing_on(session, held.handoff, actor, reason)
    assign(session, [Opening(seen, held.handoff, held.offers, held.handoff.lane, back)], now)
    mark(session, {held.who: of_handoff(held.state)})


def snooze(
    session: Session, ref: HandoffRef, actor: Member, *, until: datetime, now: datetime
) -> None:
    """The rep puts the offer off, once and for a week at most; then it is offered to them again.

    Raises FaultyError for an instant that will not do, SnoozedBeforeError, and what `decline` raises.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    _check_offered(held, now)
    if not now < until <= now + LONGEST_SNOOZE:
        fault = Fault("until", "this is not within the week ahead", "an instant in the next 7 days")
        raise FaultyError(fault)
    mine = [offer for offer in held.offers if offer.rep_id == actor.id]
    if any(offer.state == OfferState.SNOOZED for offer in mine):
        raise SnoozedBeforeError
    offer = _answer(session, held, OfferState.SNOOZED, now)
    offer.until = held.handoff.expires_at = until
    session.flush()
    outbox.post(session, Topic.HANDOFF, [ref], now, due_at=until)


def reassign(
    session: Session, ref: HandoffRef, *, to: Member, reason: str, by: str, now: datetime
) -> None:
    """A manager (`by`, in words) gives the lead to somebody else, who is offered it with a clock of their own.

    Raises FaultyError if they cannot have it or no reason is given, NotYoursError, or ClosedError.
    """
    held = hold(session, ref)
    if held.state not in OPEN:
        raise ClosedError
    _check_receiver(held.handoff, to, reason)
    before = held.handoff.rep_id
    if held.offer is not None:
        held.offer.reason = reason
        _answer(session, held, OfferState.WITHDRAWN, now)
    decision = Decision(
        rule=None,
        lane=held.handoff.lane,
        candidates=(Candidate(member=to),),
        chosen=to,
        why=f"{isolated(by)} gave it to {isolated(to.name)}: {isolated(reason)}",
    )
    propose(
        session, [Proposal(held.handoff, decision, len(held.offers) + 1)], current(session), now
    )
    mark(session, {held.who: of_handoff(held.state)})
    if before is not None:
        telling = Telling(ref, NoticeKind.PASSED_ON, len(held.offers), MemberId(before))
        notices.tell(session, [telling], now)
    audit.note(session, "handoff reassigned", ref, now, who=by, to=str(to.id))


def hold_back(session: Session, handoffs: Sequence[HandoffRow], reason: str, now: datetime) -> None:
    """Nobody is left to ask: the leads stay with the fallback owner, on the managers' page, with the reason."""
    tellings = []
    for handoff in handoffs:
        handoff.state, handoff.reason = HandoffState.HELD, reason
        if handoff.rep_id is not None:
            owner = MemberId(handoff.rep_id)
            tellings.append(Telling(ref_of(handoff), NoticeKind.HELD, 1, owner))
    session.flush()
    place = of_handoff(HandoffState.HELD)
    mark(session, {ref_of(handoff).prospect_id: place for handoff in handoffs})
    notices.tell(session, tellings, now)


def _check_in_time(held: Held, now: datetime) -> None:
    if held.state not in OPEN:
        raise ClosedError
    offer = held.offer
    # A held lead has no offer any more, but its fallback owner may still take it.
    if offer is not None and offer.state == OfferState.OPEN and now >= offer.expires_at:
        raise OfferExpiredError


def _check_offered(held: Held, now: datetime) -> None:
    _check_in_time(held, now)
    if held.state is not HandoffState.OFFERED:
        raise NotOfferedError


def _check_receiver(handoff: HandoffRow, to: Member, reason: str) -> None:
    faults = []
    if not to.active or not to.roles & {Role.REP, Role.MANAGER}:
        faults.append(Fault("to", f"{to.name} takes no leads", "an active rep or manager"))
    elif to.id == handoff.rep_id and handoff.state != HandoffState.HELD:
        faults.append(Fault("to", f"{to.name} has it already", "somebody else"))
    if not reason.strip():
        faults.append(Fault("reason", "the reason is missing", "say why, in a few words"))
    if faults:
        raise FaultyError(*faults)


def _answer(session: Session, held: Held, state: OfferState, now: datetime) -> OfferRow:
    """The offer is answered; a held lead's fallback owner answers one that is made on the spot."""
    offer = held.offer
    if offer is None:
        assert held.handoff.rep_id is not None
        offer = OfferRow(
            prospect_id=held.handoff.prospect_id,
            handoff_id=held.handoff.id,
            n=len(held.offers) + 1,
            rep_id=held.handoff.rep_id,
            offered_at=now,
            expires_at=now,
        )
        held.offers.append(offer)
        session.add(offer)
    offer.state, offer.closed_at = state, now
    return offer


def _become_owner(session: Session, held: Held, actor: Member) -> None:
    """Whoever takes a lead owns the person, and the account if nobody does yet; who checks one does not."""
    if held.handoff.drawn is not None:
        return
    held.person.owner_id = actor.id
    if held.person.account_id is not None:
        account = session.get_one(AccountRow, held.person.account_id, populate_existing=True)
        account.owner_id = account.owner_id or actor.id


def _record(
    session: Session, held: Held, kind: Kind, now: datetime, *, reason: str | None = None
) -> None:
    handoff = held.handoff
    body = HandoffBody(handoff=str(handoff.id), rep=str(handoff.rep_id), reason=reason)
    fact = Fact(
        prospect_id=held.who,
        kind=kind,
        happened_at=now,
        source="rep",
        key=f"{kind}:{handoff.id}:{len(held.offers)}",
        body=body_of(handoff, body),
    )
    timeline.record(session, [fact], now)
