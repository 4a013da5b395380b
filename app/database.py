"""Opens the database, SQLite or PostgreSQL, so that a commit survives a power cut."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

import pydantic_core
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app.clock import Clock

BUSY_SECONDS = 15
# Lock waits are short because a refused piece of work is retried whole (see app/door.py);
# an idle transaction holds locks that others wait for, so the server ends it.
POSTGRES_OPTIONS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    # Our statements are short: compiling one would take longer than carrying it out.
    "jit": "off",
    "timezone": "UTC",
    "application_name": "warmline",
}


class NotDurableError(Exception):
    """The database may lose a commit it has acknowledged."""


def silence(_queues: Collection[str]) -> None:
    """The bell of a database that nobody listens to."""


@dataclass(frozen=True, slots=True)
class Database:
    """Two ways into one database: `engine` for writers, `readers` for those who only look.

    `ring` is called with the names of the queues that got work, after the commit.
    `hasty` is for the intake alone (`door.perform_at_once`): on PostgreSQL connections on which
    each statement is a transaction and that nobody asks whether they still live, because their
    work is done again if not. On SQLite `turn` lets its threads queue up instead of polling.
    `clock` is the time it goes by: the world's, but for a demo's.
    `closed` tells those who work beside the requests to leave it alone.
    """

    engine: Engine
    readers: Engine
    ring: Callable[[Collection[str]], None] = silence
    hasty: Engine | None = None
    turn: Lock = field(default_factory=Lock, repr=False, compare=False)
    clock: Clock = field(default_factory=Clock, repr=False, compare=False)
    closed: Event = field(default_factory=Event, repr=False, compare=False)

    @property
    def on_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.closed.set()
        self.engine.dispose()
        self.readers.dispose()
        if self.hasty is not None:
            self.hasty.dispose()


def open_database(
    url: str, *, ring: Callable[[Collection[str]], None] = silence, connections: int = 20
) -> Database:
    """The database at `url`; nothing is connected to yet. `connections`: at most so many."""
    if url.startswith("sqlite"):
        return Database(
            engine=_sqlite(url, connections=connections, writes=True),
            readers=_sqlite(url, connections=connections, writes=False),
            ring=ring,
        )
    engine = _postgres(url, connections=connections, pool_pre_ping=True)
    return Database(
        engine=engine,
        readers=engine.execution_options(postgresql_readonly=True),
        ring=ring,
        hasty=_postgres(url, connections=connections, isolation_level="AUTOCOMMIT"),
    )


def _postgres(url: str, *, connections: int, **options: Any) -> Engine:
    return create_engine(
        url,
        # An error's text must not carry what a prospect typed into a log.
        hide_parameters=True,
        json_serializer=_written,
        json_deserializer=_read,
        # No overflow: it would be connected anew for each use, which costs more than the work.
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 5,
            "options": " ".join(f"-c {name}={value}" for name, value in POSTGRES_OPTIONS.items()),
        },
        **options,
    )


def _written(document: Any) -> bytes | str:
    """A document as JSON, in a fifth of the standard library's time, which writes what is nested too deeply for it."""
    try:
        return pydantic_core.to_json(document)
    except ValueError:
        return json.dumps(document)


def _read(document: bytes | str) -> Any:
    """A document from JSON, in half of the standard library's time, which reads what is nested too deeply for it."""
    try:
        return pydantic_core.from_json(document)
    except ValueError:
        return json.loads(document)


def _sqlite(url: str, *, connections: int, writes: bool) -> Engine:
    engine = create_engine(
        url,
        # An error's text must not carry what a prospect typed into a log.
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN would come late and deferred; ours is sent below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # What erasure empties is overwritten in the file; not every build does so by itself.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once with "database is
        # locked" when another writer was quicker; IMMEDIATE takes its turn instead.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def check_durable(engine: Engine) -> None:
    """Raise NotDurableError unless an acknowledged commit is on the disk."""
    with engine.connect() as connection:
        ask = _sqlite_weakness if engine.dialect.name == "sqlite" else _postgres_weakness
        weakness = ask(lambda query: connection.execute(text(query)).scalar_one())
    if weakness:
        raise NotDurableError(weakness)


def _sqlite_weakness(ask: Callable[[str], Any]) -> str | None:
    if ask("PRAGMA journal_mode") != "wal":
        return "SQLite does not use its write-ahead log here; is this a network file system?"
    return None if ask("PRAGMA synchronous") >= 2 else "SQLite must run with synchronous=FULL"


def _postgres_weakness(ask: Callable[[str], Any]) -> str | None:
    if ask("SHOW fsync") != "on":
        return "PostgreSQL runs with fsync=off: set fsync=on"
    if ask("SHOW synchronous_commit") == "off":
        return "PostgreSQL runs with synchronous_commit=off: set synchronous_commit=on"
    return None
