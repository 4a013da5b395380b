"""The tables of overrides: what colleagues add to the score of a person or a company, for a while and for a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class OverrideRow(Base):
    """One override of a person: it ends at `until`, or before by `ended_by`; it is never edited."""

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("value BETWEEN -4 AND 4 AND value <> 0", name="value"),
        CheckConstraint("until > at", name="until"),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[float]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "value", "by", "at", "until", "ended_at", "ended_by"),
        **blank("reason"),
    }


class AccountOverrideRow(Base):
    """The same for everybody at a company."""

    __tablename__ = "account_override"
    __table_args__ = (
        CheckConstraint("value BETWEEN -4 AND 4 AND value <> 0", name="value"),
        CheckConstraint("until > at", name="until"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[float]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
