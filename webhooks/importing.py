"""Rows of a file go the way of every delivery: kept as they are, read, recorded, each with its fate."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import DeliveryId
from prospects.sealing import digest
from webhooks.adapter import Came
from webhooks.decide import CAME_BEFORE
from webhooks.fates import Fate
from webhooks.imported import HEADER, written
from webhooks.ingest import ingest, replay
from webhooks.receive import Arrival, receive
from webhooks.rows import CaptureRow, CaptureState


def take(
    session: Session,
    items: Sequence[Mapping[str, Any]],
    source: str,
    now: datetime,
    *,
    came: Came,
    secret: str,
) -> list[Fate]:
    """Keep `items` as one delivery of a source, read it, and tell the fate of each, in their order.

    The same items again are the same delivery: what was recorded is not recorded twice, what could
    not be used is tried once more.
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
    kept = receive(session.connection(), arrived, now)
    before = {} if kept.fresh else _fates(session, kept.id)
    if not kept.fresh:
        replay(session, kept.id, now)
    ingest(session, [kept.id], now, secret=secret)
    after = _fates(session, kept.id)
    return [_again(before.get(n), after[n]) for n in range(len(items))]


def _fates(session: Session, delivery_id: DeliveryId) -> dict[int, Fate]:
    rows = session.execute(
        select(CaptureRow.n, CaptureRow.state, CaptureRow.reason).where(
            CaptureRow.delivery_id == delivery_id
        )
    )
    return {row.n: Fate(CaptureState(row.state), row.reason) for row in rows}


def _again(before: Fate | None, after: Fate) -> Fate:
    done = before is not None and before.state is CaptureState.RECORDED
    return Fate(CaptureState.RECORDED, CAME_BEFORE) if done else after
