"""The table of first touches: by what source and campaign each person came, when, and how far since."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep

DRAWN = "drawn"
"""Set in the body of what a spot check led to: chance made that lead, so no report counts it."""


class FirstTouchRow(Base):
    """The earliest act of somebody's own, and how far they came with sales; folded from the timeline.

    A group that was merged is one row, that of who absorbed the others; theirs have a `joined_id` and
    its first touch. `handed`: offered, taken, found or won, or joined; who was that and never did
    anything has no month. Times are those of the first offer, taking and win, and of the latest finding.
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
            postgresql_include=[
                *(
                    "source",
                    "campaign",
                    "month",
                    "at",
                    "offered_at",
                    "taken_at",
                    "found_at",
                    "won_at",
                ),
                *("verdict", "claimed", "stage_found"),
            ],
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
    offered_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    won_at: Mapped[datetime | None]
    finding_id: Mapped[UUID | None]
    found_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(15))
    claimed: Mapped[str | None]
    stage_found: Mapped[str | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "joined_id", "activity_id", "at", "month", "source", "handed"),
        **keep("offered_at", "taken_at", "won_at", "finding_id", "found_at", "verdict"),
        **keep("claimed", "stage_found"),
        # As the sender told it: it may hold a name.
        **blank("campaign"),
    }
