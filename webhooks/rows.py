"""The tables of the inbox: what arrived, what it was understood as, and which leads came before."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class DeliveryState(StrEnum):
    """received → ingested | unreadable | test."""

    RECEIVED = "received"
    INGESTED = "ingested"
    UNREADABLE = "unreadable"
    TEST = "test"


class CaptureState(StrEnum):
    """read | fetch_due | test | quarantined | withdrawn | nameless → recorded | dead."""

    READ = "read"
    FETCH_DUE = "fetch_due"
    TEST = "test"
    QUARANTINED = "quarantined"
    WITHDRAWN = "withdrawn"
    NAMELESS = "nameless"
    RECORDED = "recorded"
    DEAD = "dead"


class DeliveryRow(Base):
    """One request as it arrived, at a source or (with `/t` behind its name) from that source's own pages.

    `key` is a keyed hash, so that a repeat is known even when all else is forgotten.

    Several people may be in one body, so it has no person of its own: `webhooks.forget` empties
    `body` and `sha256` when one of them is forgotten.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_delivery_source_id", "source", "id"),
        Index(
            "ix_delivery_unread",
            "state",
            "id",
            # What people look for; what went well costs the intake nothing.
            postgresql_where=text("state IN ('unreadable', 'test')"),
            sqlite_where=text("state IN ('unreadable', 'test')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default=DeliveryState.RECEIVED)
    reason: Mapped[str | None]
    received_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column("bytes")
    content_type: Mapped[str | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class CaptureRow(Base):
    """One item of a delivery and its fate. `space` and `ref` name the lead at its platform until it is forgotten.

    `document` is what was fetched: a list of bodies, as they came.
    """

    __tablename__ = "capture"
    __table_args__ = (
        UniqueConstraint("delivery_id", "n"),
        # Those of our own pages, which are let go of in time (webhooks/old_traces.py).
        Index(
            "ix_capture_signal",
            "id",
            postgresql_where=text("space = 'signal'"),
            sqlite_where=text("space = 'signal'"),
        ),
        # What people look for because it became nobody's, however much has come since.
        Index(
            "ix_capture_lost",
            "id",
            postgresql_where=text("state IN ('dead', 'quarantined', 'test')"),
            sqlite_where=text("state IN ('dead', 'quarantined', 'test')"),
        ),
        # By what a platform calls it, however much has come.
        Index(
            "ix_capture_named",
            "key",
            postgresql_where=text("space != 'signal'"),
            sqlite_where=text("space != 'signal'"),
        ),
        # What is on its way still, however much has come.
        Index(
            "ix_capture_due",
            "source",
            postgresql_where=text("state = 'fetch_due'"),
            sqlite_where=text("state = 'fetch_due'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"))
    n: Mapped[int]
    source: Mapped[str]
    space: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str | None]
    key: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None]
    prospect_id: Mapped[UUID | None] = mapped_column(index=True)
    document: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("id", "delivery_id", "n", "source", "space", "state", "reason"),
        **keep("prospect_id", "tries"),
        **blank("ref", "key", "document"),
    }


class CaptureKeyRow(Base):
    """A lead or activity that has come in, by keyed hash; outlives erasure so that no repeat brings it back."""

    __tablename__ = "capture_key"

    source: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    capture_id: Mapped[UUID] = mapped_column(
        # Deferred, because a capture is only written once it is known whether it is a repeat.
        ForeignKey("capture.id", deferrable=True, initially="DEFERRED"),
        index=True,
    )


class CertificateRow(Base):
    """A certificate that a sender signs with, by the address it stands at."""

    __tablename__ = "certificate"

    url: Mapped[str] = mapped_column(primary_key=True)
    pem: Mapped[str]
    fetched_at: Mapped[datetime]


class SourceHealthRow(Base):
    """What a source's owner should know: the last challenge, refusals, and what its platform complains of."""

    __tablename__ = "source_health"

    source: Mapped[str] = mapped_column(primary_key=True)
    challenged_at: Mapped[datetime | None]
    refused: Mapped[int] = mapped_column(default=0)
    refused_at: Mapped[datetime | None]
    refused_status: Mapped[int | None]
    trouble: Mapped[str | None]
    trouble_at: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    rest_version: Mapped[int | None]
    """The workspace's version then: whoever changes the configuration ends the rest."""
