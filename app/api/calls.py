"""`calls`: what programs outside were told or are to be told, each attempt at it, and one told once more."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError
from app.api.shapes.common import Listed
from app.api.shapes.out import CallOut, CallWithTries
from app.door import reading
from app.permissions import Act
from prospects import audit
from webhooks import attempts, redrive
from webhooks.call_rows import CallAttemptRow, CallRow, CallState

blueprint = resource("calls")


@blueprint.get("/calls")
@lists(Listed[CallOut], query=["hook", "state"])
def called() -> ResponseReturnValue:
    """What programs were told or are to be told, the newest first."""
    require(Act.HOOKS)
    asked = paging.asked(["hook", "state"])
    query = select(CallRow)
    if state := paging.state(CallState):
        query = query.where(CallRow.state == state)
    if hook := request.args.get("hook"):
        query = query.where(CallRow.hook == hook)
    with reading(database()) as session:
        return paging.newest(session, query, CallRow.id, asked, _calls)


@blueprint.get("/calls/<call_id>")
@answers(CallWithTries)
def one(call_id: str) -> ResponseReturnValue:
    """One call with each attempt of the last 30 days, the first first."""
    require(Act.HOOKS)
    with reading(database()) as session:
        row = _row(session, call_id)
        key = (row.prospect_id, row.id)
        tried = attempts.of_calls(session, [key], now()).get(row.id, [])
        return {**_calls([row])[0], "tries": [_try(each) for each in tried]}


@blueprint.post("/calls/<call_id>/replay")
@answers({202: CallOut}, body=Body)
def replay(call_id: str) -> ResponseReturnValue:
    """Tell it once more, under the same id; 409 while it is still being tried."""
    require(Act.HOOKS)
    read(Body)

    def work(session: Session) -> Answer:
        row = _row(session, call_id)
        if row.state == CallState.WAITING or not row.body:
            code = "erased" if not row.body else "waiting"
            raise ConflictError("It cannot be replayed.", code=code)
        redrive.one(session, row, now())
        audit.note(session, "call replayed", row.id, now(), who=caller().who)
        session.flush()
        return Answer(202, _calls([row])[0])

    return carry_out(work)


def _row(session: Session, call_id: str) -> CallRow:
    query = select(CallRow).where(CallRow.id == id_of(call_id))
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AbsentError
    return row


def _calls(rows: Sequence[CallRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "hook": row.hook,
            "event": row.event,
            "prospect": str(row.prospect_id),
            "state": row.state,
            "reason": row.reason,
            "attempts": row.attempts,
            "body": row.body,
            "made_at": instant(row.made_at),
            "settled_at": instant(row.settled_at),
        }
        for row in rows
    ]


def _try(row: CallAttemptRow) -> dict[str, Any]:
    return {
        "n": row.n,
        "at": instant(row.at),
        "took_ms": row.took_ms,
        "status": row.status,
        "reason": row.reason,
        "answer": row.answer,
    }
