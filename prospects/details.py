"""What was found out about people and companies, each thing with its source and date; what they said themselves goes before."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.ids import AccountId
from prospects.research.registry import ENRICHERS
from prospects.rows import AccountRow, ProspectRow
from prospects.store import among, table_of, upsert
from prospects.table import Base
from prospects.values import Person

LONGEST_NAME = 80
LONGEST_VALUE = 500


class DetailRow(Base):
    """One thing one source tells about one person, and since when; gone with the person."""

    __tablename__ = "detail"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str]
    found_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True


class AccountDetailRow(Base):
    """One thing one source tells about one company, and since when."""

    __tablename__ = "account_detail"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str]
    found_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """What `source` tells about a company: a thing's name (`employees`, `website`, …) and value."""

    account_id: AccountId
    name: str
    value: str
    source: str


def find_out(session: Session, rows: Sequence[ProspectRow], now: datetime) -> None:
    """Look at what is known of these people, who must be locked, and keep what follows from it.

    A country nobody told is filled in, so that routing and scoring know it at the first look.
    """
    domains = _domains(session, rows)
    found = [
        (row, by, what)
        for row in rows
        for by in ENRICHERS
        for what in by.look(_person(row), domains.get(row.account_id))
    ]
    for row, _, what in found:
        if what.name == "country":
            row.country = row.country or what.value
    session.flush()
    theirs = [
        {"prospect_id": row.id, "name": what.name, "value": what.value, "source": by.source}
        for row, by, what in found
        if not by.of_company
    ]
    _keep(session, DetailRow, "prospect_id", theirs, now)
    told = [
        Told(AccountId(row.account_id), what.name, what.value, by.source)
        for row, by, what in found
        if by.of_company and row.account_id
    ]
    keep(session, told, now)


def _person(row: ProspectRow) -> Person:
    return Person(phone=row.phone, title=row.title)


def keep(session: Session, told: Sequence[Told], now: datetime) -> None:
    """Write down what was told about companies; what was known already keeps its date."""
    rows = [
        {
            "account_id": each.account_id,
            "name": each.name[:LONGEST_NAME],
            "source": each.source,
            "value": written_as(each.value),
        }
        for each in told
    ]
    _keep(session, AccountDetailRow, "account_id", rows, now)


def written_as(value: object) -> str:
    """A value of any sort as it stands in `account_detail`."""
    written = value if isinstance(value, str) else json.dumps(value)
    return written[:LONGEST_VALUE]


def of(session: Session, people: Collection[UUID]) -> list[DetailRow]:
    """What was found out about these people, by name and source."""
    query = select(DetailRow).where(among(session, DetailRow.prospect_id, people))
    return list(session.execute(query.order_by(DetailRow.name, DetailRow.source)).scalars())


def of_accounts(session: Session, accounts: Collection[UUID]) -> list[AccountDetailRow]:
    """What was found out about these companies, by name, the latest first."""
    query = select(AccountDetailRow).where(among(session, AccountDetailRow.account_id, accounts))
    ordered = query.order_by(AccountDetailRow.name, AccountDetailRow.found_at.desc())
    return list(session.execute(ordered.order_by(AccountDetailRow.source)).scalars())


def _keep(
    session: Session,
    table: type[DetailRow | AccountDetailRow],
    whose: str,
    found: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    if not found:
        return
    columns = table_of(table).c
    asked = [columns[each] for each in (whose, "name", "source", "value")]
    ids = sorted({each[whose] for each in found})
    rows = session.execute(select(*asked).where(among(session, getattr(table, whose), ids)))
    known = {tuple(row[:3]): row[3] for row in rows}
    news = {
        key: {**each, "found_at": now}
        for each in found
        if known.get(key := (each[whose], each["name"], each["source"])) != each["value"]
    }
    upsert(session, table, [news[key] for key in sorted(news)], on=[whose, "name", "source"])


def _domains(session: Session, rows: Sequence[ProspectRow]) -> dict[UUID | None, str | None]:
    ids = {row.account_id for row in rows if row.account_id}
    if not ids:
        return {}
    found = session.execute(
        select(AccountRow.id, AccountRow.domain).where(among(session, AccountRow.id, ids))
    )
    return {row.id: row.domain for row in found}
