"""`sends`: every mail to a prospect, planned, held, sent or of unknown fate, and why."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.api import paging
from app.api.base import database, id_of, instant, require, resource, text
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.rooms import Send, SendWithWords
from app.door import reading
from app.permissions import Act
from nurture.rows import SendRow
from nurture.sending import SendState
from prospects import groups

blueprint = resource("sends")

FILTERS = ("state", "prospect", "flow", "template")


@blueprint.get("/sends")
@lists(Listed[Send], query=FILTERS, problems=[404])
def listed() -> ResponseReturnValue:
    """Mails, the newest first; `?state=`, `?prospect=`, `?flow=`, `?template=` narrow it down."""
    require(Act.SEE_MAILS)
    asked = paging.asked(FILTERS)
    query, narrowed = select(SendRow).where(*_narrowed()), set(request.args) & set(FILTERS)
    listing = paging.sought if narrowed and "prospect" not in narrowed else paging.newest
    with reading(database()) as session:
        return listing(session, query, SendRow.id, asked, _documents)


@blueprint.get("/sends/<send_id>")
@answers(SendWithWords)
def one(send_id: str) -> ResponseReturnValue:
    """One mail, with its words once they were written."""
    require(Act.SEE_MAILS)
    with reading(database()) as session:
        query = select(SendRow).where(SendRow.id == id_of(send_id))
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise AbsentError
        return {**_documents([row])[0], "html": row.html, "text": row.plain}


def _narrowed() -> list[Any]:
    found = []
    if state := paging.state(SendState):
        found.append(SendRow.state == state)
    if prospect := request.args.get("prospect"):
        found.append(SendRow.prospect_id.in_(groups.same_person(id_of(prospect))))
    if flow := request.args.get("flow"):
        found.append(SendRow.flow == flow)
    if template := request.args.get("template"):
        found.append(SendRow.template == template)
    return found


def _documents(rows: Sequence[SendRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "prospect": str(row.prospect_id),
            "enrollment": text(row.enrollment_id),
            "flow": row.flow,
            "step": row.step,
            "visit": row.visit,
            "template": row.template,
            "topic": row.topic,
            "state": row.state,
            "reason": row.reason,
            "transport": row.transport,
            "message_id": row.message_id,
            "to": row.address,
            "from": row.sender,
            "subject": row.subject,
            "attempts": row.attempts,
            "answer": row.answer,
            "planned_at": instant(row.planned_at),
            "handed_over_at": instant(row.handed_over_at),
            "settled_at": instant(row.settled_at),
        }
        for row in rows
    ]
