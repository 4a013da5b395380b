"""Drives one process through time: sets the clock, has done what is due there, and goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import bindparam, event, func, or_, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs.drain import drain
from app.settings import Settings
from prospects import due
from prospects.message import MessageRow, State
from prospects.store import table_of
from prospects.topics import Queue

T = TypeVar("T")

GRAIN = timedelta(minutes=60)
"""What is due within so long of each other is done together: a story needs no seconds."""


_message = table_of(MessageRow)
_WAITING = (
    select(_message.c.queue)
    .distinct()
    .where(_message.c.due_at <= bindparam("now", type_=_message.c.due_at.type))
    .where(or_(_message.c.state == State.WAITING, _message.c.lease.is_not(None)))
)


class Director:
    """The only one who works while a demo is filled; its clock stands still between two steps."""

    def __init__(self, database: Database, settings: Settings, at: datetime) -> None:
        self.database = database
        self.settings = settings
        self.at = at
        database.clock.go_by(lambda: self.at)

    def go_to(self, at: datetime, look: Callable[[], object] = lambda: None) -> None:
        """Let time pass until `at`; after everything that was done, `look` may act."""
        while (soonest := soonest_due(self.database)) and soonest <= at:
            self.at = max(self.at, min(at, soonest + GRAIN))
            self.settle()
            look()
        self.at = max(self.at, at)

    def settle(self) -> None:
        """Do what is due now, and what comes of it."""
        while queues := waiting(self.database, self.at):
            for queue in sorted(queues):
                self._drain(queue)

    def _drain(self, queue: Queue) -> None:
        def enough() -> bool:
            return queue not in waiting(self.database, self.at)

        drain(self.database, self.settings, queue, enough)

    def do(self, work: Callable[[Session], T]) -> T:
        """One unit of work of the engine's own."""
        return perform(self.database, work)


def waiting(database: Database, now: datetime) -> set[Queue]:
    """Queues with something due; asked thousands of times, so in one statement."""
    with database.readers.connect() as connection:
        found = connection.execute(_WAITING, {"now": now}).scalars()
        return {Queue(each) for each in found}


def soonest_due(database: Database) -> datetime | None:
    """When something is due next, or has been."""
    soonest = select(func.min(MessageRow.due_at))
    with reading(database) as session:
        found: list[datetime | None] = [
            session.execute(soonest.where(MessageRow.queue == queue, *due.FRESH)).scalar_one()
            for queue in Queue
        ]
    return min((each for each in found if each), default=None)


@contextmanager
def in_a_hurry(database: Database) -> Iterator[None]:
    """Commits do not wait for the disk meanwhile; a demo that loses power is filled anew anyway."""
    on_sqlite = database.on_sqlite
    wish = "PRAGMA synchronous=OFF" if on_sqlite else "SET synchronous_commit = off"

    def at_once(connection: Any, *, yes: bool) -> None:
        if not on_sqlite:
            connection.autocommit = yes

    def hurry(connection: Any, *_: object) -> None:
        at_once(connection, yes=True)
        cursor = connection.cursor()
        cursor.execute(wish)
        cursor.close()
        at_once(connection, yes=False)

    database.engine.dispose()
    event.listen(database.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(database.engine, "connect", hurry)
        database.engine.dispose()
