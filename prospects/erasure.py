"""Forgetting a person without rewriting history: personal columns are emptied, a keyed hash remains."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, delete, select, update
from sqlalchemy.orm import Session

from prospects import consents, outbox
from prospects.evidence import tells
from prospects.identity import Identity, addresses_of, identity_digest
from prospects.ids import ProspectId
from prospects.rows import IdentityRow, ProspectRow, TombstoneRow
from prospects.store import table_of, upsert
from prospects.table import Base, Erase
from prospects.topics import Topic

LAST_ARRIVAL = timedelta(seconds=40)
"""By then a hand-over, a fetch or a request that was under way has written what it will write: a
lease lasts 25 s, a statement at most 30 s. So both rounds are over within a minute."""


def erase(session: Session, prospect_id: ProspectId, now: datetime, *, secret: str) -> bool:
    """Empty every personal column of every table that has this person's rows; False if there is no such person.

    Leaves a suppression of their addresses and a tombstone of their identities, both keyed hashes,
    so that nobody writes to them again and no late delivery brings them back. Safe to repeat; the
    first time promises to do it once more, when what was under way meanwhile has arrived.
    """
    person = session.get(ProspectRow, prospect_id, with_for_update=True)
    if person is None:
        return False
    identities = [
        Identity(row.kind, row.key)
        for row in session.execute(
            select(IdentityRow).where(IdentityRow.prospect_id == prospect_id)
        ).scalars()
    ]
    _remember_only_hashes(session, identities, now, secret)
    for mapper in Base.registry.mappers:
        _empty(session, mapper.class_, [prospect_id])
    if person.erased_at is None:
        outbox.post(session, Topic.ERASE, [prospect_id], now, due_at=now + LAST_ARRIVAL)
    session.execute(
        update(ProspectRow)
        .where(ProspectRow.id == prospect_id)
        .values(erased_at=person.erased_at or now, look_due_at=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return True


def take_out(session: Session, people: Collection[UUID], now: datetime) -> None:
    """Empty what is personal of people who were never ours to know, as by a file brought in by mistake.

    Unlike `erase` it leaves no hash: they never asked for anything, and may come of their own accord.
    """
    if not people:
        return
    for row in personal_tables():
        _empty(session, row, people)
    session.execute(
        update(ProspectRow)
        .where(ProspectRow.id.in_(people))
        .values(erased_at=now, look_due_at=None, account_id=None)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def personal_tables() -> list[type[Base]]:
    """The row classes that hold something about one person."""
    return [
        mapper.class_
        for mapper in Base.registry.mappers
        if _person_column(mapper.class_) is not None
    ]


def unlisted_columns() -> list[str]:
    """Columns of personal tables that say nothing about erasure: a test keeps this empty."""
    return [
        f"{row.__tablename__}.{column.name}"
        for row in personal_tables()
        if not row.__erasure_drops_row__
        for column in table_of(row).columns
        if column.name not in row.__erasure__
    ]


def _remember_only_hashes(
    session: Session, identities: list[Identity], now: datetime, secret: str
) -> None:
    consents.suppress(
        session,
        [consents.address_digest(secret, each) for each in addresses_of(identities)],
        now,
        reason="erased",
    )
    tombstones = [
        {"digest": identity_digest(secret, each), "erased_at": now}
        for each in sorted(identities)
        if tells(each.kind)
    ]
    upsert(session, TombstoneRow, tombstones, on=["digest"])


def _empty(session: Session, row: type[Base], people: Collection[UUID]) -> None:
    column = _person_column(row)
    if column is None:
        return
    table = table_of(row)
    if row.__erasure_drops_row__:
        session.execute(delete(table).where(table.c[column].in_(people)))
        return
    values = {
        name: _nothing(table, name)
        for name, policy in row.__erasure__.items()
        if policy is Erase.BLANK
    }
    if values:
        session.execute(update(table).where(table.c[column].in_(people)).values(values))


def _person_column(row: type[Base]) -> str | None:
    table = table_of(row)
    if row is ProspectRow:
        return "id"
    return "prospect_id" if "prospect_id" in table.columns else None


def _nothing(table: Table, name: str) -> Any:
    column = table.columns[name]
    if column.nullable:
        return None
    python_type = column.type.python_type
    if isinstance(column.type, Text) or python_type is str:
        return ""
    return [] if python_type is list else {}
