"""The door: the one place where a unit of work is committed, and its bells are rung."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database import Database

T = TypeVar("T")

TRIES = 5
# serialization failure, deadlock, lock not to be had in time
LOST_A_RACE = frozenset({"40001", "40P01", "55P03"})


@contextmanager
def unit_of_work(database: Database) -> Iterator[Session]:
    """A session whose work is kept, all of it, when the block ends well, else none of it.

    Queues that were posted to inside (`session.info["rung"]`) are rung after the commit.
    """
    with Session(database.engine, expire_on_commit=False) as session:
        with session.begin():
            yield session
        rung = session.info.pop("rung", None)
    if rung:
        database.ring(rung)


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """A session that can only look; it waits for no writer, and nothing is kept."""
    with Session(database.readers, autoflush=False) as session:
        yield session


def perform(database: Database, work: Callable[[Session], T]) -> T:
    """Do `work` in one unit of work and return its result.

    Work that lost a race (serialization, deadlock, lock or busy time-out, connection gone)
    is done again whole, at most five times in all: only the whole of it saw one state.
    So `work` may run more than once, and must keep nothing outside its session.
    """
    for turn in range(1, TRIES):
        try:
            return _once(database, work)
        except DBAPIError as error:
            if not _lost_a_race(error):
                raise
        time.sleep(random.uniform(0.005, 0.05) * 2**turn)  # noqa: S311 - jitter
    return _once(database, work)


def _once(database: Database, work: Callable[[Session], T]) -> T:
    with unit_of_work(database) as session:
        return work(session)


def perform_at_once(database: Database, work: Callable[[Connection], T]) -> T:
    """Do `work` on a bare connection, where the cost of a session would be felt: at the intake.

    On PostgreSQL each statement is kept as it is made, so `work` is one statement that changes
    something and any number that look. On SQLite the block is one transaction. What lost a race
    is done again, as by `perform`.
    """
    for turn in range(1, TRIES + 1):
        try:
            with _at_once(database) as connection:
                return work(connection)
        except DBAPIError as error:
            if turn == TRIES or not _lost_a_race(error):
                raise
            time.sleep(random.uniform(0.005, 0.05) * 2**turn)  # noqa: S311 - jitter
    raise AssertionError("unreachable")


@contextmanager
def _at_once(database: Database) -> Iterator[Connection]:
    if database.hasty is None:
        with database.turn, database.engine.begin() as connection:
            yield connection
    else:
        with database.hasty.connect() as connection:
            yield connection


def _lost_a_race(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if getattr(error.orig, "sqlstate", None) in LOST_A_RACE:
        return True
    return "database is locked" in str(error.orig)
