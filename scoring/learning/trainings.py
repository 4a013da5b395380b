"""The life of a training: asked for, held by the process that trains as long as it lives, and ended once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from prospects import audit, outbox
from prospects.faults import nearest
from prospects.ids import new_id
from prospects.store import insert_new, table_of, upsert
from prospects.topics import Topic
from scoring.features.registry import feature
from scoring.learning import record
from scoring.learning.next_rung import ENOUGH
from scoring.learning.rows import KnownBeforeRow, TrainingRow
from scoring.models import By
from scoring.written.learning import Learning

LEASE = timedelta(seconds=25)
"""How long a training is believed to go on without a sign of life."""
FAR = timedelta(days=1)
ATTEMPTS = 3
"""What has ended its process so often is not tried again."""
MORE = 1.1
AT_LEAST_MORE = 20


class State(StrEnum):
    """See `TrainingRow`."""

    OPEN = "open"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"


class LeaseLostError(Exception):
    """Another process has taken this training over; what was done here must not be kept."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A training in the hands of one process."""

    training: UUID
    lease: UUID


def ask(session: Session, because: str, now: datetime, *, by: By) -> UUID | None:
    """Promise a training; None while another is open."""
    training = _open(session, because, now, by)
    if training is not None:
        outbox.post(session, Topic.TRAIN, [training], now)
    return training


def begin(session: Session, because: str, now: datetime, *, by: By) -> Hold | None:
    """Open a training and take it at once, for a process that trains by itself; None while another is open."""
    training = _open(session, because, now, by)
    return take(session, training, now) if training is not None else None


def take(session: Session, training: UUID, now: datetime) -> Hold | None:
    """Take an open training that nobody works at; None if somebody does, or it is over.

    One that has ended its process too often fails.
    """
    row = _locked(session, training)
    if row is None or row.state != State.OPEN or is_held(row, now):
        return None
    if row.attempt >= ATTEMPTS:
        row.state, row.ended_at = State.FAILED, now
        row.reason = f"it ended its process {ATTEMPTS} times"
        return None
    row.attempt += 1
    row.begun_at = row.begun_at or now
    row.lease, row.lease_until = new_id(now), now + LEASE
    row.done, row.total, row.step = 0, 0, ""
    session.flush()
    return Hold(training, row.lease)


def is_held(row: TrainingRow, now: datetime) -> bool:
    """Whether a process is at it and alive."""
    return row.lease is not None and row.lease_until is not None and row.lease_until > now


def beat(session: Session, hold: Hold, now: datetime, step: str, done: int, total: int) -> None:
    """A sign of life, and how far it is. Raises LeaseLostError."""
    table = table_of(TrainingRow)
    held = session.execute(
        update(table)
        .where(table.c.id == hold.training, table.c.lease == hold.lease)
        .where(table.c.state == State.OPEN)
        .values(lease_until=now + LEASE, step=step, done=done, total=total)
        .returning(table.c.id)
    )
    if held.first() is None:
        raise LeaseLostError


def end(
    session: Session,
    hold: Hold,
    state: State,
    now: datetime,
    *,
    labels: int = 0,
    model_id: str | None = None,
    reason: str | None = None,
    report: dict[str, Any] | None = None,
) -> None:
    """End a training, in the transaction that keeps what came of it. Raises LeaseLostError."""
    row = _locked(session, hold.training)
    if row is None or row.lease != hold.lease or row.state != State.OPEN:
        raise LeaseLostError
    row.state, row.ended_at, row.lease, row.lease_until = state, now, None, None
    row.labels, row.model_id, row.reason, row.report = labels, model_id, reason, report or {}
    session.flush()
    audit.note(session, f"training {state}", row.id, now, who=row.asked_by)


def give_up(session: Session, training: UUID, now: datetime, reason: str) -> None:
    """Fail an open training that nobody holds."""
    row = _locked(session, training)
    if row is not None and row.state == State.OPEN and not is_held(row, now):
        row.state, row.ended_at, row.reason = State.FAILED, now, reason
        session.flush()


