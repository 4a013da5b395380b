"""What is due: the conditions that the partial indexes of messages answer, and who waits the longest."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from prospects.message import MessageRow, State
from prospects.topics import Queue, Topic

# Behind a parameter no database could prove that a partial index holds the row: hence literals.
WAITING: ColumnElement[str] = literal_column(f"'{State.WAITING}'")
URGENT: ColumnElement[str] = literal_column(f"'{Topic.ERASE}'")
FRESH = (MessageRow.state == WAITING, MessageRow.lease.is_(None))
"""Due and in nobody's hands."""
URGENT_ONE = (*FRESH, MessageRow.topic == URGENT)
"""An erasure: a person who asked to be forgotten waits behind nobody's backlog."""
SUSPECT = (MessageRow.lease.is_not(None),)
"""Due again because whoever held it died."""


def due(
    queue: Queue, now: datetime, kind: tuple[ColumnElement[bool], ...] = FRESH
) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a message of `queue` may be leased."""
    return (MessageRow.queue == queue, MessageRow.due_at <= now, *kind)


def queues_due(session: Session, now: datetime) -> set[Queue]:
    """Queues with something due: what the sweep rings for."""
    return {
        queue
        for queue in Queue
        if any(
            session.execute(
                # In order, or the planner may hope to come across one by reading the whole table.
                select(MessageRow.id)
                .where(*due(queue, now, kind))
                .order_by(MessageRow.due_at)
                .limit(1)
            ).first()
            for kind in (FRESH, SUSPECT)
        )
    }


def in_hand(session: Session) -> bool:
    """Whether anybody holds a lease: what is due no more may still be under way."""
    held = select(MessageRow.id).where(*SUSPECT).order_by(MessageRow.due_at).limit(1)
    return session.execute(held).first() is not None


def oldest_due(session: Session, queue: Queue, now: datetime) -> datetime | None:
    """Since when the longest-waiting due message waits; None when nothing is due."""
    oldest = select(func.min(MessageRow.due_at)).where(*due(queue, now))
    return session.execute(oldest).scalar_one()


def by_topic(session: Session, now: datetime) -> dict[str, int]:
    """How much of each topic is due, in nobody's hands."""
    found: dict[str, int] = {}
    for queue in Queue:
        counted = select(MessageRow.topic, func.count()).where(*due(queue, now))
        rows = session.execute(counted.group_by(MessageRow.topic))
        found |= {row[0]: row[1] for row in rows}
    return found
