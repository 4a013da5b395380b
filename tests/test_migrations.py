"""A migrated database is the one the rows declare, up and down, on both databases."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import migrate
from app.database import Database, open_database
from scoring.learning import shadowing
from tests.support.running import ROOT
from tests.support.stores import PostgresStores


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    """A database without a table."""
    opened = open_database(empty_url)
    yield opened
    opened.close()


def test_the_migrated_schema_is_the_declared_one(empty: Database) -> None:
    assert migrate.differences(empty.engine), "an empty database differs, so the check can fail"
    migrate.upgrade(empty.engine)
    assert migrate.differences(empty.engine) == []
    assert migrate.current(empty.engine) == migrate.head()


def test_every_step_goes_down_and_up_again(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    migrate.downgrade(empty.engine, "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty.engine)
    assert migrate.differences(empty.engine) == []


def test_two_that_migrate_at_once_take_turns(empty: Database) -> None:
    url = empty.engine.url.render_as_string(hide_password=False)
    script = (
        "from app import migrate; from app.database import open_database; "
        f"migrate.upgrade(open_database({url!r}).engine)"
    )
    with empty.engine.connect():
        pass  # the file exists and is in WAL mode, as after any first start
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        _out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert migrate.differences(empty.engine) == []


def test_a_migration_that_cannot_have_its_lock_gives_up_soon(
    postgres_stores: PostgresStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "300ms")
    url = postgres_stores.fresh(empty=True)
    database = open_database(url)
    migrate.upgrade(database.engine)
    with database.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM prospect"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.downgrade(database.engine, "base")
        reader.execute(text("SELECT count(*) FROM prospect"))
    assert migrate.current(database.engine), "the step that could not be taken was not half taken"
    database.close()
    postgres_stores.drop(url)


def test_what_was_known_before_is_found_and_counted_afterwards(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0016")
    who, act = "0" * 31 + "1", "0" * 31 + "2"
    body = '{"form": "guide", "campaign": "spring"}'
    with empty.engine.begin() as connection:
        for statement in (
            "INSERT INTO prospect (id, email, name, fields, lifecycle, points, fit, engagement, warm,"
            f" created_at, changed_at) VALUES ('{who}', 'oe@firm.example', 'ÖZGÜR', '{{}}', 'inquiry', 0,"
            " 0, 0, false, '2026-01-31 23:00:00', '2026-01-31 23:00:00')",
            "INSERT INTO activity (prospect_id, id, kind, happened_at, learned_at, source, key, body,"
            f" suspect_robot) VALUES ('{who}', '{act}', 'form', '2026-01-31 23:00:00',"
            f" '2026-01-31 23:00:00', 'site', 'k', '{body}', false)",
        ):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    migrate.upgrade(empty.engine)
    with empty.engine.connect() as connection:
        touch = connection.execute(text("SELECT month, source, campaign, handed FROM first_touch"))
        assert [tuple(row) for row in touch] == [("2026-01", "site", "spring", False)]
        (words,) = connection.execute(text("SELECT words FROM prospect_words")).scalars()
    assert words == "özgür\noe@firm.example"


def test_what_a_shadow_would_change_is_counted_as_the_product_counts_it(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0055")
    grades = [("A1", "A2"), ("A1", "C1"), ("B4", "B2"), ("D4", "A1")]
    with empty.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO model_version (id, state, origin, sha256, body, report, trained_at)"
            " VALUES ('card-x', 'approved', 'record', 'x', '{}', '{}', '2026-01-31 23:00:00')"
        )
        for n, (grade, was) in enumerate(grades):
            who = f"{n + 1:032x}"
            connection.exec_driver_sql(
                "INSERT INTO prospect (id, fields, lifecycle, points, fit, engagement, warm, created_at,"
                f" changed_at) VALUES ('{who}', '{{}}', 'inquiry', 0, 0, 0, false,"
                " '2026-01-31 23:00:00', '2026-01-31 23:00:00')"
            )
            connection.exec_driver_sql(
                "INSERT INTO shadow (prospect_id, model_id, points, grade, warm, was_points, was_grade,"
                f" was_warm, at) VALUES ('{who}', 'card-x', 9, '{grade}', {n == 0}, 5, '{was}', {n == 3},"
                " '2026-01-31 23:00:00')"
            )
    migrate.upgrade(empty.engine)
    with Session(empty.engine) as session:
        far = sum(shadowing.moves_far(*pair) for pair in grades)
        churn = shadowing.Churn(people=4, moved=far, warmer=1, colder=1)
        assert far == 3
        assert shadowing.churn(session, "card-x") == churn
