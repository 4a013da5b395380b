"""Rows of a file go the way of every delivery: kept as they are, read, recorded, each with its fate."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import CaptureId, DeliveryId, ProspectId, new_id
from prospects.sealing import digest
from webhooks import decide, known
from webhooks.adapter import Came, Item
from webhooks.decide import CAME_BEFORE, Capture
from webhooks.fates import Fate
from webhooks.imported import HEADER, parse, written
from webhooks.ingest import ingest, own_key, replay
from webhooks.receive import Arrival, receive
from webhooks.rows import CaptureRow, CaptureState


@dataclass(frozen=True, slots=True)
class Taken:
    """The delivery that keeps some items, whether it is new, and the fate of each, in their order."""

    delivery_id: DeliveryId
    fresh: bool
    fates: Sequence[Fate]


def read(
    session: Session,
    items: Sequence[Mapping[str, Any]],
    source: str,
    at: datetime,
    *,
    came: Came,
    secret: str,
) -> list[Item]:
    """What these items say, without keeping anything; `at` is when they came."""
    found = known.sources(session, secret=secret).sources[source]
    return parse(written(items), found, at, came)


def foresee(
    session: Session,
    items: Sequence[Mapping[str, Any]],
    source: str,
    at: datetime,
    *,
    came: Came,
    secret: str,
) -> tuple[Sequence[Fate], int]:
    """The fate that each of these items would have, and how many people are new; nothing is written."""
    said = read(session, items, source, at, came=came, secret=secret)
    delivery = DeliveryId(new_id(at))
    captures = [
        Capture(
            id=CaptureId(new_id(at)),
            delivery_id=delivery,
            n=n,
            source=source,
            item=item,
            key=own_key(item, source, secret),
        )
        for n, item in enumerate(said)
    ]
    fates, people = decide.foresee(session, captures, at, secret=secret)
    return [fates[each.id] for each in captures], people


def take(
    session: Session,
    items: Sequence[Mapping[str, Any]],
    source: str,
    now: datetime,
    *,
    came: Came,
    secret: str,
    arrived_at: datetime | None = None,
    said: list[Item] | None = None,
) -> Taken:
    """Keep `items` as one delivery of a source, read it, and tell the fate of each, in their order.

    The same items again are the same delivery: what was recorded is not recorded twice, what could
    not be used is tried once more. What says no time happened at `arrived_at`, else now; `said` is
    what `read` has made of the items for that time.
    """
    body = written(items)
    same = f"{HEADER}:{came}:{hashlib.sha256(body).hexdigest()}"
    arrived = Arrival(
        source=source,
        key=digest(secret, "delivery", source, same),
        content_type="application/json",
        headers={HEADER: came},
        body=body,
    )
    kept = receive(session.connection(), arrived, arrived_at or now)
    before = {} if kept.fresh else _fates(session, kept.id)
    if not kept.fresh:
        replay(session, kept.id, now)
    read = {kept.id: said} if kept.fresh and said else None
    ingest(session, [kept.id], now, secret=secret, read=read)
    after = _fates(session, kept.id)
    return Taken(kept.id, kept.fresh, [_again(before.get(n), after[n]) for n in range(len(items))])


def _fates(session: Session, delivery_id: DeliveryId) -> dict[int, Fate]:
    columns = (CaptureRow.n, CaptureRow.state, CaptureRow.reason, CaptureRow.prospect_id)
    rows = session.execute(select(*columns).where(CaptureRow.delivery_id == delivery_id))
    return {
        row.n: Fate(
            CaptureState(row.state),
            row.reason,
            ProspectId(row.prospect_id) if row.prospect_id else None,
        )
        for row in rows
    }


def _again(before: Fate | None, after: Fate) -> Fate:
    done = before is not None and before.state is CaptureState.RECORDED
    return Fate(CaptureState.RECORDED, CAME_BEFORE) if done else after
