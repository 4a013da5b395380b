"""`destinations` and `conversions`: which platforms and chats are told, what they took and refused, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource, settings
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError
from app.api.shapes.common import Listed
from app.api.shapes.out import Conversion, ConversionWithDocument, DestinationShown, ToldAgain
from app.door import reading
from app.permissions import Act
from prospects import audit
from webhooks import conversion_report, endpoints, known
from webhooks.conversion_report import Count
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.conversions import endpoint_of
from webhooks.destinations import Destination
from webhooks.endpoints import Endpoint
from webhooks.letters import name_of

blueprint = resource("destinations")


@blueprint.get("/destinations")
@lists(Listed[DestinationShown])
def listed() -> ResponseReturnValue:
    """Platforms and chats that are told, by slug, with what became of it in the last 90 days."""
    require(Act.SEE_OUT)
    asked = paging.asked()
    with reading(database()) as session:
        found = known.destinations(session, secret=settings().secret_key).destinations
        doing = endpoints.of_all(session)
        counted = conversion_report.counts(session, list(found), now())
        return paging.by_slug(
            found, asked, lambda some: [_destination(each, doing, counted) for each in some]
        )


@blueprint.post("/destinations/<slug>/redrive")
@answers({202: ToldAgain}, body=Body)
def redrive(slug: str) -> ResponseReturnValue:
    """Tell a platform once more what it refused or what was withheld, where that is not too old."""
    require(Act.TRY_AGAIN)
    read(Body)

    def work(session: Session) -> Answer:
        found = known.destinations(session, secret=settings().secret_key).destinations.get(slug)
        if found is None:
            raise AbsentError
        if found.by_calls:
            raise ConflictError("It is told by calls: replay those.", code="chat")
        count = conversion_report.again(session, found, now())
        audit.note(session, "conversions replayed", slug, now(), who=caller().who, count=count)
        return Answer(202, {"conversions": count})

    return carry_out(work)


@blueprint.get("/conversions")
@lists(Listed[Conversion], query=["destination", "state"])
def told() -> ResponseReturnValue:
    """What platforms were told or are to be told, the newest first."""
    require(Act.SEE_OUT)
    asked = paging.asked(["destination", "state"])
    query = select(ConversionRow)
    if state := paging.state(ConversionState):
        query = query.where(ConversionRow.state == state)
    if slug := request.args.get("destination"):
        query = query.where(ConversionRow.destination == slug)
    with reading(database()) as session:
        return paging.newest(session, query, ConversionRow.id, asked, _conversions)


@blueprint.get("/conversions/<conversion_id>")
@answers(ConversionWithDocument)
def one(conversion_id: str) -> ResponseReturnValue:
    """One step with the document its platform would be told now, hashed as it asks; or why not."""
    require(Act.SEE_OUT)
    with reading(database()) as session:
        query = select(ConversionRow).where(ConversionRow.id == id_of(conversion_id))
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise AbsentError
        there = known.destinations(session, secret=settings().secret_key).destinations
        found, shown = there.get(row.destination), _conversions([row])[0]
        if found is None or found.by_calls:
            return {**shown, "document": None, "withheld": "the destination is gone"}
        seen = conversion_report.preview(session, row, found, now())
        return {**shown, "document": seen.document, "withheld": seen.reason}


def _destination(
    each: Destination, doing: Mapping[str, Endpoint], counted: Sequence[Count]
) -> dict[str, Any]:
    name = name_of(each) if each.by_calls else endpoint_of(each.slug)
    found = doing.get(name, Endpoint())
    return {
        "slug": each.slug,
        "kind": each.kind.value,
        "events": sorted(each.wants),
        "active": each.active,
        "dry_run": each.dry_run,
        "told_at": instant(found.told_at),
        "failing_since": instant(found.failing_since),
        "trouble": found.reason,
        "counts": [
            {
                "step": one.milestone,
                "state": one.state.value,
                "reason": one.reason,
                "count": one.count,
            }
            for one in counted
            if one.destination == each.slug
        ],
    }


def _conversions(rows: Sequence[ConversionRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.id),
            "destination": row.destination,
            "prospect": str(row.prospect_id),
            "step": row.milestone,
            "at": instant(row.at),
            "state": row.state,
            "reason": row.reason,
            "tries": row.tries,
            "request": row.request,
            "amount": {"amount": f"{row.amount:.2f}", "currency": row.currency}
            if row.amount is not None and row.currency
            else None,
            "made_at": instant(row.made_at),
            "settled_at": instant(row.settled_at),
        }
        for row in rows
    ]
