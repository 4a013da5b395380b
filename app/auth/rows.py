"""The tables of signing in: passwords, sessions, one-time links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base


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
    """A link that works once: without a member it makes the first administrator, else it is an invitation."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
