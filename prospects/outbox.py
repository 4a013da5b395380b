"""Promises of work, kept in the database: posted in the transaction that gives the reason, leased, done.

A lease moves `due_at` to its own end, so one index answers both "what is due" and "whose worker died".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from prospects.due import SUSPECT, URGENT_ONE, due
from prospects.ids import MessageId, new_id
from prospects.message import MessageRow, State
from prospects.store import on_sqlite, table_of
from prospects.topics import Queue, Topic, queue_of

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=25)
"""How long a worker may hold a message; invariant 5 allows at most 30 s."""
CRASHES_ALLOWED = 3
"""Sidekiq's poison pill rule: what has ended its process three times is not tried again."""
ATTEMPTS_ALLOWED = 14
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in a worker's hands."""

    id: MessageId
    topic: Topic
    ref: str
    attempt: int
    lease: UUID


class LeaseLostError(Exception):
    """The lease ran out and somebody else holds the message; what was done here must not be kept."""


def post(
    session: Session,
    topic: Topic,
    refs: Iterable[object],
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> None:
    """Promise work on each ref, in this transaction; the door rings the bell once it has committed."""
    due = due_at or now
    post_each(session, topic, {str(ref): due for ref in refs}, now)


def post_each(
    session: Session, topic: Topic, due_at: Mapping[str, datetime], now: datetime
) -> None:
    """Promise work on each ref at a time of its own."""
    if not due_at:
        return
    queue = queue_of(topic)
    rows = [
        {
            "id": new_id(now),
            "queue": queue,
            "topic": topic,
            "ref": ref,
            "state": State.WAITING,
            "due_at": due,
            "posted_at": now,
            "attempt": 0,
            "crashes": 0,
        }
        for ref, due in due_at.items()
    ]
    session.execute(insert(table_of(MessageRow)), rows)
    if min(due_at.values()) <= now:
        session.info.setdefault("rung", set()).add(queue)


def lease(session: Session, queue: Queue, now: datetime, *, limit: int) -> list[Leased]:
    """Take up to `limit` due messages that no process has died over: the urgent, else the oldest.

    What may not wait behind a backlog is taken alone, so that it is done before anything else is begun.
    """
    urgent = queue is Queue.INSIDE and _take(session, due(queue, now, URGENT_ONE), now, limit)
    return urgent or _take(session, due(queue, now), now, limit)


def lease_suspect(session: Session, queue: Queue, now: datetime) -> list[Leased]:
    """Take one message whose last holder died, alone, so that it can harm no other; bury a repeater."""
    bury = (
        update(MessageRow)
        .where(*due(queue, now, SUSPECT))
        .where(MessageRow.crashes + 1 >= CRASHES_ALLOWED)
        .values(
            state=State.DEAD,
            lease=None,
            crashes=MessageRow.crashes + 1,
            last_error=f"ended its process {CRASHES_ALLOWED} times",
        )
    )
    buried = session.execute(
        bury.returning(MessageRow.topic, MessageRow.id).execution_options(synchronize_session=False)
    )
    for topic, message in buried:
        log.error("given up: it ended its process too often", topic=topic, message=str(message))
    return _take(session, due(queue, now, SUSPECT), now, 1, crashes=1)


def done(session: Session, leased: Sequence[Leased]) -> None:
    """Keep the promises: their rows go, in the transaction of their effects.

    Raises LeaseLostError when any is no longer ours, so that the effects are rolled back with it.
    """
    if not leased:
        return
    gone = session.execute(
        delete(MessageRow)
        .where(MessageRow.id.in_([message.id for message in leased]))
        .where(MessageRow.lease == leased[0].lease)
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != len(leased):  # type: ignore[attr-defined]
        raise LeaseLostError


def put_off(
    session: Session,
    leased: Sequence[Leased],
    now: datetime,
    *,
    error: str,
    jitter: float = 0.0,
    after: timedelta | None = None,
) -> None:
    """Give messages back, due later by exponential back-off, or by `after`; dead once tried too often.

    `jitter` is 0–1 and lengthens the delay by up to half. `error` must not hold personal data.
    """
    for message in leased:
        spent = after is None and message.attempt >= ATTEMPTS_ALLOWED
        if spent:
            log.error("given up", topic=message.topic, message=str(message.id), error=error)
        delay = after or backoff(message.attempt) * (1 + jitter / 2)
        session.execute(
            update(MessageRow)
            .where(MessageRow.id == message.id, MessageRow.lease == message.lease)
            .values(
                state=State.DEAD if spent else State.WAITING,
                due_at=now + delay,
                lease=None,
                last_error=error[:500],
            )
            .execution_options(synchronize_session=False)
        )


def is_promised(session: Session, topic: Topic, ref: object, before: datetime) -> bool:
    """Whether work on this ref is promised for before then, in somebody's hands or not; for rare questions."""
    query = select(MessageRow.id).where(
        MessageRow.queue == queue_of(topic),
        MessageRow.topic == topic,
        MessageRow.ref == str(ref),
        MessageRow.state == State.WAITING,
        MessageRow.due_at < before,
    )
    return session.execute(query.limit(1)).first() is not None


def give_back(
    session: Session, leased: Sequence[Leased], now: datetime, *, after: timedelta
) -> None:
    """Return messages whose subject was busy; that costs them no attempt."""
    if not leased:
        return
    session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_([message.id for message in leased]))
        .where(MessageRow.lease == leased[0].lease)
        .values(due_at=now + after, lease=None, attempt=MessageRow.attempt - 1)
        .execution_options(synchronize_session=False)
    )


def bury(session: Session, leased: Sequence[Leased], *, error: str) -> None:
    """Give up on messages for a reason that trying again cannot mend."""
    ids = [message.id for message in leased]
    log.error("given up", topic=leased[0].topic, message=str(ids[0]), error=error)
    burial = update(MessageRow).where(MessageRow.id.in_(ids))
    burial = burial.values(state=State.DEAD, lease=None, last_error=error[:500])
    session.execute(burial.execution_options(synchronize_session=False))


def backoff(attempt: int) -> timedelta:
    """2 s, 4 s, 8 s … at most 1 h after the `attempt`th try."""
    factor: int = 2 ** min(max(attempt - 1, 0), 20)
    return min(FIRST_DELAY * factor, LONGEST_DELAY)


def _take(
    session: Session,
    which: tuple[ColumnElement[bool], ...],
    now: datetime,
    limit: int,
    crashes: int = 0,
) -> list[Leased]:
    wanted = select(MessageRow.id).where(*which).order_by(MessageRow.due_at).limit(limit)
    if not on_sqlite(session):
        wanted = wanted.with_for_update(skip_locked=True)
    token = uuid4()
    taken = session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_(wanted))
        .values(
            lease=token,
            due_at=now + LEASE,
            attempt=MessageRow.attempt + 1,
            crashes=MessageRow.crashes + crashes,
        )
        .returning(MessageRow.id, MessageRow.topic, MessageRow.ref, MessageRow.attempt)
        .execution_options(synchronize_session=False)
    )
    return [
        Leased(MessageId(row.id), Topic(row.topic), row.ref, row.attempt, token) for row in taken
    ]
