"""`promises`: what reps told buyers they would do, by when, and whether they did."""

from collections.abc import Sequence
from typing import Any, Literal

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import (
    database,
    id_of,
    instant,
    member,
    now,
    reaches_all,
    require,
    resource,
)
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, invalid
from app.api.shapes.common import Listed
from app.api.shapes.office import Promise
from app.door import reading
from app.permissions import Act
from prospects.faults import nearest
from prospects.ids import HandoffId, ProspectId, parse_id
from prospects.values import HandoffRef
from routing import promises
from routing.finding_rows import PromiseRow

blueprint = resource("promises")

State = Literal["open", "late", "kept"]
STATES: tuple[State, ...] = ("open", "late", "kept")


@blueprint.get("/promises")
@lists(Listed[Promise], query=["state", "prospect", "handoff", "rep"], problems=[404])
def listed() -> ResponseReturnValue:
    """Promises, the newest first; `?state=open`, `late` or `kept`; a rep sees their own."""
    require(Act.SEE_HANDOFF)
    asked = paging.asked(["state", "prospect", "handoff", "rep"])
    query = select(PromiseRow).where(*_visible())
    if state := request.args.get("state"):
        if state not in STATES:
            raise invalid("state", "there is no such state", nearest(state, STATES))
        query = query.where(*_in_state(state))
    for name in ("prospect", "handoff", "rep"):
        if written := request.args.get(name):
            query = query.where(getattr(PromiseRow, f"{name}_id") == parse_id(written))
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


def _visible() -> list[ColumnElement[bool]]:
    if reaches_all(Act.SEE_HANDOFF):
        return []
    somebody = member()
    if somebody is None:
        raise AbsentError
    return [PromiseRow.rep_id == somebody.id]


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state == "kept":
        return [PromiseRow.kept_at.is_not(None)]
    late = [PromiseRow.due_at < now()] if state == "late" else []
    return [PromiseRow.kept_at.is_(None), *late]


def _documents(rows: Sequence[PromiseRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "prospect": str(row.prospect_id),
            "handoff": str(row.handoff_id),
            "rep": str(row.rep_id),
            "what": row.what,
            "due_at": instant(row.due_at),
            "made_at": instant(row.made_at),
            "kept_at": instant(row.kept_at),
            "late": row.kept_at is None and row.due_at < now(),
        }
        for row in rows
    ]
