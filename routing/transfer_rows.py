"""The tables of customers on their way to the account team: transfers, and what was asked about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep
from routing.transfer_life import TransferState

_STATES = ", ".join(f"'{state.value}'" for state in TransferState)


class TransferRow(Base):
    """A won customer, put to an account manager. `paper` is frozen as it was when the lead was won.

    `rep_id` won it and answers; `member_id` is to accept, NULL while there is nobody. `moves` counts
    proposals, questions and answers: it keeps the notices of each apart. `due_at` is the end of the clock
    of whoever is to move next.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("(state <> 'accepted') OR (member_id IS NOT NULL)", name="owned"),
        # A lead is won once, and so it is put to the account team once.
        UniqueConstraint("prospect_id", "handoff_id"),
        Index("ix_transfer_id", "id"),
        Index("ix_transfer_member_id", "member_id", "state"),
        Index("ix_transfer_rep_id", "rep_id", "state"),
        Index("ix_transfer_state", "state", "due_at"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str]
    paper: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paper_template: Mapped[int]
    moves: Mapped[int]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "account_id", "rep_id", "member_id", "state"),
        **keep("paper_template", "moves", "made_at", "due_at", "accepted_at"),
        **blank("why", "paper"),
    }


class QuestionRow(Base):
    """What the account manager asked about a customer, and what was answered; the nth of its transfer."""

    __tablename__ = "transfer_question"
    __table_args__ = (
        ForeignKeyConstraint(
            ["prospect_id", "transfer_id"], ["transfer.prospect_id", "transfer.id"]
        ),
        UniqueConstraint("prospect_id", "transfer_id", "n"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    transfer_id: Mapped[UUID]
    n: Mapped[int]
    question: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    answered_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "transfer_id", "n", "asked_by", "asked_at", "answered_by"),
        **keep("answered_at"),
        **blank("question", "answer"),
    }
