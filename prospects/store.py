"""Set-based writes that read the same on SQLite and PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Executable,
    Insert,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from prospects.table import Base


def on_sqlite(session: Session) -> bool:
    """Whether this session's database is SQLite (one writer at a time, no row locks)."""
    return session.get_bind().dialect.name == "sqlite"


def table_of(row: type[Base]) -> Table:
    """The Core table of a row class."""
    table = row.__table__
    assert isinstance(table, Table)
    return table


class Turnstile(IntEnum):
    """What only one transaction at a time may go through, where no row stands for it; PostgreSQL's numbers."""

    DESK = 7261991


def one_at_a_time(session: Session, what: Turnstile) -> None:
    """Wait until no other transaction is past this, and hold it until ours ends; SQLite has one writer."""
    if not on_sqlite(session):
        session.execute(select(func.pg_advisory_xact_lock(int(what))))


def among(
    session: Session,
    column: InstrumentedAttribute[Any] | ColumnElement[Any],
    values: Collection[Any],
) -> ColumnElement[bool]:
    """Whether a column holds one of many values.

    PostgreSQL is given one list of them: a parameter for each would be a new statement for each number.
    """
    if on_sqlite(session):
        return column.in_(list(values))
    listed: BindParameter[Any] = bindparam(None, list(values), type_=ARRAY(column.type))
    return column == any_(listed)


def insert_new(
    session: Session,
    row: type[Base],
    values: Sequence[Mapping[str, Any]],
    *,
    on: Sequence[str],
    returning: Sequence[ColumnElement[Any]] = (),
) -> list[tuple[Any, ...]]:
    """Insert the rows whose key is not taken yet; return `returning` of those that were inserted.

    A concurrent insert of the same key is waited for, so that afterwards the key exists for certain.
    With no `on`, any unique key that is taken counts.
    `values` must come in the order of their key wherever two batches can meet, else they deadlock.
    """
    if not values:
        return []
    statement = _keeping_what_is_there(on_sqlite(session), row, tuple(on), tuple(returning))
    found = session.execute(statement, list(values))
    return [tuple(each) for each in found] if returning else []


def upsert(
    session: Session, row: type[Base], values: Sequence[Mapping[str, Any]], *, on: Sequence[str]
) -> None:
    """Insert rows, or overwrite every other given column of those whose key is taken."""
    if not values:
        return
    statement = _overwriting(on_sqlite(session), row, tuple(on), tuple(values[0]))
    session.execute(statement, list(values))


@cache
def _keeping_what_is_there(
    sqlites: bool, row: type[Base], on: tuple[str, ...], returning: tuple[ColumnElement[Any], ...]
) -> Executable:
    # One for each place it is asked from: to make it anew takes longer than a small batch.
    dialect = sqlite if sqlites else postgresql
    statement: Insert = dialect.insert(table_of(row)).on_conflict_do_nothing(
        index_elements=list(on) or None
    )
    return statement.returning(*returning) if returning else statement


@cache
def _overwriting(
    sqlites: bool, row: type[Base], on: tuple[str, ...], given: tuple[str, ...]
) -> Executable:
    statement = (sqlite if sqlites else postgresql).insert(table_of(row))
    changes = {name: statement.excluded[name] for name in given if name not in on}
    overwriting: Insert = statement.on_conflict_do_update(index_elements=list(on), set_=changes)
    return overwriting
