"""Promises that were given up: how many, which and why; and how they are tried once more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.orm import Session

from prospects.message import MessageRow, State
from prospects.topics import Queue, Topic

# A literal, so that the partial index is known to hold the row.
DEAD: ColumnElement[str] = literal_column(f"'{State.DEAD}'")


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A dead message. `reason` holds no personal data."""

    id: UUID
    topic: Topic
    ref: str
    posted_at: datetime
    attempts: int
    reason: str


def listed(session: Session, *, limit: int) -> list[GivenUp]:
    """What was given up, the oldest of each queue first."""
    rows = session.execute(
        select(MessageRow)
        .where(MessageRow.state == DEAD)
        .order_by(MessageRow.queue, MessageRow.id)
        .limit(limit)
    ).scalars()
    return [
        GivenUp(row.id, Topic(row.topic), row.ref, row.posted_at, row.attempt, row.last_error or "")
        for row in rows
    ]


def count(session: Session) -> int:
    """How much was given up and waits for a person."""
    dead = select(func.count()).select_from(MessageRow).where(MessageRow.state == DEAD)
    return session.execute(dead).scalar_one()


def replay(session: Session, ids: Collection[UUID] | None, now: datetime) -> int:
    """Bring dead messages back to life, all of them where `ids` is None; returns how many."""
    which: list[Any] = [MessageRow.state == DEAD]
    if ids is not None:
        which.append(MessageRow.id.in_(ids))
    revived = session.execute(
        update(MessageRow)
        .where(*which)
        .values(state=State.WAITING, due_at=now, lease=None, attempt=0, crashes=0)
        .returning(MessageRow.queue)
        .execution_options(synchronize_session=False)
    ).scalars()
    queues = list(revived)
    session.info.setdefault("rung", set()).update(Queue(queue) for queue in queues)
    return len(queues)
