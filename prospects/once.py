"""A promise that is made once for one time, however many reasons there are for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.message import MessageRow, State
from prospects.topics import Topic, queue_of


def post(session: Session, topic: Topic, ref: object, now: datetime, *, due_at: datetime) -> None:
    """Promise work on this ref at this time, unless it is promised for this very time already."""
    there = select(MessageRow.id).where(
        MessageRow.queue == queue_of(topic),
        MessageRow.due_at == due_at,
        MessageRow.state == State.WAITING,
        MessageRow.lease.is_(None),
        MessageRow.topic == topic,
        MessageRow.ref == str(ref),
    )
    if session.execute(there.limit(1)).first() is None:
        outbox.post(session, topic, [ref], now, due_at=due_at)
