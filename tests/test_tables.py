"""What every table keeps to: instants in UTC, names for constraints, keys that start with the person, walls."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import UniqueConstraint, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the rows of every room
from prospects.rows import TombstoneRow
from prospects.table import Base

UNIQUE_OVER_EVERYBODY = {"identity", "open_handoff", "crm_link", "crm_conflict"}
"""What is unique across people has a table of its own, and a key of its own."""
NOT_ONE_PERSONS = {"capture", "api_answer"}
"""Rows of something else that may come to be about a person: an item of a delivery, a caller's request."""


def test_a_time_without_a_zone_is_refused_and_others_come_back_in_utc(session: Session) -> None:
    tombstone = {"digest": uuid4().hex, "erased_at": datetime(2026, 3, 3, 10)}  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive datetime"):
        session.execute(insert(TombstoneRow), [tombstone])
    session.rollback()
    east = datetime(2026, 3, 3, 15, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    session.execute(insert(TombstoneRow), [{**tombstone, "erased_at": east}])
    found = session.execute(select(TombstoneRow.erased_at)).scalar_one()
    assert found == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)
    earlier = select(TombstoneRow).where(TombstoneRow.erased_at < datetime(2026, 3, 3, 10))  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive datetime"):
        session.execute(earlier)


def test_every_constraint_and_index_has_a_name_that_says_where_it_belongs() -> None:
    strange = [
        f"{table.name}: {each.name}"
        for table in Base.metadata.tables.values()
        for each in (*table.constraints, *table.indexes)
        if table.name not in str(each.name or "")
    ]
    assert strange == []


def test_keys_of_rows_about_a_person_start_with_the_person() -> None:
    strange = []
    for table in Base.metadata.tables.values():
        if "prospect_id" not in table.columns or table.name in NOT_ONE_PERSONS:
            continue
        unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
        keys = [table.primary_key, *unique, *(each for each in table.indexes if each.unique)]
        if table.name not in UNIQUE_OVER_EVERYBODY:
            strange += [
                str(key.name) for key in keys if next(iter(key.columns)).name != "prospect_id"
            ]
    assert strange == [], "such a table could not be spread by person"


def test_no_room_points_a_foreign_key_at_another_room() -> None:
    room = {
        row.class_.__tablename__: row.class_.__module__.split(".")[0]
        for row in Base.registry.mappers
    }
    strange = [
        f"{table.name} to {key.column.table.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if room[table.name] != "app"
        and room[key.column.table.name] not in (room[table.name], "prospects")
    ]
    assert strange == []
