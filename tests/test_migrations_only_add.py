"""What one migration brings leaves the version before at work: web of the old version goes on with newer tables."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app import migrate
from app.database import open_database
from tests.support.running import ROOT

TAKES_AWAY: Mapping[str, str] = {}
"""What a migration takes from the version before, by revision, in the words in which CHANGELOG.md says it."""
CHECK = re.compile(r"CONSTRAINT \S+ CHECK \(.*\)")


@dataclass
class Column:
    """`wanting`: a row that does not name it is refused."""

    type: str
    null: bool
    wanting: bool


@dataclass
class Table:
    """What a version that knows it relies on: its columns, and which rows it takes."""

    columns: dict[str, Column] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)


Tables = Mapping[str, Table]


def seen(connection: Connection) -> Tables:
    """The tables as they are now."""
    ask = connection.exec_driver_sql
    made = ask("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    found = {name: Table(limits=set(CHECK.findall(sql))) for name, sql in made}
    for name, table in found.items():
        for _n, column, type_, strict, default, key in ask(f"PRAGMA table_info('{name}')").all():
            wanting = bool(strict) and default is None and not key
            table.columns[column] = Column(type_, null=not strict, wanting=wanting)
        for _n, index, unique, *_ in ask(f"PRAGMA index_list('{name}')").all():
            keys = [row[2] for row in ask(f"PRAGMA index_info('{index}')").all()]
            table.limits |= {f"one row for each {', '.join(map(str, keys))}"} if unique else set()
        pointed = ask(f"PRAGMA foreign_key_list('{name}')").all()
        table.limits |= {f"{row[3]} is in {row[2]}" for row in pointed}
    return found


def taken(before: Tables, after: Tables) -> Iterator[str]:
    """What who knows the tables `before` would miss in those `after`, or be refused by them."""
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            yield f"{name} is gone"
            continue
        yield from (f"{name}: no longer any row, but {each}" for each in new.limits - old.limits)
        for column, was in old.columns.items():
            if new.columns.get(column) != was:
                yield f"{name}.{column} is another or gone"
        fresh = (each for each in new.columns if each not in old.columns)
        yield from (f"{name}.{each} must be given" for each in fresh if new.columns[each].wanting)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tables]:
    """The tables after each migration, in their order; one database tells, for the files are the same."""
    file = tmp_path_factory.mktemp("steps") / "steps.db"
    database, found = open_database(f"sqlite:///{file}"), {}

    def look(connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        if re.match(r"(INSERT INTO|UPDATE) alembic_version", sql):
            version = "SELECT version_num FROM alembic_version"
            found[connection.exec_driver_sql(version).scalar_one()] = seen(connection)

    event.listen(database.engine, "after_cursor_execute", look)
    migrate.upgrade(database.engine)
    database.close()
    return found


def test_no_migration_takes_anything_from_the_version_before(steps: dict[str, Tables]) -> None:
    revisions = list(steps)
    assert (revisions[0], revisions[-1]) == ("0001", migrate.head())
    news = (ROOT / "CHANGELOG.md").read_text()
    for before, after in pairwise(revisions):
        missed = list(taken(steps[before], steps[after]))
        assert bool(missed) == (after in TAKES_AWAY), (after, missed)
    assert [words for words in TAKES_AWAY.values() if words not in news] == []


def test_whatever_an_older_version_would_miss_is_seen(steps: dict[str, Tables]) -> None:
    old, new = steps["0005"], steps["0006"]
    assert len(list(taken(new, old))) == 2, "two columns came, and would be gone"
    assert list(taken(old, new)) == []
    unlike = {"t": Table({"a": Column("TEXT", null=True, wanting=False)})}
    for other in (
        {},
        {"t": Table()},
        {"t": Table({"a": Column("TEXT", null=False, wanting=True)})},
        {"t": Table({**unlike["t"].columns, "b": Column("TEXT", null=False, wanting=True)})},
        {"t": Table(unlike["t"].columns, {"one row for each a"})},
    ):
        assert len(list(taken(unlike, other))) == 1
