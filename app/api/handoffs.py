"""`handoffs`: leads on their way to a rep and with one."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.api import handed, paging
from app.api.base import (
    database,
    id_of,
    member,
    now,
    require,
    require_for,
    resource,
    visible,
)
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.rooms import Handoff
from app.door import reading
from app.permissions import Act
from prospects.ids import parse_id
from routing.lives import HandoffState
from routing.rows import HandoffRow

blueprint = resource("handoffs")

FILTERS = ("state", "prospect", "account", "rep")


@blueprint.get("/handoffs")
@lists(Listed[Handoff], query=FILTERS, problems=[404])
def listed() -> ResponseReturnValue:
    """Handoffs, the newest first; a rep's are their own."""
    require(Act.SEE_HANDOFF)
    asked = paging.asked(FILTERS)
    query = _those_asked_for(_visible()).where(*paging.after_id(asked, HandoffRow.id))
    query = paging.one_more(query.order_by(HandoffRow.id.desc()), asked)
    with reading(database()) as session:
        rows = session.execute(query).scalars().all()
        return paging.page(
            rows,
            asked,
            key=lambda row: (row.id,),
            draw=lambda some: handed.handoffs(session, some, now()),
        )


@blueprint.get("/handoffs/<handoff_id>")
@answers(Handoff)
def one(handoff_id: str) -> ResponseReturnValue:
    """One handoff with its brief as shown; how to reach the buyer is in it once it was accepted."""
    require(Act.SEE_HANDOFF)
    with reading(database()) as session:
        row = row_of(session, handoff_id)
        somebody = member()
        require_for(Act.SEE_HANDOFF, own=somebody is not None and row.rep_id == somebody.id)
        return handed.handoffs(session, [row], now())[0]


def row_of(session: Session, handoff_id: str) -> HandoffRow:
    """The handoff an address names; 404 if there is none."""
    query = select(HandoffRow).where(HandoffRow.id == id_of(handoff_id))
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AbsentError
    return row


def _visible() -> Select[Any]:
    return visible(select(HandoffRow), Act.SEE_HANDOFF, lambda who: HandoffRow.rep_id == who.id)


def _those_asked_for(query: Select[Any]) -> Select[Any]:
    if state := paging.state(HandoffState):
        query = query.where(HandoffRow.state == state)
    for name in ("prospect", "account", "rep"):
        if written := request.args.get(name):
            # What is no id is nobody's, so the list is empty.
            column = getattr(HandoffRow, f"{name}_id")
            query = query.where(column == parse_id(written))
    return query
