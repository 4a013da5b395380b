"""What came to nothing and can be read again, as after a source was mended: many deliveries at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import DeliveryId
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks.ingest import TRY_AGAIN
from webhooks.rows import CaptureRow, DeliveryRow, DeliveryState

MOST = 1_000
"""Deliveries that one press has read again; the next press takes the next."""
LATEST = 5_000
"""Deliveries of a source, the newest first, of which a part may have failed: no index holds these."""


def failed(session: Session, source: str = "") -> list[DeliveryId]:
    """Deliveries that were not understood, and those of one source of which a part was not usable."""
    unread = DeliveryRow.state == DeliveryState.UNREADABLE
    found = _readable(session, unread, source)
    if source:
        newest = select(DeliveryRow.id).where(DeliveryRow.source == source)
        newest = newest.order_by(DeliveryRow.id.desc()).limit(LATEST)
        partly = select(CaptureRow.delivery_id).where(
            CaptureRow.delivery_id.in_(newest.scalar_subquery()), CaptureRow.state.in_(TRY_AGAIN)
        )
        found |= _readable(session, DeliveryRow.id.in_(partly), source)
    return sorted(found, reverse=True)[:MOST]


def _readable(session: Session, which: ColumnElement[bool], source: str) -> set[DeliveryId]:
    query = select(DeliveryRow.id).where(which, DeliveryRow.body.is_not(None))
    if source:
        query = query.where(DeliveryRow.source == source)
    newest = query.order_by(DeliveryRow.id.desc()).limit(MOST)
    return {DeliveryId(each) for each in session.execute(newest).scalars()}


def read_again(session: Session, deliveries: Sequence[DeliveryId], now: datetime) -> int:
    """Have these read again; how many there are to read. What had its effect has it only once."""
    query = select(DeliveryRow.id).where(DeliveryRow.id.in_(deliveries))
    query = query.where(DeliveryRow.body.is_not(None)).order_by(DeliveryRow.id)
    if not on_sqlite(session):
        query = query.with_for_update()
    found = list(session.execute(query).scalars())
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(found))
        .values(state=DeliveryState.RECEIVED, reason=None)
        .execution_options(synchronize_session=False)
    )
    outbox.post(session, Topic.INGEST, found, now)
    return len(found)
