"""The tables of the one record: people, companies, what happened, what we believe, who agreed to what."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from prospects.lead_acts import TOLD_OF_LEADS
from prospects.table import Base, Erase, blank, keep, only_where


class AccountRow(Base):
    """A company, known by its registrable domain; free-mail domains never make one."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_owner_id", "owner_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    domain: Mapped[str | None] = mapped_column(String(255), unique=True)
    name: Mapped[str | None]
    owner_id: Mapped[UUID | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    steered_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ProspectRow(Base):
    """A person. The beliefs on this row are the latest; their history and reasons are in `assessment`."""

    __tablename__ = "prospect"
    __table_args__ = (
        Index("ix_prospect_stage", "stage", "id"),
        Index("ix_prospect_lifecycle", "lifecycle", "id"),
        Index("ix_prospect_account_id", "account_id", "id"),
        Index("ix_prospect_owner_id", "owner_id", "id"),
        Index("ix_prospect_warm", "warm", "id"),
        # The few who were merged into somebody.
        Index("ix_prospect_absorbed_by", "absorbed_by", **only_where("absorbed_by IS NOT NULL")),
        CheckConstraint("points BETWEEN 0 AND 100", name="points"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    email: Mapped[str | None]
    phone: Mapped[str | None]
    name: Mapped[str | None]
    title: Mapped[str | None]
    company: Mapped[str | None]
    country: Mapped[str | None] = mapped_column(String(2))
    zone: Mapped[str | None]
    language: Mapped[str | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    owner_id: Mapped[UUID | None]
    lifecycle: Mapped[str] = mapped_column(String(20), default="inquiry")
    stage: Mapped[str | None]
    confirmed_stage: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    points: Mapped[float] = mapped_column(default=0.0)
    fit: Mapped[float] = mapped_column(default=0.0)
    engagement: Mapped[float] = mapped_column(default=0.0)
    grade: Mapped[str | None] = mapped_column(String(2))
    score: Mapped[float | None]
    warm: Mapped[bool] = mapped_column(default=False)
    gate: Mapped[str | None]
    assessment_id: Mapped[UUID | None]
    look_due_at: Mapped[datetime | None]
    tags: Mapped[list[str] | None]
    set_depth: Mapped[int | None]
    rules_version: Mapped[int | None]
    absorbed_by: Mapped[UUID | None]
    unprofiled_at: Mapped[datetime | None]
    steered_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep(
            "id", "account_id", "owner_id", "lifecycle", "stage", "confirmed_stage", "confirmed_at"
        ),
        **keep("points", "fit", "engagement", "grade", "score", "warm", "gate", "assessment_id"),
        **keep("look_due_at", "set_depth", "absorbed_by", "created_at", "changed_at", "erased_at"),
        **keep("country", "language", "rules_version", "unprofiled_at", "steered_until"),
        **blank("email", "phone", "name", "title", "company", "zone", "fields", "tags"),
    }


class IdentityRow(Base):
    """One way to recognise a person, unique over everybody; erasure drops the row."""

    __tablename__ = "identity"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    prospect_id: Mapped[UUID] = mapped_column(
        # Deferred, because a person is only inserted once their identity has been won in the race.
        ForeignKey("prospect.id", deferrable=True, initially="DEFERRED"),
        index=True,
    )
    learned_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True


class ActivityRow(Base):
    """One thing that happened; append-only. `key` makes a second recording of the same thing a no-op."""

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("prospect_id", "key"),
        Index("ix_activity_prospect_id_happened_at", "prospect_id", "happened_at"),
        # Over all people, the newest first; not unique, because the key is.
        Index("ix_activity_id", "id"),
        # The few that tell what became of leads (scoring/learning/record.py).
        Index("ix_activity_told", "learned_at", "prospect_id", **only_where(TOLD_OF_LEADS)),
        Index("ix_activity_told_of", "prospect_id", **only_where(TOLD_OF_LEADS)),
        Index("ix_activity_verdict", "prospect_id", **only_where("kind = 'verdict'")),
        # Views that will be folded once they are old (prospects/old_views.py).
        Index(
            "ix_activity_raw_view",
            "happened_at",
            **only_where("kind = 'page_view' AND substr(key, 1, 6) <> 'views:'"),
        ),
    )

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    happened_at: Mapped[datetime]
    learned_at: Mapped[datetime]
    source: Mapped[str]
    key: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    suspect_robot: Mapped[bool] = mapped_column(default=False)

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep(
            "prospect_id",
            "id",
            "kind",
            "happened_at",
            "learned_at",
            "source",
            "key",
            "suspect_robot",
        ),
        **blank("body"),
    }


class AssessmentRow(Base):
    """One belief with its reasons, model and time; written when something a person would notice changed."""

    __tablename__ = "assessment"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    stage: Mapped[str | None]
    confidence: Mapped[float | None]
    expires_at: Mapped[datetime | None]
    model: Mapped[str]
    scored_by: Mapped[str | None] = mapped_column(String(40))
    logit: Mapped[float | None]
    own_points: Mapped[float | None]
    points: Mapped[float]
    fit: Mapped[float]
    engagement: Mapped[float]
    grade: Mapped[str] = mapped_column(String(2))
    score: Mapped[float | None]
    warm: Mapped[bool]
    gate: Mapped[str | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    stage_reasons: Mapped[list[Any]] = mapped_column(default=list)
    stage_chances: Mapped[dict[str, Any] | None]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep(
            "prospect_id", "id", "at", "stage", "confidence", "expires_at", "model", "points", "fit"
        ),
        **keep("stage_chances", "engagement", "grade", "score", "warm", "gate"),
        **keep("scored_by", "logit", "own_points"),
        **blank("reasons", "stage_reasons"),
    }


class OpportunityRow(Base):
    """A possible deal at an account: product, amount and currency (ISO 4217), expected date."""

    __tablename__ = "opportunity"
    __table_args__ = (
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="money"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    product: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    currency: Mapped[str | None] = mapped_column(String(3))
    expected_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ConsentRow(Base):
    """Who agreed to what, with the text they saw; a withdrawal is a row too (`given` false)."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("prospect_id", "key"),)

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    given: Mapped[bool]
    text: Mapped[str | None]
    at: Mapped[datetime]
    source: Mapped[str]
    key: Mapped[str]

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "id", "topic", "given", "at", "source", "key"),
        # As the sender told it: it may hold a name.
        **blank("text"),
    }


class SuppressionRow(Base):
    """An address never to be mailed again, as a keyed hash, so that it outlives erasure. Topic "*" is all mail."""

    __tablename__ = "suppression"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class TombstoneRow(Base):
    """An identity that was erased: what happened before `erased_at` cannot come back by a late delivery."""

    __tablename__ = "tombstone"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
