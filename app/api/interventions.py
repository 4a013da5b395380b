"""What managers do with a handoff: give it to somebody else, give it time, take it back."""

from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.base import caller, member, now, require_for, resource
from app.api.bodies import Body, Instant, Words, read
from app.api.described import answers
from app.api.handoff_acts import answered, drawn, named
from app.api.idempotency import Answer
from app.api.problems import invalid
from app.api.shapes.rooms import Handoff
from app.permissions import Act
from prospects import team
from prospects.faults import nearest
from prospects.ids import MemberId, new_id, parse_id
from prospects.member import Member
from routing.interventions import Order, extend, give, to_desk, withdraw

blueprint = resource("interventions")

Why = Annotated[Words, Field(max_length=1_000)]


class ReassignmentBody(Body):
    """To whom the lead goes (an id or e-mail), and why."""

    to: str
    reason: Why


class ExtensionBody(Body):
    """Until when its clock is to run, and why."""

    until: Instant
    reason: Why


class WithdrawalBody(Body):
    """Why: the lead is taken back from sales, or the desk is asked to help."""

    reason: Why


@blueprint.post("/handoffs/<handoff_id>/reassignment")
@answers({201: Handoff}, body=ReassignmentBody)
def reassign(handoff_id: str) -> ResponseReturnValue:
    """Give the lead to somebody else, who is offered it."""
    require_for(Act.REASSIGN, own=False)
    body = read(ReassignmentBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        give(session, ref, _order(body.reason), to=colleague(session, body.to))
        return drawn(session, ref, 201)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/desk")
@answers({201: Handoff}, body=WithdrawalBody)
def help_out(handoff_id: str) -> ResponseReturnValue:
    """Have the desk write what is promised to the buyer, or what the reason says if nothing is."""
    require_for(Act.REASSIGN, own=False)
    body = read(WithdrawalBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        to_desk(session, ref, _order(body.reason))
        return drawn(session, ref, 201)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/extension")
@answers({201: Handoff}, body=ExtensionBody)
def lengthen(handoff_id: str) -> ResponseReturnValue:
    """Let the clock that runs on the lead run longer."""
    require_for(Act.REASSIGN, own=False)
    body = read(ExtensionBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        extend(session, ref, _order(body.reason), until=body.until)
        return drawn(session, ref, 201)

    return answered(work)


@blueprint.post("/handoffs/<handoff_id>/withdrawal")
@answers({201: Handoff}, body=WithdrawalBody)
def take_back(handoff_id: str) -> ResponseReturnValue:
    """Take the lead back from sales; the person returns to nurture."""
    require_for(Act.REASSIGN, own=False)
    body = read(WithdrawalBody)

    def work(session: Session) -> Answer:
        ref = named(session, handoff_id)
        withdraw(session, ref, _order(body.reason))
        return drawn(session, ref, 201)

    return answered(work)


def _order(reason: str) -> Order:
    somebody = member()
    by = somebody.id if somebody else None
    return Order(by=caller().who, reason=reason, now=now(), batch=new_id(now()), member_id=by)


def colleague(session: Session, written: str) -> Member:
    """Whom an id or an e-mail names; 422 for nobody here."""
    member_id = parse_id(written)
    found = team.by_email(session, written)
    if member_id is not None:
        found = team.member(session, MemberId(member_id))
    if found is None:
        everybody = [each.email for each in team.members(session)]
        raise invalid("to", "nobody here is that", nearest(written, everybody))
    return found
