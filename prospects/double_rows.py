"""The table of people who may be one: what speaks for it, and what was decided."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class DoubleState(StrEnum):
    """open → merged | apart; merged → apart when it is undone. Who is apart is never joined by itself."""

    OPEN = "open"
    MERGED = "merged"
    APART = "apart"


class DoubleRow(Base):
    """Two people who may be one, once: the lesser id first. Gone with either of them."""

    __tablename__ = "double"
    __table_args__ = (
        CheckConstraint("prospect_id < other_id", name="once"),
        Index("ix_double_state", "state", "found_at"),
        Index("ix_double_other_id", "other_id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    evidence: Mapped[list[str]] = mapped_column(default=list)
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(6), default=DoubleState.OPEN)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]

    __erasure_drops_row__: ClassVar[bool] = True
