"""The table of how each source is asked for what its platform never delivered."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class SourcePollRow(Base):
    """One source that can be asked: when next, how far it was asked, and where an unfinished pass stands.

    Everything up to `since` was asked for. `found` counts what a platform had never delivered.
    """

    __tablename__ = "source_poll"

    source: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    since: Mapped[datetime]
    cursor: Mapped[dict[str, Any] | None]
    asked_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    found: Mapped[int] = mapped_column(default=0)
    found_at: Mapped[datetime | None]
