"""The table of merges: who was found to be one with whom, by whom, when and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class MergeRow(Base):
    """`prospect_id` was absorbed by `kept_id`, until `undone_at`; no row of either moved.

    `members`: the absorbed one with whom they stood for. `filled`: what the kept one's row did not say
    and the absorbed one's did, so that undoing takes it away again. `ended`: by room, what was doubled
    and ended, as it was before.
    """

    __tablename__ = "merge"
    __table_args__ = (
        Index("ix_merge_id", "id"),
        Index("ix_merge_kept_id", "kept_id", "id"),
        # Nobody is absorbed twice at a time.
        Index(
            "uq_merge_standing",
            "prospect_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str | None]
    evidence: Mapped[list[str]] = mapped_column(default=list)
    members: Mapped[list[str]] = mapped_column(default=list)
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ended: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "kept_id", "at", "by", "evidence", "members", "undone_at"),
        **keep("undone_by"),
        **blank("why", "filled", "ended"),
    }
