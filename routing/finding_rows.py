"""The tables of what reps found out and promised: confirmations, attempts to reach, promises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


def of_handoff() -> ForeignKeyConstraint:
    """The handoff a row belongs to."""
    return ForeignKeyConstraint(
        ["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]
    )


class ConfirmationRow(Base):
    """A rep's finding beside the claim as it was shown; one stands, a correction names what it supersedes.

    `requested_by` and `drawn` are those of its handoff, so that a report over all findings reads no handoff.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        of_handoff(),
        Index(
            "uq_confirmation_standing",
            "prospect_id",
            "handoff_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
        Index(
            "ix_confirmation_claimed",
            "claimed",
            "recorded_at",
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    verdict: Mapped[str] = mapped_column(String(15))
    claimed: Mapped[str | None]
    claimed_confidence: Mapped[float | None]
    claimed_model: Mapped[str | None] = mapped_column(String(60))
    claimed_signal: Mapped[str | None] = mapped_column(String(120))
    requested_by: Mapped[str | None]
    drawn: Mapped[float | None]
    stage_found: Mapped[str | None]
    spoke_with: Mapped[str]
    channel: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    fact: Mapped[str]
    still_needed: Mapped[list[str]] = mapped_column(default=list)
    deciders: Mapped[list[Any]] = mapped_column(default=list)
    right_person: Mapped[dict[str, Any]] = mapped_column(default=dict)
    right_prospect_id: Mapped[UUID | None] = mapped_column(ForeignKey("prospect.id"), index=True)
    recorded_at: Mapped[datetime]
    supersedes: Mapped[UUID | None]
    reason: Mapped[str | None]
    superseded_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "rep_id", "verdict", "claimed", "stage_found"),
        **keep("claimed_model", "claimed_signal", "requested_by", "drawn"),
        **keep("claimed_confidence", "channel", "at", "right_prospect_id", "recorded_at"),
        **keep("supersedes", "superseded_at"),
        **blank("spoke_with", "fact", "still_needed", "deciders", "right_person", "reason"),
    }


class ContactAttemptRow(Base):
    """A rep tried and did not reach the buyer; never a confirmation."""

    __tablename__ = "contact_attempt"
    __table_args__ = (
        of_handoff(),
        Index("ix_contact_attempt_handoff_id", "prospect_id", "handoff_id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    channel: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "rep_id", "channel", "at", "recorded_at"),
        **blank("note"),
    }


class PromiseRow(Base):
    """What the rep told the buyer they would do, and by when.

    `rep_id` is who owes it now; `trouble` why they cannot keep it, until it is moved or given away.
    """

    __tablename__ = "promise"
    __table_args__ = (
        of_handoff(),
        Index("ix_promise_id", "id"),
        Index(
            "ix_promise_rep_id",
            "rep_id",
            "due_at",
            # What waits for the rep; what was kept costs their day nothing.
            postgresql_where=text("kept_at IS NULL"),
            sqlite_where=text("kept_at IS NULL"),
        ),
        Index("ix_promise_handoff_id", "prospect_id", "handoff_id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    confirmation_id: Mapped[UUID]
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    what: Mapped[str]
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    trouble_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "confirmation_id", "rep_id", "due_at"),
        **keep("made_at", "kept_at", "trouble_at"),
        **blank("what", "trouble"),
    }
