"""`promises`: what reps told buyers they would do, by when, and whether they did."""

from collections.abc import Sequence
from typing import Any, Literal

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import (
    caller,
    database,
    id_of,
    member,
    now,
    require,
    require_for,
    resource,
    visible,
)
from app.api.bodies import Body, Instant, read
from app.api.described import answers, lists
from app.api.handed import promise
from app.api.handoff_acts import answered
from app.api.idempotency import Answer, carry_out
from app.api.interventions import Why, colleague
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.office import Promise
from app.door import reading
from app.permissions import Act
from prospects.ids import HandoffId, ProspectId, parse_id
from prospects.values import HandoffRef
from routing import promises
from routing.finding_rows import PromiseRow
from routing.promises import Change, PromiseRef
from routing.rows import HandoffRow

blueprint = resource("promises")

State = Literal["open", "late", "kept"]
STATES: tuple[State, ...] = ("open", "late", "kept")


class PostponementBody(Body):
    """Until when it is promised now, and why."""

    due_at: Instant
    reason: Why


class TroubleBody(Body):
    """Why it cannot be kept."""

    reason: Why


class GivingBody(Body):
    """Who keeps it (an id or e-mail), until when, and why."""

    to: str
    due_at: Instant
    reason: Why


@blueprint.get("/promises")
@lists(Listed[Promise], query=["state", "prospect", "handoff", "rep"], problems=[404])
def listed() -> ResponseReturnValue:
    """Promises, the newest first; `?state=open`, `late` or `kept`; a rep sees their own."""
    require(Act.SEE_HANDOFF)
    asked = paging.asked(["state", "prospect", "handoff", "rep"])
    query = visible(select(PromiseRow), Act.SEE_HANDOFF, lambda who: PromiseRow.rep_id == who.id)
    if state := paging.state(STATES):
        query = query.where(*_in_state(state))
    for name in ("prospect", "handoff", "rep"):
        if written := request.args.get(name):
            query = query.where(getattr(PromiseRow, f"{name}_id") == parse_id(written))
    if handoff := request.args.get("handoff"):
        # The index begins with the person.
        whose = select(HandoffRow.prospect_id).where(HandoffRow.id == parse_id(handoff))
        query = query.where(PromiseRow.prospect_id.in_(whose))
    with reading(database()) as session:
        return paging.newest(session, query, PromiseRow.id, asked, _documents)


@blueprint.post("/promises/<promise_id>/keeping")
@answers({200: Promise, 201: Promise}, body=Body)
def keep(promise_id: str) -> ResponseReturnValue:
    """Say that a promise of one's own is kept; the first time stands (then 200)."""
    require(Act.CONFIRM)
    actor = member()
    read(Body)

    def work(session: Session) -> Answer:
        row = session.execute(
            select(PromiseRow).where(PromiseRow.id == id_of(promise_id))
        ).scalar_one_or_none()
        if actor is None or row is None or row.rep_id != actor.id:
            raise AbsentError
        ref = HandoffRef(ProspectId(row.prospect_id), HandoffId(row.handoff_id))
        fresh = promises.keep(session, ref, row.id, actor, now())
        session.refresh(row)
        return Answer(201 if fresh else 200, _documents([row])[0], about=ref.prospect_id)

    return carry_out(work)


@blueprint.post("/promises/<promise_id>/postponement")
@answers({201: Promise}, body=PostponementBody)
def postpone(promise_id: str) -> ResponseReturnValue:
    """Say that one's own promise is due on another day, which the buyer knows of."""
    require(Act.CONFIRM)
    body = read(PostponementBody)

    def work(session: Session) -> Answer:
        ref = _own(session, promise_id)
        promises.move(session, ref, _change(body.reason), due_at=body.due_at)
        return _drawn(session, ref)

    return answered(work)


@blueprint.post("/promises/<promise_id>/trouble")
@answers({201: Promise}, body=TroubleBody)
def trouble(promise_id: str) -> ResponseReturnValue:
    """Say that one's own promise cannot be kept; managers see it at once."""
    require(Act.CONFIRM)
    body = read(TroubleBody)

    def work(session: Session) -> Answer:
        ref = _own(session, promise_id)
        promises.ask_for_help(session, ref, _change(body.reason))
        return _drawn(session, ref)

    return answered(work)


@blueprint.post("/promises/<promise_id>/giving")
@answers({201: Promise}, body=GivingBody)
def give(promise_id: str) -> ResponseReturnValue:
    """Have somebody of the desk, or a manager, keep the promise; the lead stays with its rep."""
    require_for(Act.REASSIGN, own=False)
    body = read(GivingBody)

    def work(session: Session) -> Answer:
        ref = _named(session, promise_id)
        to = colleague(session, body.to)
        promises.give(session, ref, _change(body.reason), to=to, due_at=body.due_at)
        return _drawn(session, ref)

    return answered(work)


def _named(session: Session, promise_id: str) -> PromiseRef:
    query = select(PromiseRow.prospect_id, PromiseRow.id)
    row = session.execute(query.where(PromiseRow.id == id_of(promise_id))).one_or_none()
    if row is None:
        raise AbsentError
    return PromiseRef(ProspectId(row[0]), row[1])


def _own(session: Session, promise_id: str) -> PromiseRef:
    """One's own; a token that acts for nobody has made no promise."""
    if member() is None:
        raise AbsentError
    return _named(session, promise_id)


def _change(reason: str) -> Change:
    somebody = member()
    by = somebody.id if somebody else None
    return Change(by=caller().who, reason=reason, now=now(), member_id=by)


def _drawn(session: Session, ref: PromiseRef) -> Answer:
    row = session.get_one(PromiseRow, (ref.prospect_id, ref.promise_id))
    return Answer(201, _documents([row])[0], about=ref.prospect_id)


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state == "kept":
        return [PromiseRow.kept_at.is_not(None)]
    late = [PromiseRow.due_at < now()] if state == "late" else []
    return [PromiseRow.kept_at.is_(None), *late]


def _documents(rows: Sequence[PromiseRow]) -> list[dict[str, Any]]:
    return [
        {
            **promise(row),
            "prospect": str(row.prospect_id),
            "late": row.kept_at is None and row.due_at < now(),
        }
        for row in rows
    ]
