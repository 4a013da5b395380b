"""What every table shares: naming of constraints, aware instants, portable JSON, and a policy for erasure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class NaiveInstantError(TypeError):
    """A time without a zone is no instant: pass an aware datetime in UTC."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive datetimes going in; comes out aware and in UTC on every database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstantError(f"naive datetime {value.isoformat()}")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# JSON null is never stored: an absent document is SQL NULL on both databases.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Erase(StrEnum):
    """What erasure does with one column of a row about a person."""

    KEEP = "keep"  # says nothing about who the person is
    BLANK = "blank"  # set to NULL, or to an empty document or text where NULL is refused


class Base(DeclarativeBase):
    """The one metadata of all rooms.

    A table with a `prospect_id` names in `__erasure__` what erasure does with each of its columns, or sets
    `__erasure_drops_row__`. A test fails on a column that is in neither.
    """

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        UUID: Uuid,
        datetime: UtcDateTime,
        Mapping[str, Any]: Json,
        Sequence[Any]: Json,
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
    }
    __erasure__: ClassVar[Mapping[str, Erase]] = {}
    __erasure_drops_row__: ClassVar[bool] = False


def keep(*names: str) -> dict[str, Erase]:
    """Columns that erasure leaves alone."""
    return dict.fromkeys(names, Erase.KEEP)


def blank(*names: str) -> dict[str, Erase]:
    """Columns that erasure empties."""
    return dict.fromkeys(names, Erase.BLANK)


def only_where(condition: str) -> dict[str, Any]:
    """Keywords that make an index hold only the rows for which this is so."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}
