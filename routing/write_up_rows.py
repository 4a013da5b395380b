"""The table of what the desk is asked to research and write up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep
from routing.write_up_life import WriteUpState

_STATES = ", ".join(f"'{state.value}'" for state in WriteUpState)


class WriteUpRow(Base):
    """Something the desk is asked for about a person, and what it wrote.

    `handoff_id` is the lead it helps, if there is one; `promise_id` what was promised to the buyer, if that is
    to be written. `n` counts those of a lead. `asked_by` is NULL where the engine asks. `due_at` is the end of
    the desk's clock; once it is written, of the clock of who has promised it. `facts` are
    `{what, source, on}`.
    """

    __tablename__ = "write_up"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]),
        ForeignKeyConstraint(["prospect_id", "promise_id"], ["promise.prospect_id", "promise.id"]),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state <> 'taken') OR (member_id IS NOT NULL)", name="owned"),
        Index("ix_write_up_id", "id"),
        Index("ix_write_up_state", "state", "due_at"),
        Index("ix_write_up_member_id", "member_id", "state"),
        Index("ix_write_up_handoff_id", "prospect_id", "handoff_id"),
        Index(
            "uq_write_up_promise",
            "prospect_id",
            "promise_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'taken')"),
            sqlite_where=text("state IN ('asked', 'taken')"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID | None]
    promise_id: Mapped[UUID | None]
    n: Mapped[int]
    what: Mapped[str]
    note: Mapped[str | None]
    batch: Mapped[UUID]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    taken_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    text: Mapped[str | None]
    facts: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "promise_id", "n", "batch", "asked_by"),
        **keep("asked_at", "state", "member_id", "taken_at", "due_at", "settled_at"),
        **blank("what", "note", "text", "facts", "reason"),
    }
