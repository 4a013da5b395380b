"""The tables of a change of rules: how far everybody was looked at again, and whom it would take over the warm line."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, keep


class State(StrEnum):
    """See `RulesChangeRow`."""

    LOOKING = "looking"
    WAITING = "waiting"
    RELEASING = "releasing"
    RELEASED = "released"
    KEPT = "kept"
    OVERTAKEN = "overtaken"


class RulesChangeRow(Base):
    """A version of points, card or stages: looking → waiting ⇄ releasing → released; waiting → kept; all → overtaken.

    `after_id` is the last person who was looked at again, of `people` there were; `pace` is how many an
    hour are let over the line, None for all at once.
    """

    __tablename__ = "rules_change"
    __table_args__ = (
        CheckConstraint(
            "state IN ('looking', 'waiting', 'releasing', 'released', 'kept', 'overtaken')",
            name="state",
        ),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12))
    model: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by: Mapped[str]
    people: Mapped[int]
    looked: Mapped[int]
    after_id: Mapped[UUID | None]
    pace: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class CrossingRow(Base):
    """Somebody whom a change of rules alone would take over the warm line: held → released, or gone with the reason.

    `up`: they would become warm; else they would be warm no longer.
    """

    __tablename__ = "crossing"
    __table_args__ = (
        Index("ix_crossing_version", "version", "state", "up", "points_after", "prospect_id"),
        CheckConstraint("state IN ('held', 'released')", name="state"),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    up: Mapped[bool]
    points_before: Mapped[float]
    points_after: Mapped[float]
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep(
        *("prospect_id", "version", "state", "up", "points_before", "points_after"),
        *("at", "released_at"),
    )
