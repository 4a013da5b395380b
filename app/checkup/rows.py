"""The table of looks at the outside: what was asked for by whom, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class Kind(StrEnum):
    """What can be looked at."""

    MAIL = "mail"
    SENDER = "sender"
    SITE = "site"
    OFFER = "offer"


class State(StrEnum):
    """waiting → under_way → passed | failed; an offer stays `waiting` until it is taken."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    PASSED = "passed"
    FAILED = "failed"


class CheckRow(Base):
    """The latest look of its kind. `about` is what was looked at: a look at something else says nothing.

    `asked` is what came with the question, `parts` what was found (`app.checkup.part`).
    """

    __tablename__ = "setup_check"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    about: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
