"""The roof's own tables for programs: their tokens, and the answers they were given."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.ids import ProspectId
from prospects.table import Base, Erase, blank, keep


class ApiTokenRow(Base):
    """A program's way in. Of the token only a hash is kept; with a member it acts as that person."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    hint: Mapped[str | None] = mapped_column(String(12))
    made_by: Mapped[str | None]
    seen_at: Mapped[datetime | None]


class AnswerRow(Base):
    """What a program was answered under an Idempotency-Key, written with the work itself.

    `asked` is a keyed hash of method, path and body: the same key with another question is a mistake.
    """

    __tablename__ = "api_answer"
    __table_args__ = (Index("ix_api_answer_at", "at"),)

    caller: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prospect_id: Mapped[UUID | None] = mapped_column(index=True)

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("caller", "key", "asked", "at", "status", "prospect_id"),
        **blank("answer"),
    }


def forget_answers(session: Session, people: Collection[ProspectId]) -> None:
    """Empty the answers that speak of these people; that there was one stays known."""
    session.execute(
        update(AnswerRow)
        .where(AnswerRow.prospect_id.in_(people))
        .values(answer={})
        .execution_options(synchronize_session=False)
    )
