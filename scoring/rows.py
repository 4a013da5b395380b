"""The tables of scoring: every card that was ever trained, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class ModelRow(Base):
    """A card: trained → approved (it scores in the shadow) → active → retired; trained or approved → retired.

    `body` and `report` never change: `id` is made from the body. Who moved it on is in the audit as well.
    """

    __tablename__ = "model_version"
    __table_args__ = (
        Index("ix_model_version_trained_at", "trained_at", "id"),
        # One card scores at a time, and one is tried in its shadow.
        Index(
            "uq_model_version_active",
            "state",
            unique=True,
            postgresql_where=text("state IN ('active', 'approved')"),
            sqlite_where=text("state IN ('active', 'approved')"),
        ),
        CheckConstraint("state IN ('trained', 'approved', 'active', 'retired')", name="state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    origin: Mapped[str] = mapped_column(String(12))
    """`record`: from the timeline; `file`: from a table somebody brought."""
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    parent: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    trained_at: Mapped[datetime]
    trained_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    active_at: Mapped[datetime | None]
    active_by: Mapped[UUID | None]
    retired_at: Mapped[datetime | None]
    waits: Mapped[str | None]
    """Why it does not take over by itself though its time in the shadow is over."""
