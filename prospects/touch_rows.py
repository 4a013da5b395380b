"""The table of first touches: by what source and campaign each person came, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class FirstTouchRow(Base):
    """The earliest act of somebody's own, and whether they were ever handed to sales; folded from the timeline.

    Everybody of a group that was merged has the first touch of the group; `joined_id` is who absorbed
    them, so that each group counts once. Who was handed over and never did anything has no month.
    """

    __tablename__ = "first_touch"
    __table_args__ = (
        # The lines of a report in their order, and how many people each has, without their rows.
        Index(
            "ix_first_touch_month",
            text("month DESC"),
            "source",
            "campaign",
            postgresql_where=text("joined_id IS NULL"),
        ).ddl_if(dialect="postgresql"),
        Index("ix_first_touch_source", "source", "prospect_id"),
        # The few who were handed to sales, with all that a report asks of them.
        Index(
            "ix_first_touch_handed",
            "prospect_id",
            postgresql_where=text("handed"),
            sqlite_where=text("handed"),
            postgresql_include=["joined_id", "source", "campaign", "month", "at"],
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    joined_id: Mapped[UUID | None]
    activity_id: Mapped[UUID | None]
    at: Mapped[datetime | None]
    month: Mapped[str | None] = mapped_column(String(7))
    source: Mapped[str | None]
    campaign: Mapped[str] = mapped_column(default="")
    handed: Mapped[bool] = mapped_column(default=False)

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "joined_id", "activity_id", "at", "month", "source", "handed"),
        # As the sender told it: it may hold a name.
        **blank("campaign"),
    }
