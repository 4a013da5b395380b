"""Promises that were given up: how many, which and why; and how they are tried once more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.orm import Session

from prospects.message import MessageRow, State
from prospects.topics import Queue, Topic, queue_of

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


@dataclass(frozen=True, slots=True)
class Cause:
    """Messages of one topic that were given up for the same reason."""

    topic: Topic
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


def listed(session: Session, *, limit: int) -> list[GivenUp]:
    """What was given up, the oldest of each queue first."""
    rows = session.execute(
        select(MessageRow)
        .where(MessageRow.state == DEAD)
        .order_by(MessageRow.queue, MessageRow.id)
        .limit(limit)
    ).scalars()
    return [_given_up(row) for row in rows]


def causes(session: Session, *, limit: int) -> list[Cause]:
    """What was given up, by topic and reason, the most first."""
    return _causes(session, [MessageRow.state == DEAD], limit)


def cause(session: Session, topic: Topic, reason: str) -> Cause | None:
    """What was given up for this reason; None if nothing was, or no more."""
    return next(iter(_causes(session, _of(topic, reason), 1)), None)


def of_cause(
    session: Session, topic: Topic, reason: str, *, after: UUID | None, limit: int
) -> list[GivenUp]:
    """What was given up for one reason, the oldest first, beginning after an id."""
    query = select(MessageRow).where(*_of(topic, reason)).order_by(MessageRow.id).limit(limit)
    if after is not None:
        query = query.where(MessageRow.id > after)
    return [_given_up(row) for row in session.execute(query).scalars()]


def count(session: Session) -> int:
    """How much was given up and waits for a person."""
    dead = select(func.count()).select_from(MessageRow).where(MessageRow.state == DEAD)
    return session.execute(dead).scalar_one()


def by_topic(session: Session) -> dict[str, int]:
    """How much was given up of each topic."""
    dead = select(MessageRow.topic, func.count()).where(MessageRow.state == DEAD)
    return {row[0]: row[1] for row in session.execute(dead.group_by(MessageRow.topic))}


def replay(session: Session, ids: Collection[UUID] | None, now: datetime) -> int:
    """Bring dead messages back to life, all of them where `ids` is None; returns how many."""
    which = [] if ids is None else [MessageRow.id.in_(ids)]
    return _revive(session, which, now)


def replay_cause(session: Session, topic: Topic, reason: str, now: datetime) -> int:
    """Bring back all that was given up for one reason; returns how many."""
    return _revive(session, _of(topic, reason), now)


def _of(topic: Topic, reason: str) -> list[ColumnElement[bool]]:
    said = func.coalesce(MessageRow.last_error, "") == reason
    return [
        MessageRow.state == DEAD,
        MessageRow.queue == queue_of(topic),
        MessageRow.topic == topic,
        said,
    ]


def _causes(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[Cause]:
    posted = MessageRow.posted_at
    rows = session.execute(
        select(
            MessageRow.topic,
            MessageRow.last_error,
            func.count(),
            func.min(posted),
            func.max(posted),
        )
        .where(*which)
        .group_by(MessageRow.topic, MessageRow.last_error)
        .order_by(func.count().desc(), MessageRow.topic, MessageRow.last_error)
        .limit(limit)
    )
    return [Cause(Topic(row[0]), row[1] or "", *row[2:]) for row in rows]


def _given_up(row: MessageRow) -> GivenUp:
    return GivenUp(
        row.id, Topic(row.topic), row.ref, row.posted_at, row.attempt, row.last_error or ""
    )


def _revive(session: Session, which: Sequence[ColumnElement[bool]], now: datetime) -> int:
    revived = session.execute(
        update(MessageRow)
        .where(MessageRow.state == DEAD, *which)
        .values(state=State.WAITING, due_at=now, lease=None, attempt=0, crashes=0)
        .returning(MessageRow.queue)
        .execution_options(synchronize_session=False)
    ).scalars()
    queues = list(revived)
    session.info.setdefault("rung", set()).update(Queue(queue) for queue in queues)
    return len(queues)
