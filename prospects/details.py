"""What the system found out about people, each thing with its source and date; what they said themselves goes before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.research.registry import ENRICHERS
from prospects.rows import AccountRow, ProspectRow
from prospects.store import among, upsert
from prospects.table import Base
from prospects.values import Person


class DetailRow(Base):
    """One thing one source tells about one person (or their company), and since when; gone with the person."""

    __tablename__ = "detail"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str]
    found_at: Mapped[datetime]

    __erasure_drops_row__: ClassVar[bool] = True


def find_out(session: Session, rows: Sequence[ProspectRow], now: datetime) -> None:
    """Look at what is known of these people, who must be locked, and keep what follows from it.

    A country nobody told is filled in, so that routing and scoring know it at the first look.
    """
    domains = _domains(session, rows)
    found: list[dict[str, Any]] = []
    for row in rows:
        told = _told(row, domains.get(row.account_id) if row.account_id else None)
        countries = [each["value"] for each in told if each["name"] == "country"]
        row.country = row.country or next(iter(countries), None)
        found += [{**each, "found_at": now} for each in told]
    session.flush()
    _keep(session, found)


def _told(row: ProspectRow, domain: str | None) -> list[dict[str, Any]]:
    person = Person(phone=row.phone, title=row.title)
    return [
        {"prospect_id": row.id, "name": each.name, "source": by.source, "value": each.value}
        for by in ENRICHERS
        for each in by.look(person, domain)
    ]


def of(session: Session, people: Sequence[UUID]) -> list[DetailRow]:
    """What was found out about these people, by name and source."""
    query = select(DetailRow).where(among(session, DetailRow.prospect_id, people))
    return list(session.execute(query.order_by(DetailRow.name, DetailRow.source)).scalars())


def _keep(session: Session, found: Sequence[dict[str, Any]]) -> None:
    """What was known already keeps its date."""
    known = {
        (row.prospect_id, row.name, row.source): row.value
        for row in of(session, sorted({each["prospect_id"] for each in found}))
    }
    news = {
        key: each
        for each in found
        if known.get(key := (each["prospect_id"], each["name"], each["source"])) != each["value"]
    }
    rows = [news[key] for key in sorted(news)]
    upsert(session, DetailRow, rows, on=["prospect_id", "name", "source"])


def _domains(session: Session, rows: Sequence[ProspectRow]) -> dict[UUID, str | None]:
    ids = {row.account_id for row in rows if row.account_id}
    if not ids:
        return {}
    found = session.execute(
        select(AccountRow.id, AccountRow.domain).where(among(session, AccountRow.id, ids))
    )
    return {row.id: row.domain for row in found}
