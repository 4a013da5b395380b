"""What reps do with a handoff: accept, decline, put off, confirm, conclude."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from flask.typing import ResponseReturnValue
from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from app.api import handed, problems
from app.api.base import actor_for, now, resource, settings
from app.api.bodies import Body, Instant, document, read
from app.api.described import answers
from app.api.handoffs import row_of
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError
from app.api.shapes.rooms import Declined, FoundOrTried, Handoff
from app.permissions import Act
from prospects.faults import FaultyError
from prospects.ids import HandoffId, OpportunityId, ProspectId
from prospects.values import HandoffRef
from routing import call_backs, offers
from routing.confirm import confirm
from routing.finding import RepFinding
from routing.finding_rows import ConfirmationRow, ContactAttemptRow
from routing.lives import DeclineReason
from routing.outcome import Result, conclude
from routing.refusals import NotYoursError, PassedOnError, RoutingError
from routing.rows import HandoffRow

blueprint = resource("handoff_acts")


class DeclineBody(Body):
    """Why the lead is passed on."""

    reason: DeclineReason
    note: Annotated[str, Field(max_length=4_000)] | None = None


class SnoozeBody(Body):
    """Until when the offer is put off."""

    until: Instant


class CallBackBody(Body):
    """When the buyer wants to be called again."""

    at: Instant


class OutcomeBody(Body):
    """How it ended."""

    result: Result
    reason: Annotated[str, Field(max_length=1_000)] | None = None
    opportunity: UUID | None = None


@blueprint.post("/handoffs/<handoff_id>/acceptance")
@answers({200: Handoff, 201: Handoff}, body=Body)
def accept(handoff_id: str) -> ResponseReturnValue:
    """Take the lead."""
    actor = actor_for(Act.ANSWER_OFFER)
    read(Body)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        fresh = offers.accept(session, ref, actor, now())
        return drawn(session, ref, 201 if fresh else 200)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/decline")
@answers({201: Declined}, body=DeclineBody)
def decline(handoff_id: str) -> ResponseReturnValue:
    """Pass the lead on before any contact; it is no longer the caller's to see."""
    actor = actor_for(Act.ANSWER_OFFER)
    body = read(DeclineBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        offers.decline(session, ref, actor, reason=body.reason, note=body.note, now=now())
        declined = {"id": str(ref.handoff_id), "state": "declined", "reason": body.reason}
        return Answer(201, declined, about=ref.prospect_id)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/snooze")
@answers({201: Handoff}, body=SnoozeBody)
def snooze(handoff_id: str) -> ResponseReturnValue:
    """Put the offer off, once and for a week at most."""
    actor = actor_for(Act.ANSWER_OFFER)
    body = read(SnoozeBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        offers.snooze(session, ref, actor, until=body.until, now=now())
        return drawn(session, ref, 201)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/call_back")
@answers({201: Handoff}, body=CallBackBody)
def call_back(handoff_id: str) -> ResponseReturnValue:
    """Set when the buyer wants to be called again; until then nobody asks what was found."""
    actor = actor_for(Act.CONFIRM)
    body = read(CallBackBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        call_backs.plan(session, ref, actor, at=body.at, now=now())
        return drawn(session, ref, 201)

    return answered(work)


@blueprint.delete("/handoffs/<handoff_id>/call_back")
@answers(Handoff)
def no_call_back(handoff_id: str) -> ResponseReturnValue:
    """They need not be called back; with none planned nothing changes."""
    actor = actor_for(Act.CONFIRM)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        call_backs.drop(session, ref, actor, now())
        return drawn(session, ref, 200)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/confirmation")
@answers({201: FoundOrTried}, body=RepFinding)
def confirmation(handoff_id: str) -> ResponseReturnValue:
    """Say what the buyer's real status is, or that they were not reached."""
    actor = actor_for(Act.CONFIRM)
    try:
        finding = RepFinding.model_validate(document())
    except ValidationError as error:
        raise problems.of_pydantic(error) from error

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        secret = settings().secret_key
        recorded = confirm(session, ref, actor, finding, now=now(), secret=secret)
        key = (ref.prospect_id, recorded.id)
        if recorded.attempt:
            made = handed.attempt(session.get_one(ContactAttemptRow, key))
        else:
            made = handed.confirmation(session.get_one(ConfirmationRow, key))
        return Answer(201, made, about=ref.prospect_id)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/outcome")
@answers({201: Handoff}, body=OutcomeBody)
def outcome(handoff_id: str) -> ResponseReturnValue:
    """Say how a checked lead ended."""
    actor = actor_for(Act.CONFIRM)
    body = read(OutcomeBody)
    opportunity = OpportunityId(body.opportunity) if body.opportunity else None

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        conclude(
            session,
            ref,
            actor,
            result=body.result,
            reason=body.reason,
            opportunity=opportunity,
            now=now(),
        )
        return drawn(session, ref, 201)

    return answered(work)


def answered(work: Callable[[Session], Answer]) -> ResponseReturnValue:
    """Carry the act out; what routing refuses is told as the problem it is."""
    try:
        return carry_out(work)
    except (NotYoursError, PassedOnError) as error:
        # Somebody else's now; that it was theirs once is said in words.
        raise AbsentError(str(error)) from error
    except RoutingError as error:
        raise ConflictError(str(error), code=error.code) from error
    except FaultyError as error:
        raise problems.of_faults(error.faults) from error


def drawn(session: Session, ref: HandoffRef, status: int) -> Answer:
    """The handoff as it stands after the act."""
    session.flush()
    row = session.get_one(HandoffRow, (ref.prospect_id, ref.handoff_id))
    return Answer(status, handed.handoffs(session, [row], now())[0], about=ref.prospect_id)


def named(session: Session, handoff_id: str) -> HandoffRef:
    """The handoff an address names; 404 if there is none."""
    row = row_of(session, handoff_id)
    return HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id))
