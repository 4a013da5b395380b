"""Writers take turns, readers wait for nobody, and what is committed stays."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database import Database, NotDurableError, check_durable
from app.door import perform, reading, unit_of_work
from prospects.rows import AccountRow

# PostgreSQL gives greater ones back as whole numbers, which are a little off.
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(-1e15, 1e15)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DOCUMENTS = st.dictionaries(
    WORDS, st.recursive(PLAIN | WORDS, lambda some: st.lists(some) | st.dictionaries(WORDS, some))
)


@pytest.fixture
def counter(database: Database) -> Database:
    with unit_of_work(database) as session:
        session.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    return database


def count(database: Database) -> int:
    with reading(database) as session:
        return int(session.execute(text("SELECT n FROM counter")).scalar_one())


def test_work_that_fails_leaves_nothing(counter: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(counter) as session:
        session.execute(text("UPDATE counter SET n = 1"))
        _ = 1 / 0
    assert count(counter) == 0


def test_a_reader_cannot_write(counter: Database) -> None:
    with reading(counter) as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE counter SET n = 1"))


def test_a_reader_waits_for_no_writer(counter: Database) -> None:
    with unit_of_work(counter) as session:
        session.execute(text("UPDATE counter SET n = 1"))
        assert count(counter) == 0
    assert count(counter) == 1


def test_eight_who_read_and_then_write_lose_no_update(counter: Database) -> None:
    lock = "" if counter.on_sqlite else " FOR UPDATE"

    def add_one(session: Session) -> None:
        n = session.execute(text(f"SELECT n FROM counter{lock}")).scalar_one()
        session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    def add_many() -> None:
        for _ in range(25):
            perform(counter, add_one)

    threads = [threading.Thread(target=add_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(counter) == 200


def test_work_that_loses_a_race_is_done_again_whole(counter: Database) -> None:
    turns: list[int] = []

    def lose_once(session: Session) -> str:
        turns.append(1)
        session.execute(text("UPDATE counter SET n = n + 1"))
        if len(turns) == 1:
            error = Exception("database is locked")
            raise DBAPIError("UPDATE", {}, error)
        return "done"

    assert perform(counter, lose_once) == "done"
    assert count(counter) == 1


def test_the_bell_is_rung_after_the_commit_and_only_then(counter: Database) -> None:
    seen: list[tuple[int, set[str]]] = []
    belled = replace(counter, ring=lambda rung: seen.append((count(counter), set(rung))))
    with unit_of_work(belled) as session:
        session.info["rung"] = {"inside"}
        session.execute(text("UPDATE counter SET n = 7"))
    with pytest.raises(ZeroDivisionError), unit_of_work(belled) as session:
        session.info["rung"] = {"outside"}
        _ = 1 / 0
    assert seen == [(7, {"inside"})]


def test_a_database_that_forgets_commits_is_refused(database: Database) -> None:
    check_durable(database.engine)
    weak = "PRAGMA synchronous=NORMAL" if database.on_sqlite else "SET synchronous_commit=off"
    with database.engine.connect() as connection:
        connection.connection.cursor().execute(weak)
        connection.connection.commit()
    with pytest.raises(NotDurableError):
        check_durable(database.engine)


# Nothing is kept between two documents.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS)
def test_a_document_is_read_as_it_was_written(session: Session, document: dict[str, Any]) -> None:
    assert read_back(session, document) == document


def test_a_document_may_be_nested_as_deeply_as_the_database_can_hold(session: Session) -> None:
    deep: dict[str, Any] = {}
    for _ in range(400):
        deep = {"within": [deep]}
    assert read_back(session, deep) == deep


def read_back(session: Session, document: dict[str, Any]) -> Any:
    return session.execute(select(literal(document, AccountRow.fields.type))).scalar_one()
