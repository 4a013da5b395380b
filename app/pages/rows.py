"""The table of words somebody typed and has not sent yet."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class DraftRow(Base):
    """A confirmation as far as its rep has typed it; gone with the answer, and with the person."""

    __tablename__ = "draft"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    handoff_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    fields: Mapped[list[Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True
