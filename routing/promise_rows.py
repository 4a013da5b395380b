"""The table of what became of promises on the way: moved, in trouble, given to somebody else."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class PromiseChangeRow(Base):
    """One change of a promise: who did what and why; due and owed by whom, before and after."""

    __tablename__ = "promise_change"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "promise_id"], ["promise.prospect_id", "promise.id"]),
        Index("ix_promise_change_promise_id", "prospect_id", "promise_id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    promise_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(String(10))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime]
    reason: Mapped[str]
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]
    rep_before: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    rep_after: Mapped[UUID] = mapped_column(ForeignKey("member.id"))

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "promise_id", "act", "by_id", "at"),
        **keep("due_before", "due_after", "rep_before", "rep_after"),
        **blank("reason"),
    }
