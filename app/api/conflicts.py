"""`conflicts`: in which fields a CRM and we differ; nothing is overwritten, people settle it on either side."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import tuple_

from app.api import paging
from app.api.base import database, instant, require, resource
from app.api.described import lists
from app.api.problems import invalid
from app.api.shapes.common import Listed
from app.api.shapes.out import Conflict
from app.door import reading
from app.permissions import Act
from webhooks import crm_report
from webhooks.crm_rows import ConflictRow

blueprint = resource("conflicts")
KEY = (ConflictRow.crm, ConflictRow.kind, ConflictRow.external_id, ConflictRow.field)


@blueprint.get("/conflicts")
@lists(Listed[Conflict], query=["crm"])
def listed() -> ResponseReturnValue:
    """Where a CRM and we differ as things stand now, by record; a page may hold fewer than asked for."""
    require(Act.SEE_CONFLICTS)
    asked = paging.asked(["crm"])
    query = crm_report.standing().order_by(None).order_by(*KEY)
    if slug := request.args.get("crm"):
        query = query.where(ConflictRow.crm == slug)
    if asked.last is not None:
        if len(asked.last) != len(KEY):
            raise invalid("cursor", "this cursor is none of ours", "use `next` as it was given")
        query = query.where(tuple_(*KEY) > tuple_(*asked.last))
    with reading(database()) as session:
        rows = session.execute(paging.one_more(query, asked)).scalars().all()
        return paging.page(
            rows,
            asked,
            key=lambda row: (row.crm, row.kind, row.external_id, row.field),
            draw=lambda some: _drawn(crm_report.conflicts(session, some)),
        )


def _drawn(found: Sequence[crm_report.Conflict]) -> list[dict[str, Any]]:
    return [
        {
            "crm": each.crm,
            "record": each.record,
            "external_id": each.external_id,
            "field": each.field,
            "ours": each.ours,
            "theirs": each.theirs,
            "counts": each.counts,
            "since": instant(each.since),
            "prospect": str(each.prospect_id) if each.prospect_id else None,
            "account": str(each.account_id) if each.account_id else None,
        }
        for each in found
    ]
