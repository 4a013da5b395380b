"""The tables of what a CRM calls people, companies and deals we know, what it said last, and where we differ."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class LinkRow(Base):
    """One record of a CRM and what it is here; `told` is what it said last, `seen_at` when both were compared. Gone with the person.

    Of a colleague, kind `owner`, it is their address that tells who they are.
    """

    __tablename__ = "crm_link"
    __table_args__ = (
        Index("ix_crm_link_prospect_id", "prospect_id"),
        Index("ix_crm_link_account_id", "account_id"),
        Index("ix_crm_link_opportunity_id", "opportunity_id"),
        # Whose turn it is to be compared.
        Index("ix_crm_link_seen_at", "crm", "seen_at"),
    )

    crm: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    prospect_id: Mapped[UUID | None] = mapped_column(ForeignKey("prospect.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    opportunity_id: Mapped[UUID | None] = mapped_column(ForeignKey("opportunity.id"))
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True


class ConflictRow(Base):
    """One field in which a CRM and we differ, with what either says; gone once they agree, and with the person."""

    __tablename__ = "crm_conflict"
    __table_args__ = (
        Index("ix_crm_conflict_prospect_id", "prospect_id"),
        Index("ix_crm_conflict_since", "since"),
    )

    crm: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    prospect_id: Mapped[UUID | None] = mapped_column(ForeignKey("prospect.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ours: Mapped[str]
    theirs: Mapped[str]
    since: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True
