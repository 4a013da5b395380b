"""The tables of nurture: flows as they were, people in them, where each has been, and every mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class FlowVersionRow(Base):
    """A flow as it was published once; an enrollment stays on the version it entered."""

    __tablename__ = "flow_version"

    flow: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    entering_since: Mapped[datetime]
    """Since when people enter by this version's `enter`: what was learned before lets nobody in."""


class EnrollmentRow(Base):
    """One person in one flow. `entry` names what let them in; the same thing never does so twice."""

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("prospect_id", "flow", "entry"),
        ForeignKeyConstraint(["flow", "version"], ["flow_version.flow", "flow_version.version"]),
        # How many are where in each flow, and why they left, without their rows.
        Index("ix_enrollment_flow", "flow", "state", postgresql_include=["reason"]),
        # By id alone, because an address on the web holds no more; not unique, because the key is.
        Index("ix_enrollment_id", "id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    flow: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    entry: Mapped[str]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    step: Mapped[str]
    visit: Mapped[int]
    visits: Mapped[dict[str, Any]]
    """How often each step has been reached."""
    since: Mapped[datetime]
    """When the step was reached."""
    known: Mapped[list[str]]
    """Recent activities that were already known when the step was reached."""
    asked: Mapped[bool] = mapped_column(default=False)
    """Whether this visit's effect has been asked for."""
    due_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep(
        "prospect_id", "id", "flow", "version", "state", "reason", "entry", "entered_at", "left_at",
        "step", "visit", "visits", "since", "known", "asked", "due_at",
    )  # fmt: skip


class VisitRow(Base):
    """One person at one step once: the history that a page shows and an effect is keyed by."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["prospect_id", "enrollment_id"], ["enrollment.prospect_id", "enrollment.id"]
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollment_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep(
        "prospect_id", "enrollment_id", "step", "visit", "reached_at"
    )


class SendRow(Base):
    """One mail to one person, at most one for each (enrollment, step, visit)."""

    __tablename__ = "send"
    __table_args__ = (
        UniqueConstraint("prospect_id", "enrollment_id", "step", "visit"),
        ForeignKeyConstraint(
            ["prospect_id", "enrollment_id"], ["enrollment.prospect_id", "enrollment.id"]
        ),
        Index("ix_send_id", "id"),
        Index(
            "ix_send_held",
            "reason",
            postgresql_where=text("state = 'held'"),
            sqlite_where=text("state = 'held'"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrollment_id: Mapped[UUID]
    flow: Mapped[str]
    step: Mapped[str]
    visit: Mapped[int]
    template: Mapped[str]
    topic: Mapped[str]
    message_id: Mapped[str | None]
    """The Message-ID header: its left half is the row's key, fixed when planned; kept over attempts."""
    state: Mapped[str] = mapped_column(String(15))
    reason: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    planned_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    transport: Mapped[str | None] = mapped_column(String(10))
    sender: Mapped[str | None]
    reply_to: Mapped[str | None]
    address: Mapped[str | None]
    subject: Mapped[str | None]
    html: Mapped[str | None]
    plain: Mapped[str | None]
    answer: Mapped[str | None]
    """What the mail server said last; may repeat the address."""

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep(
            "prospect_id", "id", "enrollment_id", "flow", "step", "visit", "template", "topic",
            "message_id", "state", "lease_until", "attempts", "planned_at",
            "handed_over_at", "settled_at", "transport",
        ),
        # `reason` may quote what a template made of the person's values.
        **blank("reason", "sender", "reply_to", "address", "subject", "html", "plain", "answer"),
    }  # fmt: skip
