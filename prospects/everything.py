"""All we hold about one person, from every table that speaks of them."""

import base64
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.rows import AccountRow, ProspectRow
from prospects.store import table_of
from prospects.table import Base

NOT_THEIRS = frozenset({"token", "digest", "secret"})
"""Columns that would let somebody in, or say nothing to the person."""

Rows = list[dict[str, Any]]


def everything(session: Session, prospect_id: ProspectId) -> dict[str, Rows]:
    """The rows of each table about this person, and about whom they absorbed, as JSON holds them.

    Every table of every room is walked: one whose columns point at a person is in it, even if empty.
    """
    who = _group(session, prospect_id)
    found = {
        table.name: _rows(session, table, or_(*(table.c[each].in_(who) for each in columns)))
        for table in Base.metadata.sorted_tables
        if (columns := person_columns(table))
    }
    account = table_of(AccountRow)
    theirs = select(ProspectRow.account_id).where(ProspectRow.id.in_(who))
    found[account.name] = _rows(session, account, account.c.id.in_(theirs))
    return found


def person_columns(table: Table) -> list[str]:
    """The columns of a table that name a person."""
    if table is table_of(ProspectRow):
        return ["id"]
    return [
        column.name
        for column in table.columns
        if column.name.endswith("prospect_id") or column.references(table_of(ProspectRow).c.id)
    ]


def plain(value: Any) -> Any:
    """A column's value as JSON holds it; bytes become base64."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def _group(session: Session, prospect_id: ProspectId) -> Sequence[UUID]:
    absorbed = session.execute(select(ProspectRow.id).where(ProspectRow.absorbed_by == prospect_id))
    return [prospect_id, *absorbed.scalars()]


def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> Rows:
    rows = session.execute(select(table).where(condition).order_by(*table.primary_key.columns))
    return [
        {name: plain(value) for name, value in row._mapping.items() if name not in NOT_THEIRS}
        for row in rows
    ]
