"""`captured_mails`: copies of what reps wrote to buyers from their own mail programs."""

from email.utils import parseaddr
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import capture_address
from app.api import handed
from app.api.base import now, require, resource, settings
from app.api.bodies import Body, Instant, Words, read
from app.api.described import answers
from app.api.handoff_acts import answered
from app.api.idempotency import Answer
from app.api.problems import AbsentError, invalid
from app.api.shapes.rooms import Attempt
from app.permissions import Act
from prospects import team
from prospects.ids import ProspectId
from prospects.member import Member
from prospects.values import HandoffRef
from routing import captured_mail
from routing.captured_mail import Copy
from routing.finding_rows import ContactAttemptRow
from routing.rows import HandoffRow

blueprint = resource("captured")


class CapturedMailBody(Body):
    """One mail as whoever received it has read it; one of `to` is the address of a lead."""

    message_id: Annotated[Words, Field(max_length=998, examples=["<5f3@mail.acme.example>"])]
    sender: Annotated[str, Field(alias="from", max_length=998, examples=["rita@acme.example"])]
    to: Annotated[list[str], Field(min_length=1, max_length=100)]
    subject: Annotated[str, Field(max_length=998)] = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    at: Instant | None = None


@blueprint.post("/captured_mails")
@answers({200: Attempt, 201: Attempt}, body=CapturedMailBody, problems=[404])
def record() -> ResponseReturnValue:
    """Write a mail to a buyer into their history; the same mail twice is one (then 200)."""
    require(Act.RECORD)
    told = read(CapturedMailBody)
    copy = Copy(
        message_id=told.message_id, subject=told.subject, text=told.text, at=told.at or now()
    )

    def work(session: Session) -> Answer:
        ref, author = _lead(session, told), _author(session, told)
        fresh = captured_mail.keep(session, ref, author, copy, now())
        key = (ref.prospect_id, captured_mail.name_of(ref, told.message_id))
        made = handed.attempt(session.get_one(ContactAttemptRow, key))
        return Answer(201 if fresh else 200, made, about=ref.prospect_id)

    return answered(work)


def _lead(session: Session, told: CapturedMailBody) -> HandoffRef:
    """The lead whose address is among the recipients. One that proves nothing names nothing: 404."""
    domain = settings().capture_domain
    if domain is None:
        raise AbsentError(
            "There is no address for copies here: WARMLINE_CAPTURE_DOMAIN is not set."
        )
    handoff = capture_address.handoff_of(told.to, secret=settings().secret_key, domain=domain)
    query = select(HandoffRow.prospect_id).where(HandoffRow.id == handoff)
    prospect = session.execute(query).scalar_one_or_none() if handoff else None
    if handoff is None or prospect is None:
        raise AbsentError
    return HandoffRef(ProspectId(prospect), handoff)


def _author(session: Session, told: CapturedMailBody) -> Member:
    """The colleague who wrote it: what a buyer answers is not ours to write down as a try."""
    member = team.by_email(session, parseaddr(told.sender)[1])
    if member is None or not member.active:
        raise invalid("from", "nobody who works here wrote this", "a colleague's own address")
    return member
