"""`write-ups`: what the desk is asked for, takes, writes and gives back."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import (
    database,
    id_of,
    instant,
    member,
    now,
    require,
    require_for,
    resource,
    text,
)
from app.api.bodies import Body, Day, Words, read
from app.api.described import answers, lists
from app.api.handoff_acts import answered
from app.api.handoffs import row_of
from app.api.idempotency import Answer
from app.api.problems import AbsentError
from app.api.shapes.after import WriteUp
from app.api.shapes.common import Listed
from app.door import reading
from app.permissions import Act
from app.times import zone_of
from prospects.ids import HandoffId, ProspectId, new_id, parse_id
from prospects.member import Member
from routing import write_up_acts, write_ups
from routing.write_up_life import (
    LONGEST,
    LONGEST_LINE,
    MOST_FACTS,
    Found,
    WriteUpRef,
    WriteUpState,
    Written,
)
from routing.write_up_rows import WriteUpRow
from routing.write_ups import Wanted

blueprint = resource("write_ups")

FILTERS = ("state", "prospect", "handoff")
Line = Annotated[Words, Field(max_length=LONGEST_LINE)]


class AskBody(Body):
    """What is missing."""

    what: Line


class FactBody(Body):
    """One fact, where it stands, and on which day it was so."""

    what: Line
    source: Line
    on: Day


class WrittenBody(Body):
    """What the desk wrote: a text, facts, or both."""

    text: Annotated[str, Field(max_length=LONGEST)] = ""
    facts: Annotated[tuple[FactBody, ...], Field(max_length=MOST_FACTS)] = ()


class ReturnBody(Body):
    """Why it cannot be written."""

    reason: Line


@blueprint.get("/write-ups")
@lists(Listed[WriteUp], query=FILTERS)
def listed() -> ResponseReturnValue:
    """Write-ups, the newest first."""
    require(Act.SEE_DESK)
    asked = paging.asked(FILTERS)
    query = select(WriteUpRow)
    if state := paging.state(WriteUpState):
        query = query.where(WriteUpRow.state == state)
    for name in ("prospect", "handoff"):
        if written := request.args.get(name):
            query = query.where(getattr(WriteUpRow, f"{name}_id") == parse_id(written))
    with reading(database()) as session:
        return paging.newest(session, query, WriteUpRow.id, asked, _documents)


@blueprint.get("/write-ups/<write_up_id>")
@answers(WriteUp)
def one(write_up_id: str) -> ResponseReturnValue:
    """One write-up."""
    require(Act.SEE_DESK)
    with reading(database()) as session:
        return _documents([_row(session, write_up_id)])[0]


@blueprint.post("/handoffs/<handoff_id>/write-ups")
@answers({201: WriteUp}, body=AskBody)
def ask(handoff_id: str) -> ResponseReturnValue:
    """Ask the desk for what is missing about a lead."""
    actor = _actor(Act.ASK_DESK)
    body = read(AskBody)

    def work(session: Session) -> Answer:
        lead = row_of(session, handoff_id)
        require_for(Act.ASK_DESK, own=lead.rep_id == actor.id)
        who, once = ProspectId(lead.prospect_id), new_id(now())
        wanted = Wanted(
            prospect_id=who,
            handoff_id=HandoffId(lead.id),
            what=body.what,
            once=once,
            batch=once,
        )
        write_ups.ask(session, wanted, actor, now())
        return _drawn(session, WriteUpRef(who, once), 201)

    return answered(work)


@blueprint.post("/write-ups/<write_up_id>/taking")
@answers({200: WriteUp, 201: WriteUp}, body=Body)
def take(write_up_id: str) -> ResponseReturnValue:
    """Take it: nobody else of the desk can have it then."""
    actor = _actor(Act.WRITE_UP)
    read(Body)

    def work(session: Session) -> Answer:
        ref = _named(session, write_up_id)
        fresh = write_ups.take(session, ref, actor, now())
        return _drawn(session, ref, 201 if fresh else 200)

    return answered(work)


@blueprint.post("/write-ups/<write_up_id>/writing")
@answers({200: WriteUp, 201: WriteUp}, body=WrittenBody)
def write(write_up_id: str) -> ResponseReturnValue:
    """Hand in what was written; who asked is told."""
    actor = _actor(Act.WRITE_UP)
    body = read(WrittenBody)
    today = now().astimezone(zone_of(actor.zone)).date()
    written = Written(body.text, [Found(each.what, each.source, each.on) for each in body.facts])

    def work(session: Session) -> Answer:
        ref = _named(session, write_up_id)
        fresh = write_up_acts.write(session, ref, actor, written, today=today, now=now())
        return _drawn(session, ref, 201 if fresh else 200)

    return answered(work)


@blueprint.post("/write-ups/<write_up_id>/return")
@answers({200: WriteUp, 201: WriteUp}, body=ReturnBody)
def give_back(write_up_id: str) -> ResponseReturnValue:
    """Say why it cannot be written; who asked is told."""
    actor = _actor(Act.WRITE_UP)
    body = read(ReturnBody)

    def work(session: Session) -> Answer:
        ref = _named(session, write_up_id)
        fresh = write_up_acts.give_back(session, ref, actor, body.reason, now())
        return _drawn(session, ref, 201 if fresh else 200)

    return answered(work)


def _documents(rows: Sequence[WriteUpRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "prospect": str(row.prospect_id),
            "handoff": text(row.handoff_id),
            "promise": text(row.promise_id),
            "what": row.what,
            "note": row.note,
            "state": row.state,
            "asked_by": text(row.asked_by),
            "asked_at": instant(row.asked_at),
            "member": text(row.member_id),
            "taken_at": instant(row.taken_at),
            "due_at": instant(row.due_at),
            "text": row.text,
            "facts": row.facts or [],
            "reason": row.reason,
            "settled_at": instant(row.settled_at),
        }
        for row in rows
    ]


def _drawn(session: Session, ref: WriteUpRef, status: int) -> Answer:
    key = (ref.prospect_id, ref.write_up_id)
    row = session.get_one(WriteUpRow, key, populate_existing=True)
    return Answer(status, _documents([row])[0], about=ref.prospect_id)


def _row(session: Session, written: str) -> WriteUpRow:
    query = select(WriteUpRow).where(WriteUpRow.id == id_of(written))
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AbsentError
    return row


def _named(session: Session, written: str) -> WriteUpRef:
    row = _row(session, written)
    return WriteUpRef(ProspectId(row.prospect_id), row.id)


def _actor(act: Act) -> Member:
    require(act)
    somebody = member()
    if somebody is None:
        raise AbsentError
    return somebody
