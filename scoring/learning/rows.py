"""The tables of learning: trainings, what people said of columns, scores in the shadow, and what drifted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, keep

_OPEN = text("state = 'open'")


class TrainingRow(Base):
    """One training: open → done | held | failed; at most one is open, and begun once somebody holds its lease.

    `lease` is of the process that trains, which moves `lease_until` on while it lives. `labels` is how
    many leads were settled then, and `report` what came of it, the model aside. `held`: a column gives
    the outcome away, and a person must say that it was known before the hand-over.
    """

    __tablename__ = "training"
    __table_args__ = (
        Index("ix_training_asked_at", "asked_at", "id"),
        Index("uq_training_open", "state", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        CheckConstraint("state IN ('open', 'done', 'held', 'failed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    because: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    labels: Mapped[int] = mapped_column(default=0)
    model_id: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None]
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)


class KnownBeforeRow(Base):
    """A colleague's word that what stands in a column was known before a lead is handed over, or was not."""

    __tablename__ = "known_before"

    column: Mapped[str] = mapped_column(primary_key=True)
    known: Mapped[bool]
    by: Mapped[str]
    member_id: Mapped[UUID | None]
    at: Mapped[datetime]


class ShadowRow(Base):
    """What the approved model says of one person, beside what the active one does."""

    __tablename__ = "shadow"
    __table_args__ = (
        # Whom it would move most: who would cross the warm line, then by points (shadowing.furthest).
        # SQLite, which has fewer people, sorts them.
        Index(
            "ix_shadow_furthest",
            "model_id",
            text("(warm = was_warm)"),
            text("abs(points - was_points) DESC"),
            "prospect_id",
        ).ddl_if(dialect="postgresql"),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    model_id: Mapped[str] = mapped_column(String(40))
    points: Mapped[float]
    grade: Mapped[str] = mapped_column(String(2))
    score: Mapped[float | None]
    warm: Mapped[bool]
    was_points: Mapped[float]
    was_grade: Mapped[str] = mapped_column(String(2))
    was_warm: Mapped[bool]
    at: Mapped[datetime]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep(
        *("prospect_id", "model_id", "points", "grade", "score", "warm"),
        *("was_points", "was_grade", "was_warm", "at"),
    )


class ShadowTallyRow(Base):
    """How many people a model was tried on, and of how many it would change what; the sum over all slots counts.

    A slot alone may be below zero: who was counted in one may be looked at again in another.
    """

    __tablename__ = "shadow_tally"

    model_id: Mapped[str] = mapped_column(
        String(40), ForeignKey("model_version.id"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    people: Mapped[int]
    moved: Mapped[int]
    warmer: Mapped[int]
    colder: Mapped[int]


class DriftRow(Base):
    """How far people of one day are from those a model was trained on; `body` is what was found."""

    __tablename__ = "model_drift"

    model_id: Mapped[str] = mapped_column(
        String(40), ForeignKey("model_version.id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
