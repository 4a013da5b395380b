"""Since when a model's percentages are hidden because later findings did not agree with them, and for what reason.

What was believed stays as it was recorded; only what is shown asks here. So hiding them writes no
person's row, and showing them again needs none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.ids import new_id
from prospects.store import table_of
from prospects.table import Base

_OPEN = text("ended_at IS NULL")


class Shown(StrEnum):
    """Why percentages are shown again: findings agree once more, or another model's stand in their place."""

    AGREED = "agreed"
    REPLACED = "replaced"


class HiddenPercentageRow(Base):
    """One stretch of time in which a model's percentages are hidden; it is only ever ended.

    `body` holds what was found, its sentences in `words`.
    """

    __tablename__ = "hidden_percentage"
    __table_args__ = (
        Index("ix_hidden_percentage_model_id", "model_id", "id"),
        Index(
            "uq_hidden_percentage_open",
            "model_id",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        CheckConstraint("ended_because IN ('agreed', 'replaced')", name="ended_because"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(10))


@dataclass(frozen=True, slots=True)
class Hidden:
    """Whose percentages are hidden, since when, and what was found, in sentences."""

    model_id: str
    since: datetime
    words: tuple[str, ...]


def hidden(session: Session) -> Hidden | None:
    """What hides percentages now; None while they are shown. Of two the newer."""
    return next(iter(all_hidden(session)), None)


def all_hidden(session: Session) -> list[Hidden]:
    """The same of every model whose are hidden, the newest first."""
    return [
        Hidden(row.model_id, row.since, tuple(str(each) for each in row.body.get("words", ())))
        for row in open_rows(session)
    ]


def open_rows(session: Session) -> list[HiddenPercentageRow]:
    """What hides percentages now, the newest first: one row, or two while a model takes the place of another."""
    query = select(HiddenPercentageRow).where(HiddenPercentageRow.ended_at.is_(None))
    return list(session.execute(query.order_by(HiddenPercentageRow.id.desc())).scalars())


def of_model(session: Session, model_id: str) -> list[HiddenPercentageRow]:
    """All stretches in which this model's were hidden, the newest first."""
    query = select(HiddenPercentageRow).where(HiddenPercentageRow.model_id == model_id)
    return list(session.execute(query.order_by(HiddenPercentageRow.id.desc())).scalars())


def hide(session: Session, model_id: str, found: Mapping[str, Any], now: datetime) -> None:
    """Hide this model's percentages from now on; `found` says why."""
    row = {"id": new_id(now), "model_id": model_id, "since": now, "body": dict(found)}
    session.execute(insert(table_of(HiddenPercentageRow)), [row])


def show_again(session: Session, row: HiddenPercentageRow, because: Shown, now: datetime) -> None:
    """Show them again from now on."""
    row.ended_at, row.ended_because = now, because
    session.flush()
