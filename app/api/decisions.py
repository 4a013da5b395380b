"""`decisions`: why each lead went to whom it went, and why not to anybody else."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, and_, select

from app.api import handed, paging
from app.api.base import database, id_of, require, resource, visible
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.rooms import Decision
from app.door import reading
from app.permissions import Act
from prospects.ids import parse_id
from routing.rows import DecisionRow, HandoffRow

blueprint = resource("decisions")


@blueprint.get("/decisions")
@lists(Listed[Decision], query=["handoff", "prospect"], problems=[404])
def listed() -> ResponseReturnValue:
    """Decisions, the newest first; a rep sees those about leads that are theirs."""
    require(Act.SEE_HANDOFF)
    asked = paging.asked(["handoff", "prospect"])
    query = _visible().where(*paging.after_id(asked, DecisionRow.id))
    for name in ("handoff", "prospect"):
        if written := request.args.get(name):
            query = query.where(getattr(DecisionRow, f"{name}_id") == parse_id(written))
    if handoff := request.args.get("handoff"):
        # The index begins with the person.
        whose = select(HandoffRow.prospect_id).where(HandoffRow.id == parse_id(handoff))
        query = query.where(DecisionRow.prospect_id.in_(whose))
    with reading(database()) as session:
        ordered = paging.one_more(query.order_by(DecisionRow.id.desc()), asked)
        rows = session.execute(ordered).scalars().all()
        return paging.page(
            rows,
            asked,
            key=lambda row: (row.id,),
            draw=lambda some: [handed.decision(row) for row in some],
        )


@blueprint.get("/decisions/<decision_id>")
@answers(Decision)
def one(decision_id: str) -> ResponseReturnValue:
    """One decision with every candidate."""
    require(Act.SEE_HANDOFF)
    with reading(database()) as session:
        query = _visible().where(DecisionRow.id == id_of(decision_id))
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise AbsentError
        return handed.decision(row)


def _visible() -> Select[Any]:
    its = and_(
        HandoffRow.prospect_id == DecisionRow.prospect_id, HandoffRow.id == DecisionRow.handoff_id
    )
    query = select(DecisionRow).join(HandoffRow, its)
    return visible(query, Act.SEE_HANDOFF, lambda who: HandoffRow.rep_id == who.id)
