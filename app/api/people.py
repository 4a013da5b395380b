"""`people`: the colleagues who work here."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.api import paging
from app.api.base import database, id_of, require, resource
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.record import Colleague
from app.door import reading
from app.permissions import Act
from prospects.team import MemberRow

blueprint = resource("people")


@blueprint.get("/people")
@lists(Listed[Colleague], query=["email"])
def listed() -> ResponseReturnValue:
    """Colleagues, active or not, the newest first; `?email=` for one."""
    require(Act.SEE_TEAM)
    asked = paging.asked(["email"])
    query = select(MemberRow).where(*paging.after_id(asked, MemberRow.id))
    if email := request.args.get("email"):
        query = query.where(MemberRow.email == email.strip().lower())
    with reading(database()) as session:
        ordered = paging.one_more(query.order_by(MemberRow.id.desc()), asked)
        rows = session.execute(ordered).scalars().all()
        return paging.page(rows, asked, key=lambda row: (row.id,), draw=_documents)


@blueprint.get("/people/<member_id>")
@answers(Colleague)
def one(member_id: str) -> ResponseReturnValue:
    """One colleague."""
    require(Act.SEE_TEAM)
    with reading(database()) as session:
        row = session.get(MemberRow, id_of(member_id))
        if row is None:
            raise AbsentError
        return _documents([row])[0]


def _documents(rows: Sequence[MemberRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "email": row.email,
            "name": row.name,
            "roles": row.roles,
            "zone": row.zone,
            "hours": row.hours,
            "weight": row.weight,
            "capacity": row.capacity,
            "skills": row.skills,
            "absences": row.absences,
            "active": row.active,
        }
        for row in rows
    ]
