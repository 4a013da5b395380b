"""What the tables look like, as the database itself says, and how their values are written in a backup.

The database is asked, not the rows' classes, because a backup is also made before a migration, when
the tables are still those of an older version. The written form is the same on both databases:

- `uuid` 32 hexadecimal digits; `instant` `YYYY-MM-DD HH:MM:SS.ffffff` in UTC; `day` `YYYY-MM-DD`;
- `document` its JSON as text; `bytes` hexadecimal; `amount` decimal digits as text; `flag` 0 or 1;
- `text`, `count` and `number` as JSON has them; nothing is null.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, MetaData, types
from sqlalchemy.dialects import postgresql, sqlite

VERSION_TABLE = "alembic_version"
INSTANT = "%Y-%m-%d %H:%M:%S.%f"


class Kind(StrEnum):
    """How one column's values are written."""

    TEXT = "text"
    UUID = "uuid"
    INSTANT = "instant"
    DAY = "day"
    COUNT = "count"
    NUMBER = "number"
    AMOUNT = "amount"
    FLAG = "flag"
    DOCUMENT = "document"
    BYTES = "bytes"


Columns = Mapping[str, Kind]
Shape = Mapping[str, Columns]
"""Every table's columns, a table always after those it points at."""

# The first that fits; JSON and flags before what they are made of.
_KINDS: tuple[tuple[tuple[type[types.TypeEngine[Any]], ...], Kind], ...] = (
    ((types.JSON,), Kind.DOCUMENT),
    ((types.Boolean,), Kind.FLAG),
    ((types.Uuid, postgresql.UUID), Kind.UUID),
    ((types.DateTime,), Kind.INSTANT),
    ((types.Date,), Kind.DAY),
    ((types.Integer,), Kind.COUNT),
    ((types.Float,), Kind.NUMBER),
    ((types.Numeric,), Kind.AMOUNT),
    ((types.LargeBinary, sqlite.BLOB, postgresql.BYTEA), Kind.BYTES),
    ((types.String,), Kind.TEXT),
)
# What PostgreSQL is asked for, so that it answers in the written form; SQLite keeps most as written.
_FROM_POSTGRES: Mapping[Kind, str] = {
    Kind.UUID: "replace({0}::text, '-', '')",
    Kind.INSTANT: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    Kind.DAY: "{0}::text",
    Kind.AMOUNT: "{0}::text",
    Kind.FLAG: "{0}::int",
    Kind.DOCUMENT: "{0}::text",
    Kind.BYTES: "encode({0}, 'hex')",
}
_FROM_SQLITE: Mapping[Kind, str] = {
    Kind.AMOUNT: "CAST({0} AS TEXT)",
    # hex() makes something of nothing.
    Kind.BYTES: "CASE WHEN {0} IS NULL THEN NULL ELSE lower(hex({0})) END",
}


ROWS, LARGE_ROWS = 1000, 20
"""Rows held in memory together; of tables that keep bytes as they arrived, a megabyte each and more."""


def together(columns: Columns) -> int:
    """How many rows of a table with these columns may be in memory at once."""
    return LARGE_ROWS if Kind.BYTES in columns.values() else ROWS


class UnknownColumnError(Exception):
    """A column of a type that backups do not know; app/backup/shape.py must be told of it."""


def shape_of(connection: Connection) -> dict[str, dict[str, Kind]]:
    """The tables there are, without Alembic's own, each after those it points at."""
    found = MetaData()
    found.reflect(connection)
    return {
        table.name: {column.name: _kind(table.name, column) for column in table.columns}
        for table in found.sorted_tables
        if table.name != VERSION_TABLE
    }


def is_empty(connection: Connection, shape: Shape) -> bool:
    """Whether no table holds a row."""
    quoted = (_quoter(connection)(table) for table in shape)
    return not any(
        connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first()  # noqa: S608 - quoted
        for table in quoted
    )


def selection(connection: Connection, table: str, columns: Columns) -> str:
    """The statement that reads a table in the written form."""
    quote = _quoter(connection)
    forms = _FROM_SQLITE if connection.dialect.name == "sqlite" else _FROM_POSTGRES
    wanted = (forms.get(kind, "{0}").format(quote(name)) for name, kind in columns.items())
    return f"SELECT {', '.join(wanted)} FROM {quote(table)}"  # noqa: S608 - quoted names


def insertion(connection: Connection, table: str, columns: Columns) -> str:
    """The statement that takes rows in the written form, one by one or by COPY."""
    quote = _quoter(connection)
    names = ", ".join(map(quote, columns))
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in columns)
        return f"INSERT INTO {quote(table)} ({names}) VALUES ({places})"  # noqa: S608 - quoted
    return f"COPY {quote(table)} ({names}) FROM STDIN"


def _quoter(connection: Connection) -> Callable[[str], str]:
    quote: Callable[[str], str] = connection.dialect.identifier_preparer.quote
    return quote


def _kind(table: str, column: Any) -> Kind:
    # SQLite has no type for ids; nothing else is CHAR(32) here.
    if isinstance(column.type, types.CHAR) and column.type.length == 32:
        return Kind.UUID
    for kinds, kind in _KINDS:
        if isinstance(column.type, kinds):
            return kind
    raise UnknownColumnError(f"{table}.{column.name}")
