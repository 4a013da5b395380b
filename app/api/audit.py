"""`audit`: who did which administrative act to what, and when."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.api import paging
from app.api.base import database, instant, require, resource
from app.api.described import lists
from app.api.shapes.common import Listed
from app.api.shapes.office import AuditEntry
from app.door import reading
from app.permissions import Act
from prospects.audit import AuditRow

blueprint = resource("audit")

FILTERS = ("who", "act", "about")


@blueprint.get("/audit")
@lists(Listed[AuditEntry], query=FILTERS)
def listed() -> ResponseReturnValue:
    """Acts, the newest first; `?who=`, `?act=`, `?about=` narrow it down."""
    require(Act.SEE_AUDIT)
    asked = paging.asked(FILTERS)
    query = select(AuditRow)
    for name in FILTERS:
        if name in request.args:
            query = query.where(getattr(AuditRow, name) == request.args[name])
    listing = paging.sought if set(request.args) & set(FILTERS) else paging.newest
    with reading(database()) as session:
        return listing(session, query, AuditRow.id, asked, _documents)


def _documents(rows: Sequence[AuditRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "at": instant(row.at),
            "who": row.who,
            "act": row.act,
            "about": row.about,
            "detail": row.detail,
        }
        for row in rows
    ]
