"""The tables of the way to a rep: handoffs, offers, decisions, turns, and what is told about them."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep, only_where
from routing.lives import HandoffState, NoticeState, OfferState


def one_of(column: str, vocabulary: type[HandoffState] | type[OfferState]) -> CheckConstraint:
    """A check that the column holds a word of its vocabulary."""
    words = ", ".join(f"'{word.value}'" for word in vocabulary)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class HandoffRow(Base):
    """A warm lead on its way to, or with, a rep. `brief` and `buyer` are frozen as first shown.

    `drawn` is the chance by which chance and not warmth made it a lead; None for every other.
    `buyer` holds how to reach the person and is shown only after accepting. `rep_id` is who answers for it
    now: who holds the offer, who accepted, or the fallback owner of a held one. `fallback` says that nobody
    further down the line will be asked.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        one_of("state", HandoffState),
        CheckConstraint("(state = 'held') OR (rep_id IS NOT NULL)", name="owned"),
        # By id alone, because an address on the web holds no more; not unique, because the key is.
        Index("ix_handoff_id", "id"),
        Index("ix_handoff_rep_id", "rep_id", "state"),
        Index("ix_handoff_account_id", "account_id"),
        # How many each flow asked for, without reading the brief.
        Index("ix_handoff_requested_by", "requested_by"),
        # What is stuck, among all that is closed.
        Index("ix_handoff_state", "state", "expires_at"),
        # What was taken lately, with all that is asked of it to see how reps answer.
        Index(
            "ix_handoff_accepted_at",
            "accepted_at",
            **only_where("accepted_at IS NOT NULL AND drawn IS NULL"),
            postgresql_include=[
                *("prospect_id", "id", "rep_id", "state", "closed_at", "confirm_by"),
                "opportunity_id",
            ],
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    opportunity_id: Mapped[UUID | None] = mapped_column(ForeignKey("opportunity.id"))
    product: Mapped[str] = mapped_column(default="")
    lane: Mapped[str]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None]
    rep_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    fallback: Mapped[bool] = mapped_column(default=False)
    brief: Mapped[dict[str, Any]] = mapped_column(default=dict)
    buyer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    brief_template: Mapped[int]
    claimed_stage: Mapped[str | None]
    requested_by: Mapped[str]
    drawn: Mapped[float | None]
    decision_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    confirm_by: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "account_id", "opportunity_id", "product", "lane", "state"),
        **keep("rep_id", "fallback", "brief_template", "claimed_stage", "requested_by", "drawn"),
        **keep("decision_id", "opened_at", "offered_at", "expires_at", "accepted_at"),
        **keep("confirm_by", "closed_at"),
        **blank("brief", "buyer", "reason"),
    }


class OpenHandoffRow(Base):
    """The one open handoff of an account and product line; whoever inserts the row opens it.

    `whose` is `account:ID`, or `person:ID` for somebody without a company.
    """

    __tablename__ = "open_handoff"

    whose: Mapped[str] = mapped_column(String(50), primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True, default="")
    prospect_id: Mapped[UUID] = mapped_column(index=True)
    handoff_id: Mapped[UUID]

    __erasure_drops_row__: ClassVar[bool] = True


class ColleagueRow(Base):
    """A further person at the account who grew warm and joined its open handoff."""

    __tablename__ = "handoff_colleague"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    handoff_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    joined_at: Mapped[datetime]

    __erasure__: ClassVar[Mapping[str, Erase]] = keep("prospect_id", "handoff_id", "joined_at")


class OfferRow(Base):
    """The nth proposal of a handoff to a rep, with its clock; at most one is open."""

    __tablename__ = "offer"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]),
        one_of("state", OfferState),
        Index(
            "uq_offer_open",
            "prospect_id",
            "handoff_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index("ix_offer_rep_id", "rep_id", "offered_at"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    note: Mapped[str | None]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "handoff_id", "n", "rep_id", "state", "offered_at", "expires_at"),
        **keep("until", "closed_at"),
        **blank("reason", "note"),
    }


class DecisionRow(Base):
    """Who was weighed for a handoff, who was chosen, and why each other one was not; never changed.

    `turn` is the number of the team's turn it took; `configuration` the workspace's version it was made by.
    """

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["prospect_id", "handoff_id"], ["handoff.prospect_id", "handoff.id"]),
        Index("ix_decision_id", "id"),
        Index("ix_decision_handoff_id", "prospect_id", "handoff_id"),
    )

    prospect_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    rule: Mapped[str | None]
    lane: Mapped[str]
    team: Mapped[str | None]
    turn: Mapped[int | None]
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    chosen_id: Mapped[UUID | None] = mapped_column(ForeignKey("member.id"))
    fallback: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str]
    at: Mapped[datetime]
    configuration: Mapped[int]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "handoff_id", "rule", "lane", "team", "turn", "candidates"),
        **keep("chosen_id", "fallback", "at", "configuration"),
        **blank("why"),
    }


class TeamTurnRow(Base):
    """How many turns a team has given, and the level a newcomer starts at (an exact fraction, as text)."""

    __tablename__ = "team_turn"

    team: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(default=0)
    floor: Mapped[str] = mapped_column(default="0")


class PointerRow(Base):
    """Where a member stands in a team's turn: the lowest level is next (an exact fraction, as text)."""

    __tablename__ = "pointer"

    team: Mapped[str] = mapped_column(ForeignKey("team_turn.team"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    level: Mapped[str]
    last_turn: Mapped[int]


class NoticeRow(Base):
    """Something somebody here is told about a handoff, once for each (handoff, kind, n)."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("prospect_id", "handoff_id", "kind", "n"),)

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    handoff_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    n: Mapped[int]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(12), default=NoticeState.WAITING)
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("id", "prospect_id", "handoff_id", "kind", "n", "member_id", "state", "made_at"),
        **keep("settled_at"),
        **blank("reason"),
    }
