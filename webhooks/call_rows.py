"""The table of what programs outside are told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class CallState(StrEnum):
    """waiting → delivered | dead(reason) → waiting (replayed)."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class CallRow(Base):
    """One event told to one hook. Its id is the receiver's key for what it has seen, kept over attempts."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("prospect_id", "activity_id", "hook"),
        # By id alone, because an address on the web holds no more; not unique, because the key is.
        Index("ix_call_id", "id"),
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
    settled_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "activity_id", "hook", "event", "state", "reason"),
        **keep("attempts", "made_at", "settled_at"),
        **blank("body"),
    }
