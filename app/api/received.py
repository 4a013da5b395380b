"""`sources` and `deliveries`: who sends us leads, what arrived, and what it was understood as."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.api import paging
from app.api.base import caller, database, id_of, instant, now, require, resource, settings, text
from app.api.bodies import Body, read
from app.api.described import answers, lists
from app.api.idempotency import Answer, carry_out
from app.api.problems import AbsentError, ConflictError
from app.api.shapes.common import Listed
from app.api.shapes.rooms import Delivery, Source
from app.door import reading
from app.permissions import Act
from prospects import audit, configuration
from prospects.configuration import Document
from prospects.ids import DeliveryId
from webhooks import health, ingest, known, silence
from webhooks.health import Health
from webhooks.rows import CaptureRow, DeliveryRow, DeliveryState

blueprint = resource("received")


@blueprint.get("/sources")
@lists(Listed[Source])
def sources() -> ResponseReturnValue:
    """Every source by its slug, and how it is doing; secrets are never shown."""
    require(Act.SEE_RECEIVED)
    asked = paging.asked()
    with reading(database()) as session:
        documents = configuration.read(session, "source")
        return paging.by_slug(documents, asked, lambda some: _sources(session, some))


@blueprint.get("/sources/<slug>")
@answers(Source)
def source(slug: str) -> ResponseReturnValue:
    """One source."""
    require(Act.SEE_RECEIVED)
    with reading(database()) as session:
        found = configuration.read(session, "source").get(slug)
        if found is None:
            raise AbsentError
        return _sources(session, [found])[0]


@blueprint.get("/deliveries")
@lists(Listed[Delivery], query=["source", "state"])
def deliveries() -> ResponseReturnValue:
    """What arrived, the newest first; `?source=` and `?state=` narrow it down."""
    require(Act.SEE_RECEIVED)
    asked = paging.asked(["source", "state"])
    query = select(DeliveryRow).options(defer(DeliveryRow.body))
    if slug := request.args.get("source"):
        query = query.where(DeliveryRow.source == slug)
    if state := paging.state(DeliveryState):
        query = query.where(DeliveryRow.state == state)
    # An index holds what went wrong; what waits to be read is among the newest, if there is any.
    listing = paging.sought if state == DeliveryState.RECEIVED else paging.newest
    with reading(database()) as session:
        return listing(
            session, query, DeliveryRow.id, asked, lambda some: _deliveries(session, some)
        )


@blueprint.get("/deliveries/<delivery_id>")
@answers(Delivery)
def delivery(delivery_id: str) -> ResponseReturnValue:
    """One delivery with what each item in it came to."""
    require(Act.SEE_RECEIVED)
    with reading(database()) as session:
        return _deliveries(session, [_delivery(session, delivery_id)])[0]


@blueprint.get("/deliveries/<delivery_id>/raw")
@answers({200: None})
def raw(delivery_id: str) -> ResponseReturnValue:
    """The bytes as they arrived, but for secrets in them; absent once somebody in them was erased."""
    require(Act.SEE_RAW)
    with reading(database()) as session:
        row = _delivery(session, delivery_id)
        if row.body is None:
            raise AbsentError("These bytes were erased.")
        # Never as what it claims to be: a stranger's HTML must not run on our address.
        answer = Response(row.body, content_type="application/octet-stream")
        answer.headers["Content-Disposition"] = f'attachment; filename="{row.id}"'
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


@blueprint.post("/deliveries/<delivery_id>/replay")
@answers({202: Delivery}, body=Body)
def replay(delivery_id: str) -> ResponseReturnValue:
    """Have a delivery read again; what had its effect the first time has none the second."""
    require(Act.REPLAY)
    read(Body)

    def work(session: Session) -> Answer:
        row = _delivery(session, delivery_id)
        if not ingest.replay(session, DeliveryId(row.id), now()):
            raise ConflictError("Its bytes were erased, so it cannot be read again.", code="erased")
        audit.note(session, "delivery replayed", row.id, now(), who=caller().who)
        session.flush()
        return Answer(202, _deliveries(session, [row])[0])

    return carry_out(work)


def _delivery(session: Session, delivery_id: str) -> DeliveryRow:
    row = session.get(DeliveryRow, id_of(delivery_id))
    if row is None:
        raise AbsentError
    return row


def _sources(session: Session, documents: Sequence[Document]) -> list[dict[str, Any]]:
    slugs = [each.slug for each in documents]
    condition, paces = health.of(session, slugs), silence.paces(session, slugs, now())
    broken = known.sources(session, secret=settings().secret_key).broken
    return [
        _source(each, condition[each.slug], broken.get(each.slug))
        | {"silent": (pace := paces[each.slug]) is not None and pace.silent}
        for each in documents
    ]


def _source(document: Document, condition: Health, broken: str | None) -> dict[str, Any]:
    return {
        "slug": document.slug,
        "kind": document.body.get("kind"),
        "address": f"{settings().base_url or ''}/webhooks/{document.slug}",
        "campaign": document.body.get("campaign"),
        "active": document.body.get("active", True),
        "broken": broken,
        "last_delivery_at": instant(condition.last_delivery_at),
        "challenged_at": instant(condition.challenged_at),
        "refused": condition.refused,
        "refused_at": instant(condition.refused_at),
        "trouble": condition.trouble,
        "trouble_at": instant(condition.trouble_at),
        "asked_at": instant(condition.asked_at),
        "missed": condition.missed,
        "missed_at": instant(condition.missed_at),
    }


def _deliveries(session: Session, rows: Sequence[DeliveryRow]) -> list[dict[str, Any]]:
    captures: defaultdict[UUID, list[CaptureRow]] = defaultdict(list)
    query = select(CaptureRow).where(CaptureRow.delivery_id.in_([row.id for row in rows]))
    for each in session.execute(query.order_by(CaptureRow.n)).scalars():
        captures[each.delivery_id].append(each)
    return [
        {
            "id": str(row.id),
            "source": row.source,
            "state": row.state,
            "reason": row.reason,
            "received_at": instant(row.received_at),
            "sha256": row.sha256,
            "bytes": row.size,
            "content_type": row.content_type,
            "captures": [
                {
                    "key": each.key,
                    "state": each.state,
                    "reason": each.reason,
                    "prospect": text(each.prospect_id),
                }
                for each in captures[row.id]
            ],
        }
        for row in rows
    ]
