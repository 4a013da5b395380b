"""The table of what managers did about leads that were stuck, with what it takes to undo it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class InterventionRow(Base):
    """One act on one lead. `before` and `after` are how the lead stood; `batch` are acts of one tap."""

    __tablename__ = "intervention"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]),
        # The same tap twice is one act.
        UniqueConstraint("prospect_id", "handoff_id", "batch"),
        Index("ix_intervention_member_id", "member_id", "at"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str]
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    batch: Mapped[UUID]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "act", "member_id", "batch", "at", "undone_at"),
        **blank("reason", "before", "after"),
    }
