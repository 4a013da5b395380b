"""The tables of imports: each file with how far it is, its bytes while they are needed, and what it changed."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from prospects.table import Base, Erase, blank, keep


class State(StrEnum):
    """uploading → ready ⇄ trying → tried → running → done | failed → undoing → undone; ready … → discarded."""

    UPLOADING = "uploading"
    READY = "ready"
    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    DISCARDED = "discarded"


class Holds(StrEnum):
    """What is in a file: leads and past acts, or addresses that must not be mailed."""

    LEADS = "leads"
    REFUSALS = "refusals"


class ImportRow(Base):
    """One file. `said` is what each column means, `looks` how it would read in likely encodings.

    `at_byte` and `at_line` are where the next row begins; the counts are those of the trial or of the import itself.
    By `sha256` of its bytes a command that was stopped finds what it had begun.
    """

    __tablename__ = "import"
    __table_args__ = (Index("ix_import_state", "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    name: Mapped[str]
    holds: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None]
    by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column("bytes", default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    encoding: Mapped[str | None]
    looks: Mapped[list[Any]] = mapped_column(default=list)
    separator: Mapped[str] = mapped_column(default=",")
    header: Mapped[list[str]] = mapped_column(default=list)
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    enrol: Mapped[bool] = mapped_column(default=False)
    begins: Mapped[int] = mapped_column(default=0)
    at_byte: Mapped[int] = mapped_column(default=0)
    at_line: Mapped[int] = mapped_column(default=1)
    batch: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    leads: Mapped[int] = mapped_column(default=0)
    activities: Mapped[int] = mapped_column(default=0)
    came_before: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    unwanted: Mapped[int] = mapped_column(default=0)


class PieceRow(Base):
    """Some of a file's bytes, as they were sent; gone with its last row, or after a month."""

    __tablename__ = "import_piece"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    bytes: Mapped[bytes] = mapped_column(LargeBinary)


class BatchRow(Base):
    """Some rows of a file that came in together, as one delivery, and those that were refused, with why."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_delivery_id", "delivery_id"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID | None]
    refused: Mapped[list[Any]] = mapped_column(default=list)


class ChangeRow(Base):
    """What an import changed on somebody's own row: what stood there, and what the import put there."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_import_id", "import_id", "prospect_id"),)

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("import.id"), primary_key=True)
    created: Mapped[bool]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __erasure__: ClassVar[Mapping[str, Erase]] = {
        **keep("prospect_id", "import_id", "created"),
        **blank("before", "after"),
    }
