"""The table of what platforms are told people became; nothing in it says who they are."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class ConversionState(StrEnum):
    """waiting → accepted | refused(reason, by the platform) | withheld(reason, by us) | rehearsed."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHHELD = "withheld"
    REHEARSED = "rehearsed"


class ConversionRow(Base):
    """One step of one person, told to one platform once: its id is the platform's key for it.

    `key` names the step (`won:HANDOFF`). `most` is the largest batch it may go in, since one with it was
    refused whole; `leased_until` is set while a call with it is under way. `request` is the platform's own
    name of the batch.
    """

    __tablename__ = "conversion"
    __table_args__ = (
        UniqueConstraint("prospect_id", "destination", "key"),
        Index("ix_conversion_id", "id"),
        Index("ix_conversion_destination", "destination", "id"),
        Index(
            "ix_conversion_waiting",
            "destination",
            "id",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    destination: Mapped[str] = mapped_column(String(60))
    milestone: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    most: Mapped[int | None]
    leased_until: Mapped[datetime | None]
    request: Mapped[str | None] = mapped_column(String(80))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "destination", "milestone", "key", "at", "amount", "currency"),
        **keep("state", "tries", "most", "leased_until", "request", "made_at", "settled_at"),
        # In the platform's words.
        **blank("reason"),
    }
