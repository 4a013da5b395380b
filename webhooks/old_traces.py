"""What the inbox keeps of our own pages goes after a hundred days: signals, and what still waits for a name."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.orm import Session

from prospects.ids import first_id
from prospects.old_views import KEPT
from webhooks.rows import CaptureKeyRow, CaptureRow, CaptureState, DeliveryRow
from webhooks.visitor_rows import TraceRow, VisitorRow

BATCH = 1_000
SIGNALS = text("capture.space = 'signal'")
"""Letter by letter the condition of the index that finds them."""
TOO_LATE = "nobody said in time who did it"


def due(session: Session, now: datetime) -> bool:
    """Whether anything is old enough."""
    looks = (
        select(TraceRow.id).where(TraceRow.id < first_id(now - KEPT)),
        select(CaptureRow.id).where(SIGNALS, CaptureRow.id < first_id(now - KEPT)),
        select(VisitorRow.digest).where(_unseen(now)),
    )
    return any(session.execute(each.limit(1)).first() is not None for each in looks)


def forget(session: Session, now: datetime) -> bool:
    """Let go of the oldest; whether there may be more. Who was known by a visitor stays known."""
    _traces(session, now)
    _signals(session, now)
    some = select(VisitorRow.digest).where(_unseen(now)).limit(BATCH)
    session.execute(
        delete(VisitorRow)
        .where(VisitorRow.digest.in_(some))
        .execution_options(synchronize_session=False)
    )
    return due(session, now)


def _unseen(now: datetime) -> ColumnElement[bool]:
    return VisitorRow.seen_at < now - KEPT


def _traces(session: Session, now: datetime) -> None:
    some = select(TraceRow.id).where(TraceRow.id < first_id(now - KEPT)).limit(BATCH)
    found = list(session.execute(some).scalars())
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.id.in_(found), CaptureRow.state == CaptureState.NAMELESS)
        .values(state=CaptureState.DEAD, reason=TOO_LATE)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(TraceRow).where(TraceRow.id.in_(found)).execution_options(synchronize_session=False)
    )


def _signals(session: Session, now: datetime) -> None:
    """Captures of signals with their keys, and the deliveries in which nothing else was."""
    some = select(CaptureRow.id, CaptureRow.delivery_id)
    some = some.where(SIGNALS, CaptureRow.id < first_id(now - KEPT)).limit(BATCH)
    found = session.execute(some).all()
    captures, deliveries = {row.id for row in found}, {row.delivery_id for row in found}
    left = select(CaptureRow.id).where(CaptureRow.delivery_id == DeliveryRow.id).exists()
    for statement in (
        delete(CaptureKeyRow).where(CaptureKeyRow.capture_id.in_(captures)),
        delete(CaptureRow).where(CaptureRow.id.in_(captures)),
        delete(DeliveryRow).where(DeliveryRow.id.in_(deliveries), ~left),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
