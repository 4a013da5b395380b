"""`enrollments`: who is in which flow; and putting people in, pausing them and taking them out by hand."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource
from app.api.bodies import Body, Words, read
from app.api.described import answers, lists
from app.api.drawn import enrollment
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError, invalid
from app.api.prospects import person
from app.api.shapes.common import Listed
from app.api.shapes.office import Enrollment
from app.door import reading
from app.permissions import Act
from nurture import by_hand
from nurture.by_hand import ByHandError, NoSuchFlowError
from nurture.enrollment import EnrollmentState
from nurture.flows import FLOW
from nurture.rows import EnrollmentRow
from prospects import audit, configuration, groups
from prospects.faults import nearest
from prospects.ids import EnrollmentId, ProspectId, parse_id

blueprint = resource("enrollments")

Change = Callable[[Session, ProspectId, EnrollmentId], None]


class EnrollmentBody(Body):
    """Who is put into which flow."""

    prospect: Annotated[str, Field(examples=["019cb323-e500-7b10-9c06-4ad22f84066e"])]
    flow: Annotated[str, Field(examples=["considered"])]


class ExitBody(Body):
    """Why they are taken out."""

    reason: Annotated[Words, Field(max_length=200)] = by_hand.BY_HAND


@blueprint.get("/enrollments")
@lists(Listed[Enrollment], query=["prospect", "flow", "state"])
def listed() -> ResponseReturnValue:
    """Who is or was in which flow, the newest first."""
    require(Act.SEE_MAILS)
    asked = paging.asked(["prospect", "flow", "state"])
    query = select(EnrollmentRow)
    if state := paging.state(EnrollmentState):
        query = query.where(EnrollmentRow.state == state)
    if flow := request.args.get("flow"):
        query = query.where(EnrollmentRow.flow == flow)
    if prospect := request.args.get("prospect"):
        query = query.where(EnrollmentRow.prospect_id.in_(groups.same_person(parse_id(prospect))))
    listing = paging.sought if (state or flow) and not prospect else paging.newest
    with reading(database()) as session:
        return listing(session, query, EnrollmentRow.id, asked, _documents)


@blueprint.get("/enrollments/<enrollment_id>")
@answers(Enrollment)
def one(enrollment_id: str) -> ResponseReturnValue:
    """One person in one flow."""
    require(Act.SEE_MAILS)
    with reading(database()) as session:
        return _documents([_row(session, enrollment_id)])[0]


@blueprint.post("/enrollments")
@answers({201: Enrollment}, body=EnrollmentBody, problems=[404])
def enroll() -> ResponseReturnValue:
    """Put somebody into a flow by hand, whatever it is entered by."""
    require(Act.ENROLL)
    wanted = read(EnrollmentBody)

    def work(session: Session) -> Answer:
        who = ProspectId(person(session, wanted.prospect, Act.ENROLL).id)
        try:
            made = by_hand.enroll(session, who, wanted.flow, now())
        except NoSuchFlowError as error:
            known = configuration.read(session, FLOW)
            raise invalid("flow", str(error), nearest(wanted.flow, known)) from error
        audit.note(session, "put into a flow", made, now(), who=caller().who, flow=wanted.flow)
        row = session.get_one(EnrollmentRow, (who, made))
        return Answer(201, _documents([row])[0], about=who)

    return _answered(work)


@blueprint.post("/enrollments/<enrollment_id>/pause")
@answers({201: Enrollment}, body=Body)
def pause(enrollment_id: str) -> ResponseReturnValue:
    """Have this person stand still in the flow."""
    read_nothing()
    return _changed(
        enrollment_id, "paused in a flow", lambda s, w, e: by_hand.pause(s, w, e, now())
    )


@blueprint.post("/enrollments/<enrollment_id>/resume")
@answers({201: Enrollment}, body=Body)
def resume(enrollment_id: str) -> ResponseReturnValue:
    """Have this person go on from where they stand; what was due meanwhile is due now."""
    read_nothing()
    return _changed(
        enrollment_id, "resumed in a flow", lambda s, w, e: by_hand.resume(s, w, e, now())
    )


@blueprint.post("/enrollments/<enrollment_id>/exit")
@answers({201: Enrollment}, body=ExitBody)
def leave(enrollment_id: str) -> ResponseReturnValue:
    """Take this person out of the flow."""
    require(Act.ENROLL)
    why = read(ExitBody).reason
    return _changed(
        enrollment_id, "taken out of a flow", lambda s, w, e: by_hand.leave(s, w, e, why, now())
    )


def read_nothing() -> None:
    """Only who may is told what is wrong with a body that says nothing."""
    require(Act.ENROLL)
    read(Body)


def _changed(enrollment_id: str, act: str, change: Change) -> ResponseReturnValue:
    def work(session: Session) -> Answer:
        row = _row(session, enrollment_id)
        who, which = ProspectId(row.prospect_id), EnrollmentId(row.id)
        change(session, who, which)
        audit.note(session, act, which, now(), who=caller().who)
        session.refresh(row)
        return Answer(201, _documents([row])[0], about=who)

    return _answered(work)


def _answered(work: Callable[[Session], Answer]) -> ResponseReturnValue:
    try:
        return carry_out(work)
    except ByHandError as error:
        raise ConflictError(str(error), code=error.code) from error


def _row(session: Session, enrollment_id: str) -> EnrollmentRow:
    query = select(EnrollmentRow).where(EnrollmentRow.id == id_of(enrollment_id))
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AbsentError
    return row


def _documents(rows: Sequence[EnrollmentRow]) -> list[dict[str, Any]]:
    return [
        {**enrollment(row), "prospect": str(row.prospect_id), "due_at": instant(row.due_at)}
        for row in rows
    ]
