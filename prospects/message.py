"""The row of a promise of work."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class State(StrEnum):
    """waiting → (done: the row is deleted) | put off (waiting again, due later) | dead → replayed."""

    WAITING = "waiting"
    DEAD = "dead"


class MessageRow(Base):
    """One promise. `crashes` counts leases that ran out because their process ended."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_due",
            "queue",
            "due_at",
            postgresql_where=text("state = 'waiting' AND lease IS NULL"),
            sqlite_where=text("state = 'waiting' AND lease IS NULL"),
        ),
        Index(
            "ix_message_urgent",
            "queue",
            "due_at",
            postgresql_where=text("state = 'waiting' AND lease IS NULL AND topic = 'erase'"),
            sqlite_where=text("state = 'waiting' AND lease IS NULL AND topic = 'erase'"),
        ),
        Index(
            "ix_message_leased",
            "queue",
            "due_at",
            postgresql_where=text("lease IS NOT NULL"),
            sqlite_where=text("lease IS NOT NULL"),
        ),
        Index(
            "ix_message_dead",
            "queue",
            "id",
            postgresql_where=text("state = 'dead'"),
            sqlite_where=text("state = 'dead'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    due_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    lease: Mapped[UUID | None]
    attempt: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