def forsaken(session: Session, now: datetime) -> UUID | None:
    """An open training that nobody holds or has promised: a command's whose process was killed, or one given up."""
    row = session.execute(
        select(TrainingRow).where(TrainingRow.state == State.OPEN)
    ).scalar_one_or_none()
    if row is None or is_held(row, now):
        return None
    promised = outbox.is_promised(session, Topic.TRAIN, row.id, now + FAR)
    return None if promised else row.id


def adopt(session: Session, now: datetime) -> None:
    """Promise such a training, so that it is begun anew, or fails, and holds up no other."""
    training = forsaken(session, now)
    if training is not None:
        outbox.post(session, Topic.TRAIN, [training], now)


def latest(session: Session) -> TrainingRow | None:
    """The newest training, open or over."""
    query = select(TrainingRow).order_by(TrainingRow.asked_at.desc(), TrainingRow.id.desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def every() -> Select[tuple[TrainingRow]]:
    """All trainings, to be narrowed down and ordered."""
    return select(TrainingRow)


def one(session: Session, training: UUID) -> TrainingRow | None:
    """A training by its id."""
    return session.get(TrainingRow, training, populate_existing=True)


def why_due(session: Session, rules: Learning, now: datetime) -> str | None:
    """Why it is time for another training; None if it is not. What is held waits for a person."""
    last = latest(session)
    if not rules.by_itself or (last and last.state in (State.OPEN, State.HELD)):
        return None
    known = record.findings(session)
    if known < ENOUGH:
        return None
    if last is None:
        return "there is enough to learn from"
    if known >= max(last.labels * MORE, last.labels + AT_LEAST_MORE):
        return "there is a tenth more to learn from"
    is_time = last.asked_at + rules.every <= now and known > last.labels
    return "it was time" if is_time else None


def say_known(
    session: Session, column: str, now: datetime, *, known: bool, by: By, go_on: bool = True
) -> None:
    """Put down that a column was known before the hand-over, or was not: it is learned from, or left out.

    Where that was all a training waited for, the next one is promised, if it is to `go_on`.
    """
    row = {"column": column, "known": known, "by": by.name, "member_id": by.member, "at": now}
    upsert(session, KnownBeforeRow, [row], on=["column"])
    audit.note(session, "column judged", column, now, who=by.name, known_before=known)
    last = latest(session)
    if not go_on or last is None or last.state != State.HELD:
        return
    suspects = {each["name"] for each in last.report.get("suspects", ())}
    if suspects <= set(words_on_columns(session)):
        ask(session, "every column was judged", now, by=by)


def no_column(session: Session, name: str) -> str | None:
    """The mend for a name that no column of a training can have; None for one that can."""
    if feature(name) is not None:
        return None
    last = latest(session)
    suspects = [each["name"] for each in last.report.get("suspects", ())] if last else []
    return (
        nearest(name, suspects) or "columns are called as the training names them: `fields.project`"
    )


def words_on_columns(session: Session) -> dict[str, KnownBeforeRow]:
    """What people said of columns."""
    rows = session.execute(select(KnownBeforeRow)).scalars()
    return {row.column: row for row in rows}


def _open(session: Session, because: str, now: datetime, by: By) -> UUID | None:
    row = {
        "id": new_id(now),
        "state": State.OPEN,
        "because": because,
        "asked_by": by.name,
        "asked_at": now,
        "attempt": 0,
        "step": "",
        "done": 0,
        "total": 0,
        "labels": 0,
        "report": {},
    }
    columns = table_of(TrainingRow).c
    opened = insert_new(session, TrainingRow, [row], on=[], returning=[columns.id])
    if not opened:
        return None
    audit.note(session, "training asked", row["id"], now, who=by.name, because=because)
    return UUID(str(row["id"]))


def _locked(session: Session, training: UUID) -> TrainingRow | None:
    query = select(TrainingRow).where(TrainingRow.id == training).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
