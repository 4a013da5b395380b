"""Signs of life: every process that works says in the database who it is, where, and how it is getting on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.store import upsert
from prospects.table import Base
from prospects.topics import Queue

SILENT_AFTER = timedelta(seconds=20)
"""Four signs missed: the process has ended, or cannot reach the database."""
FORGOTTEN_AFTER = timedelta(hours=1)


class SignRow(Base):
    """One place where a process works; whoever is started there next takes the row over.

    `queue` is empty for the sweep, which looks after all of them. `taken` counts since `started_at`.
    """

    __tablename__ = "sign_of_life"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    queue: Mapped[str] = mapped_column(String(10))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    busy_since: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
    starts: Mapped[int] = mapped_column(default=1)
    pid_before: Mapped[int | None]
    seen_before: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a process says of itself; fields as SignRow's columns."""

    host: str
    folder: str
    part: str
    queue: Queue | None
    pid: int
    started_at: datetime
    seen_at: datetime
    busy_since: datetime | None = None
    taken: int = 0
    starts: int = 1
    pid_before: int | None = None
    seen_before: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        return now - self.seen_at > SILENT_AFTER


def first(session: Session, sign: Sign) -> Sign:
    """Take a place: who worked there before is remembered, and places long silent are forgotten."""
    session.execute(
        delete(SignRow)
        .where(SignRow.seen_at < sign.seen_at - FORGOTTEN_AFTER)
        .execution_options(synchronize_session=False)
    )
    before = session.get(SignRow, (sign.host, sign.folder, sign.part))
    if before is not None:
        sign = replace(
            sign, starts=before.starts + 1, pid_before=before.pid, seen_before=before.seen_at
        )
    give(session, sign)
    return sign


def give(session: Session, sign: Sign) -> None:
    """Say it again."""
    row = {name: getattr(sign, name) for name in Sign.__slots__} | {"queue": sign.queue or ""}
    upsert(session, SignRow, [row], on=["host", "folder", "part"])


def leave(session: Session, sign: Sign) -> None:
    """Give the place up: this process was told to end. Whoever has taken it over keeps it."""
    session.execute(
        delete(SignRow)
        .where(SignRow.host == sign.host, SignRow.folder == sign.folder)
        .where(SignRow.part == sign.part, SignRow.pid == sign.pid)
        .where(SignRow.started_at == sign.started_at)
        .execution_options(synchronize_session=False)
    )


def lately(session: Session, now: datetime) -> Sequence[Sign]:
    """Every process that gave a sign within the hour, in the order of machines and places."""
    rows = session.execute(
        select(SignRow)
        .where(SignRow.seen_at >= now - FORGOTTEN_AFTER)
        .order_by(SignRow.host, SignRow.folder, SignRow.part)
    ).scalars()
    return [_sign(row) for row in rows]


def attended(session: Session, now: datetime, *, has_redis: bool) -> set[Queue]:
    """The queues somebody works off: with Redis its workers, without it the sweep, which does all."""
    alive = [sign for sign in lately(session, now) if not sign.is_silent(now)]
    if not has_redis and any(sign.queue is None for sign in alive):
        return set(Queue)
    return {sign.queue for sign in alive if sign.queue is not None}


def _sign(row: SignRow) -> Sign:
    values = {name: getattr(row, name) for name in Sign.__slots__}
    return Sign(**{**values, "queue": Queue(row.queue) if row.queue else None})
