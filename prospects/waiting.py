"""Promises that wait, as a whole topic or one: done sooner than was promised, or taken back."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from prospects.message import MessageRow, State
from prospects.topics import Topic, queue_of


def hasten(session: Session, topic: Topic, now: datetime) -> None:
    """What waits of a topic need not wait any longer: what it waited for may be there."""
    hastened = session.execute(
        update(MessageRow)
        .where(MessageRow.queue == queue_of(topic), MessageRow.topic == topic)
        .where(MessageRow.state == State.WAITING, MessageRow.due_at > now)
        .where(MessageRow.lease.is_(None))
        .values(due_at=now)
        .returning(MessageRow.id)
        .execution_options(synchronize_session=False)
    )
    if hastened.first():
        session.info.setdefault("rung", set()).add(queue_of(topic))


def take_back(session: Session, topic: Topic, ref: object) -> None:
    """Promise no longer what nobody has begun; whoever holds it must find for themselves that it is over."""
    session.execute(
        delete(MessageRow)
        .where(MessageRow.queue == queue_of(topic), MessageRow.topic == topic)
        .where(MessageRow.ref == str(ref), MessageRow.lease.is_(None))
        .execution_options(synchronize_session=False)
    )
