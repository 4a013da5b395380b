"""The table of the times at which buyers asked to be called again."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, keep
from routing.finding_rows import of_handoff


class CallBackRow(Base):
    """The nth call-back of a handoff; at most one stands, the others have ended: called, or set anew."""

    __tablename__ = "call_back"
    __table_args__ = (
        of_handoff(),
        Index(
            "uq_call_back_standing",
            "prospect_id",
            "handoff_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    set_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep(
        "prospect_id", "handoff_id", "n", "at", "set_by", "set_at", "ended_at"
    )
