"""Who did which administrative act to what, and when."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.ids import new_id
from prospects.store import table_of
from prospects.table import Base


class AuditRow(Base):
    """One act; append-only. `about` names rows by id, never a person by name."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_who_id", "who", "id"), Index("ix_audit_act_id", "act", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    act: Mapped[str]
    about: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


def note(
    session: Session, act: str, about: object, now: datetime, *, who: str, **detail: Any
) -> None:
    """Write one act down, in the transaction that carries it out."""
    session.execute(
        insert(table_of(AuditRow)),
        [
            {
                "id": new_id(now),
                "at": now,
                "who": who,
                "act": act,
                "about": str(about),
                "detail": detail,
            }
        ],
    )


def latest(session: Session, act: str) -> datetime | None:
    """When this was last done; None if never."""
    newest = select(AuditRow.at).where(AuditRow.act == act).order_by(AuditRow.id.desc()).limit(1)
    return session.execute(newest).scalar_one_or_none()
