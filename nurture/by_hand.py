"""What a colleague does to one person's flows by hand: put them in, pause, go on, take them out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from nurture import flows
from nurture.enrollment import OVER, RUNNING, Enrollment, EnrollmentState
from nurture.journey import Journey, Stretch, begin
from nurture.proceed import carry_out, enrollments_of
from prospects import deals, groups, outbox
from prospects.ids import EnrollmentId, ProspectId, new_id
from prospects.snapshots import snapshots
from prospects.topics import Topic
from prospects.values import Lifecycle, Plan, Snapshot

BY_HAND = "by hand"


class ByHandError(Exception):
    """That cannot be done to this person's flows."""

    code = "conflict"

    def __str__(self) -> str:
        return self.__doc__ or ""


class NoSuchFlowError(ByHandError):
    """There is no such flow."""

    code = "no_such_flow"


class InFlowError(ByHandError):
    """This person is in this flow already."""

    code = "in_flow"


class DisqualifiedError(ByHandError):
    """This person is no buyer, and is let into no flow."""

    code = "disqualified"


class InDealError(ByHandError):
    """Sales are in an open deal with this person, who is let into no flow until it is over."""

    code = "in_deal"


class WrongStateError(ByHandError):
    """The place in the flow is not in a state for that."""

    code = "wrong_state"


def enroll(session: Session, who: ProspectId, flow: str, now: datetime) -> EnrollmentId:
    """Put somebody at the first step of a flow, whatever its `enter` says. Raises ByHandError."""
    published = flows.current(session, now).get(flow)
    if published is None:
        raise NoSuchFlowError
    seen = _locked(session, who, now)
    if seen.lifecycle is Lifecycle.DISQUALIFIED:
        raise DisqualifiedError
    company = seen.company.id if seen.company else None
    if deals.in_open_deal(session, {seen.prospect_id: company}):
        raise InDealError
    theirs = enrollments_of(session, [seen.prospect_id])[seen.prospect_id]
    if any(each.flow == flow and each.state not in OVER for each in theirs):
        raise InFlowError
    made = EnrollmentId(new_id(now))
    begun = begin(seen, published, f"by-hand:{made}", made, now)
    stretch = Stretch(begun, (), (begun.place,), entered=True)
    carry_out(session, [_journey(seen, stretch)], {}, now)
    outbox.post(session, Topic.REACT, [who], now)
    return made


def pause(session: Session, who: ProspectId, which: EnrollmentId, now: datetime) -> None:
    """Stand still until told to go on; mails already planned still go. Raises WrongStateError."""

    def paused(each: Enrollment) -> Enrollment:
        if each.state not in RUNNING:
            raise WrongStateError
        return replace(each, state=EnrollmentState.PAUSED, reason=BY_HAND)

    _change(session, who, which, paused, now=now)


def resume(session: Session, who: ProspectId, which: EnrollmentId, now: datetime) -> None:
    """Go on from where they stand; what was due meanwhile is due now. Raises WrongStateError."""

    def running(each: Enrollment) -> Enrollment:
        if each.state not in (EnrollmentState.PAUSED, EnrollmentState.PARKED):
            raise WrongStateError
        return replace(each, state=EnrollmentState.ACTIVE, reason=None)

    _change(session, who, which, running, now=now)
    outbox.post(session, Topic.REACT, [who], now)


def leave(
    session: Session, who: ProspectId, which: EnrollmentId, reason: str, now: datetime
) -> None:
    """Take somebody out of the flow. Raises WrongStateError if they are out already."""

    def out(each: Enrollment) -> Enrollment:
        if each.state in OVER:
            raise WrongStateError
        return replace(each, state=EnrollmentState.EXITED, reason=reason, left_at=now, due_at=None)

    _change(session, who, which, out, now=now)


def _change(
    session: Session,
    who: ProspectId,
    which: EnrollmentId,
    change: Callable[[Enrollment], Enrollment],
    *,
    now: datetime,
) -> None:
    seen = _locked(session, who, now)
    theirs = enrollments_of(session, [seen.prospect_id])
    (before,) = (each for each in theirs[seen.prospect_id] if each.id == which)
    stretch = Stretch(change(before), (), (), entered=False)
    carry_out(session, [_journey(seen, stretch)], theirs, now)


def _journey(seen: Snapshot, stretch: Stretch) -> Journey:
    return Journey(seen, (stretch,), Plan(prospect_id=seen.prospect_id))


def _locked(session: Session, who: ProspectId, now: datetime) -> Snapshot:
    """The person, or who absorbed them, locked: a reaction that is under way is waited for."""
    row = groups.lock(session, who)
    assert row is not None, "whoever asks has seen them"
    return snapshots(session, [row], now)[0]
