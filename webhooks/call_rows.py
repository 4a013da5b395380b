"""The tables of what programs outside are told, of each attempt at it, and of how each endpoint is doing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class CallState(StrEnum):
    """waiting → delivered | dead(reason) → waiting (replayed)."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class CallRow(Base):
    """One event told to one hook. Its id is the receiver's key for what it has seen, kept over attempts.

    `activity_id` names what happened (`webhooks.events.key_of`). `since` is when it was promised, or
    replayed last. To a CRM calls go in batches: there `due_at` says when it is tried next, and `most` is the
    largest batch it may go in, since one with it was refused whole.
    """

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("prospect_id", "activity_id", "hook"),
        # By id alone, because an address on the web holds no more; not unique, because the key is.
        Index("ix_call_id", "id"),
        Index("ix_call_hook", "hook", "id"),
        Index(
            "ix_call_dead",
            "hook",
            "id",
            postgresql_where=text("state = 'dead'"),
            sqlite_where=text("state = 'dead'"),
        ),
        Index(
            "ix_call_due",
            "hook",
            "due_at",
            postgresql_where=text("state = 'waiting' AND due_at IS NOT NULL"),
            sqlite_where=text("state = 'waiting' AND due_at IS NOT NULL"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[UUID]
    hook: Mapped[str] = mapped_column(String(63))
    event: Mapped[str] = mapped_column(String(30))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    since: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    most: Mapped[int | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "activity_id", "hook", "event", "state", "reason"),
        **keep("attempts", "made_at", "since", "settled_at", "due_at", "most"),
        **blank("body"),
    }


class CallAttemptRow(Base):
    """One attempt at a call: the status of the answer, or why there was none, and how long it took.

    `answer` is the beginning of what came back. Kept for 30 days.
    """

    __tablename__ = "call_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "call_id"], ["call.prospect_id", "call.id"]),
        Index("ix_call_attempt_at", "at"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int]
    at: Mapped[datetime]
    took_ms: Mapped[int]
    status: Mapped[int | None]
    reason: Mapped[str | None]
    answer: Mapped[str | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "call_id", "id", "n", "at", "took_ms", "status", "reason"),
        **blank("answer"),
    }


class EndpointRow(Base):
    """How one endpoint is doing: failures in a row, and until when it is left alone.

    `busy_until` is set while a batch is under way to a CRM, which is told by one at a time.
    """

    __tablename__ = "endpoint"

    hook: Mapped[str] = mapped_column(String(63), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    shut_until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]
    reason: Mapped[str | None]


class RedriveRow(Base):
    """The last time all dead calls of a hook were to be told again: how many, and how far it has come.

    `since` is from when on, None for all; `after` is the last call that was brought back.
    """

    __tablename__ = "redrive"

    hook: Mapped[str] = mapped_column(String(63), primary_key=True)
    asked_at: Mapped[datetime]
    since: Mapped[datetime | None]
    after: Mapped[UUID | None]
    calls: Mapped[int]
    told: Mapped[int]
    done_at: Mapped[datetime | None]
