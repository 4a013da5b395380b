"""The tables of visitors: browsers and accounts, who was known by them when, and what waits for a name."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class VisitorRow(Base):
    """A browser or an account that did something, by the keyed hash of its id.

    What led it here first and last is kept until somebody else is known by it: a shared browser
    begins anew with each of them.
    """

    __tablename__ = "visitor"
    __table_args__ = (Index("ix_visitor_seen_at", "seen_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime]
    first_touch: Mapped[dict[str, Any] | None]
    last_touch: Mapped[dict[str, Any] | None]


class RecognitionRow(Base):
    """From `since` on this visitor is this person, until somebody else is recognised by it."""

    __tablename__ = "recognition"
    __table_args__ = (Index("ix_recognition_visitor", "visitor"),)

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)

    __erasure_drops_row__: ClassVar[bool] = True


class TraceRow(Base):
    """What a visitor did whom nobody knows yet; it joins the history of whoever is recognised by it.

    `id` is the capture it came as, `key` what makes its recording unique for its person.
    """

    __tablename__ = "trace"
    __table_args__ = (Index("ix_trace_id", "id"),)

    visitor: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(String(30))
    happened_at: Mapped[datetime]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    suspect_robot: Mapped[bool] = mapped_column(default=False)
