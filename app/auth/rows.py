"""The tables of signing in: passwords, sessions, one-time links, and the mails that carry these."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


class Purpose(StrEnum):
    """What a one-time link is good for: to come in for the first time, or to choose another password."""

    INVITATION = "invitation"
    RESET = "reset"


class PasswordRow(Base):
    """A colleague's password as a salted scrypt hash; who has no row cannot sign in by password."""

    __tablename__ = "password"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


class SessionRow(Base):
    """One sign-in on one device, until it is ended or `expires_at`; of its token only a hash is kept."""

    __tablename__ = "sign_in"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), index=True)
    device: Mapped[str]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class LinkRow(Base):
    """A link that works once; an invitation without a member makes the first administrator."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12), server_default=Purpose.INVITATION)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WayInRow(Base):
    """A mail to a colleague about their way in. The link is made when the mail is, and never kept.

    Without a member nobody here has the address that was typed; the row is there so that asking takes
    equally long, and its job takes it away. `asked_by` is a colleague's id, empty for the person.
    """

    __tablename__ = "way_in"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"), index=True)
    asked_by: Mapped[str]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
