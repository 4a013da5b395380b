"""Reads kept deliveries, a batch at a time: items become captures, captures people and their history."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import CaptureId, DeliveryId, new_id
from prospects.reading import UnreadableError
from prospects.store import on_sqlite, table_of, upsert
from prospects.topics import Topic
from webhooks import certificates, fetch, forget, imported, keys, known, signals, told
from webhooks.adapter import Item, Posted, Quarantined, Read, Test, Thin, Withdrawn
from webhooks.decide import Capture, decide
from webhooks.fates import ERASED, Fate
from webhooks.fed_back import Copied, Feedback
from webhooks.kinds.registry import ADAPTERS
from webhooks.known import Known
from webhooks.meanings import meant
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import inbox_of_pages, owner_of

log = structlog.get_logger(__name__)

TRY_AGAIN = frozenset({CaptureState.DEAD, CaptureState.QUARANTINED})
"""Captures that a replay of their delivery looks at again; the others had their effect."""


def ingest(
    session: Session,
    delivery_ids: Iterable[DeliveryId],
    now: datetime,
    *,
    secret: str,
    read: Mapping[DeliveryId, list[Item]] | None = None,
) -> None:
    """Understand these deliveries; those that were understood before are left alone.

    `read` has the items of those whose bytes were read just now. One bad item never loses the others: it becomes a dead capture with its reason. A repeat of an
    item that came before, in whatever delivery, changes nothing.
    """
    sources = known.sources(session, secret=secret)
    deliveries = certificates.believed(session, _waiting(session, delivery_ids), sources, now)
    parsed = {
        each.id: (read or {}).get(DeliveryId(each.id)) or _parse(each, sources)
        for each in deliveries
    }
    readable = [each for each in deliveries if not isinstance(parsed[each.id], str)]
    earlier = _earlier(session, [each.id for each in readable])
    captures = [
        capture
        for delivery in readable
        for capture in _captures(delivery, parsed[delivery.id], earlier, secret)
    ]
    fates = decide(session, captures, now, secret=secret)
    _write(session, captures, fates)
    due = [each.id for each in captures if fates[each.id].state is CaptureState.FETCH_DUE]
    outbox.post(session, Topic.FETCH, due, now)
    copies = [each.id for each in captures if isinstance(each.item, Copied)]
    outbox.post(session, Topic.COPY, copies, now)
    _close(session, deliveries, parsed, captures, fates)


def replay(session: Session, delivery_id: DeliveryId, now: datetime) -> bool:
    """Read a delivery again, as after a repaired configuration; False if there are no bytes to read.

    Leads of it that are still to be fetched are asked for once more.
    """
    row = session.get(DeliveryRow, delivery_id, with_for_update=not on_sqlite(session))
    if row is None or row.body is None:
        return False
    row.state, row.reason = DeliveryState.RECEIVED, None
    outbox.post(session, Topic.INGEST, [delivery_id], now)
    due = select(CaptureRow.id).where(CaptureRow.delivery_id == delivery_id)
    due = due.where(CaptureRow.state == CaptureState.FETCH_DUE)
    outbox.post(session, Topic.FETCH, session.execute(due).scalars(), now)
    return True


def item_of(session: Session, capture: CaptureRow, *, secret: str) -> Item | None:
    """What this capture is, read anew from its delivery; None if its bytes are gone."""
    delivery = session.get(DeliveryRow, capture.delivery_id)
    if delivery is None:
        return None
    sources = known.sources(session, secret=secret)
    items = _parse(delivery, sources)
    found = items[capture.n] if isinstance(items, list) and capture.n < len(items) else None
    source = sources.sources.get(capture.source)
    return fetch.again(capture, found, source, delivery.received_at) if found else None


def _waiting(session: Session, ids: Iterable[DeliveryId]) -> list[DeliveryRow]:
    query = select(DeliveryRow).where(DeliveryRow.id.in_(set(ids)))
    query = query.where(DeliveryRow.state == DeliveryState.RECEIVED).order_by(DeliveryRow.id)
    if not on_sqlite(session):
        query = query.with_for_update()
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def _parse(delivery: DeliveryRow, sources: Known) -> list[Item] | str:
    """The items, or why there are none."""
    source = sources.sources.get(owner_of(delivery.source))
    if source is None:
        return sources.broken.get(owner_of(delivery.source), "its source is no longer configured")
    if delivery.body is None:
        return "its bytes were erased"
    try:
        if came := imported.came(delivery.headers):
            return imported.parse(delivery.body, source, delivery.received_at, came)
        is_ours = delivery.source == inbox_of_pages(source.slug)
        adapter = signals.ADAPTER if is_ours else ADAPTERS[source.kind]
        at, kind = delivery.received_at, delivery.content_type or ""
        items = adapter.parse(Posted(delivery.body, at, kind, delivery.headers), source)
        said = sources.meanings.get(delivery.source, {})
        return [meant(each, said) for each in items] if said else items
    except UnreadableError as error:
        return str(error)
    except Exception as error:
        # A mistake of ours must not hold up a batch; the bytes stay, and can be read again.
        log.exception("a body broke its reader", delivery=str(delivery.id), kind=source.kind)
        return f"our reader failed on it ({type(error).__name__})"


def _earlier(
    session: Session, ids: Collection[Any]
) -> dict[tuple[Any, int], tuple[CaptureId, CaptureState]]:
    """Captures these deliveries have from an earlier reading."""
    rows = session.execute(
        select(CaptureRow.delivery_id, CaptureRow.n, CaptureRow.id, CaptureRow.state).where(
            CaptureRow.delivery_id.in_(ids)
        )
    )
    return {(row.delivery_id, row.n): (CaptureId(row.id), CaptureState(row.state)) for row in rows}


def _captures(
    delivery: DeliveryRow,
    items: list[Item] | str,
    earlier: Mapping[tuple[Any, int], tuple[CaptureId, CaptureState]],
    secret: str,
) -> Iterator[Capture]:
    assert not isinstance(items, str)
    for n, item in enumerate(items):
        fresh = (CaptureId(new_id(delivery.received_at)), CaptureState.DEAD)
        capture_id, state = earlier.get((delivery.id, n), fresh)
        if state not in TRY_AGAIN:
            continue
        yield Capture(
            id=capture_id,
            delivery_id=DeliveryId(delivery.id),
            n=n,
            source=owner_of(delivery.source),
            item=item,
            key=own_key(item, owner_of(delivery.source), secret),
        )


def own_key(item: Item, source: str, secret: str) -> keys.Key | None:
    """What recognises this item when it comes again; None for one that counts each time."""
    match item:
        case (
            Read(space=space, key=str(ref))
            | Feedback(space=space, key=str(ref))
            | Copied(space=space, key=ref)
        ):
            return keys.key_of(source, space, ref, secret=secret)
        case Thin(space=space, ref=ref):
            return keys.key_of(source, space, ref, secret=secret)
        case Withdrawn(space=space, ref=ref):
            return keys.withdrawn(source, space, ref, secret=secret)
        case _:
            return None


def _write(session: Session, captures: Sequence[Capture], fates: Mapping[CaptureId, Fate]) -> None:
    # A sender may well have an address for an id, so of the forgotten not even that is kept.
    forgotten = {each.id for each in captures if fates[each.id].reason == ERASED}
    due = {each.id for each in captures if fates[each.id].state is CaptureState.FETCH_DUE}
    rows = [
        {
            "id": each.id,
            "delivery_id": each.delivery_id,
            "n": each.n,
            "source": each.source,
            "space": getattr(each.item, "space", ""),
            "ref": None if each.id in forgotten else getattr(each.item, "ref", None),
            "key": None if each.id in forgotten else each.item.label or None,
            "state": fates[each.id].state,
            "reason": fates[each.id].reason,
            "prospect_id": fates[each.id].prospect_id,
            "tries": 0,
            "document": told.kept(each.item) if each.id in due else None,
        }
        for each in captures
    ]
    upsert(session, CaptureRow, rows, on=["id"])


def _close(
    session: Session,
    deliveries: Sequence[DeliveryRow],
    parsed: Mapping[Any, list[Item] | str],
    captures: Sequence[Capture],
    fates: Mapping[CaptureId, Fate],
) -> None:
    if not deliveries:
        return
    table = table_of(DeliveryRow)
    session.execute(
        update(table)
        .where(table.c.id == bindparam("which"))
        .values(state=bindparam("found"), reason=bindparam("why")),
        [{"which": each.id, **_outcome(parsed[each.id])} for each in deliveries],
    )
    gone = {each.delivery_id for each in captures if _is_gone(each, fates[each.id])}
    forget.empty(session, gone)
    session.expire_all()


def _is_gone(capture: Capture, fate: Fate) -> bool:
    """Whether the bytes quote somebody of whom nothing may stay."""
    told = isinstance(capture.item, Thin) and capture.item.part_of is not None
    return fate.reason == ERASED or (told and fate.state is CaptureState.WITHDRAWN)


def _outcome(items: list[Item] | str) -> dict[str, str | None]:
    if isinstance(items, str):
        return {"found": DeliveryState.UNREADABLE, "why": items}
    if all(isinstance(each, Test) for each in items):
        return {"found": DeliveryState.TEST, "why": None}
    strange = all(isinstance(each, Quarantined) for each in items)
    return {"found": DeliveryState.INGESTED, "why": "quarantined" if strange else None}
