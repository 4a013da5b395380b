"""What was said of people and companies before it changed: with it, a snapshot of the past knows no more than we did then."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, ColumnElement, ForeignKey, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from prospects.ids import new_id
from prospects.rows import AccountRow, ProspectRow
from prospects.store import among, table_of
from prospects.table import Base

FACTS = (
    *("account_id", "email", "phone", "name", "title", "company", "country", "zone", "language"),
    "fields",
)
"""The columns of a person that say who they are."""


class FormerlyRow(Base):
    """What some facts of a person were until an instant; written only when something changes, gone with the person."""

    __tablename__ = "formerly"

    prospect_id: Mapped[UUID] = mapped_column(ForeignKey("prospect.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    told: Mapped[dict[str, Any]]

    __erasure_drops_row__: ClassVar[bool] = True


class AccountFormerlyRow(Base):
    """What a company's fields were until an instant; written only when they change."""

    __tablename__ = "account_formerly"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    told: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Former:
    """What `told` names was so until then."""

    until: datetime
    told: Mapping[str, Any]


Facts = Mapping[str, Any]


def facts(rows: Iterable[ProspectRow]) -> dict[UUID, Facts]:
    """What is said of these people now, by their ids."""
    return {row.id: {name: _plain(getattr(row, name)) for name in FACTS} for row in rows}


def note(
    session: Session, before: Mapping[UUID, Facts], rows: Sequence[ProspectRow], now: datetime
) -> None:
    """Keep what was said of these people `before`, where it is something else now; of newcomers nothing was."""
    after = facts(rows)
    changed = {
        row.id: {
            name: value for name, value in before[row.id].items() if value != after[row.id][name]
        }
        for row in rows
        if row.created_at < now
    }
    keep(session, changed, now)


def keep(session: Session, told: Mapping[UUID, Facts], now: datetime) -> None:
    """Keep what was said of these people until now."""
    rows = [
        {"prospect_id": who, "id": new_id(now), "until": now, "told": dict(facts)}
        for who, facts in sorted(told.items())
        if facts
    ]
    if rows:
        session.execute(insert(table_of(FormerlyRow)), rows)


def note_accounts(
    session: Session, before: Mapping[UUID, Facts], rows: Iterable[AccountRow], now: datetime
) -> None:
    """Keep what the fields of these companies were `before`, where they are something else now."""
    other = {row.id: before[row.id] for row in rows if row.fields != before[row.id]}
    keep_of_accounts(session, other, now)


def keep_of_accounts(session: Session, fields: Mapping[UUID, Facts], now: datetime) -> None:
    """Keep what the fields of these companies were until now."""
    rows = [
        {"account_id": which, "id": new_id(now), "until": now, "told": dict(told)}
        for which, told in sorted(fields.items())
    ]
    if rows:
        session.execute(insert(table_of(AccountFormerlyRow)), rows)


def forget(session: Session, who: UUID, since: datetime) -> None:
    """Let go of what was noted since, as of two people who are no longer one."""
    session.execute(
        delete(FormerlyRow)
        .where(FormerlyRow.prospect_id == who, FormerlyRow.until >= since)
        .execution_options(synchronize_session=False)
    )


def of(session: Session, people: Collection[UUID]) -> defaultdict[UUID, list[Former]]:
    """What was said of each of these people and is not any more, the oldest first."""
    columns = table_of(FormerlyRow).c
    return _formers(session, columns.prospect_id, among(session, FormerlyRow.prospect_id, people))


def of_accounts(session: Session, accounts: Collection[UUID]) -> defaultdict[UUID, list[Former]]:
    """What the fields of each of these companies were before they changed, the oldest first."""
    columns = table_of(AccountFormerlyRow).c
    theirs = among(session, AccountFormerlyRow.account_id, accounts)
    return _formers(session, columns.account_id, theirs)


def _formers(
    session: Session, whose: Column[UUID], theirs: ColumnElement[bool]
) -> defaultdict[UUID, list[Former]]:
    columns = whose.table.c
    query = select(whose, columns.until, columns.told).where(theirs)
    found: defaultdict[UUID, list[Former]] = defaultdict(list)
    for who, until, told in session.execute(query.order_by(columns.until, columns.id)):
        found[who].append(Former(until, told))
    return found


def at(now: Facts, formers: Iterable[Former], as_of: datetime) -> Facts:
    """What was said at `as_of`: of each fact what it was until the first change after that."""
    then: dict[str, Any] = {}
    for former in formers:
        if former.until > as_of:
            then = {**former.told, **then}
    return {**now, **then}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
