"""What came to nothing and can be read again, as after a source was mended: many deliveries at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import DeliveryId
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks.ingest import TRY_AGAIN
from webhooks.lookup import LOST
from webhooks.rows import CaptureRow, DeliveryRow, DeliveryState
from webhooks.sources import owner_of

MOST = 1_000
"""Deliveries that one press has read again; the next press takes the next."""
IN_ONE_QUERY = 100
"""Few enough that each is looked up by itself, however many there are in all."""


def failed(session: Session, source: str = "") -> list[DeliveryId]:
    """Deliveries that were not understood, and those of one source of which a part was not usable."""
    unread = select(DeliveryRow.id).where(
        # A literal, or no database would know that the partial index of these holds the row.
        DeliveryRow.state == literal_column(f"'{DeliveryState.UNREADABLE}'"),
        DeliveryRow.body.is_not(None),
    )
    if source:
        unread = unread.where(DeliveryRow.source == source)
    newest = session.execute(unread.order_by(DeliveryRow.id.desc()).limit(MOST))
    found = {DeliveryId(each) for each in newest.scalars()} | _partly(session, source)
    return sorted(found, reverse=True)[:MOST]


def _partly(session: Session, source: str) -> set[DeliveryId]:
    if not source:
        return set()
    failing = (
        select(CaptureRow.delivery_id)
        .join(DeliveryRow, DeliveryRow.id == CaptureRow.delivery_id)
        .where(LOST, CaptureRow.state.in_(TRY_AGAIN), CaptureRow.source == owner_of(source))
        .where(DeliveryRow.source == source, DeliveryRow.body.is_not(None))
        .order_by(CaptureRow.id.desc())
        .limit(MOST)
    )
    return {DeliveryId(each) for each in session.execute(failing).scalars()}


def latest(session: Session, source: str, most: int) -> list[Sequence[UUID]]:
    """The newest deliveries of a source that have their bytes, at most so many, a few at a time."""
    newest = (
        select(DeliveryRow.id)
        .where(DeliveryRow.source == source, DeliveryRow.body.is_not(None))
        .order_by(DeliveryRow.id.desc())
        .limit(most)
    )
    ids = session.execute(newest).scalars().all()
    return [ids[start : start + IN_ONE_QUERY] for start in range(0, len(ids), IN_ONE_QUERY)]


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
