"""Makes a backup while everything runs: one snapshot of the database, read table by table into one file."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app import migrate, never_again, revision
from app.backup.archive import FORMAT, About, Manifest, writing
from app.backup.shape import Columns, selection, shape_of, together
from app.database import Database
from app.endings import FailedError, RefusedError
from app.settings import SECRET_FILE, Settings
from prospects.sealing import fingerprint

Told = Callable[[str, int], None]
"""Told of each table when it is done, and how many rows it had."""


def untold(_table: str, _rows: int) -> None:
    """For who does not want to be told."""


def backup(
    database: Database, file: Path, now: datetime, settings: Settings, *, told: Told = untold
) -> Manifest:
    """Write everything that is committed now into `file`, and say what it came to.

    Waits for nobody and keeps nobody waiting. The file is for its owner alone (0600), and appears
    under its name when it is whole. The secret key is in it if it was made by Warmline and lies in
    the data folder: who set WARMLINE_SECRET_KEY keeps it elsewhere. Raises FailedError.
    """
    with _snapshot(database) as connection:
        at = migrate.revision_of(connection)
        if at is None:
            raise RefusedError("there is nothing to back up: the database has no tables yet")
        shape = shape_of(connection)
        key = _own_key(settings)
        about = About(
            format=FORMAT,
            warmline=revision.release(),
            revision=at,
            made_at=now,
            database=connection.dialect.name,
            key=fingerprint(settings.secret_key),
            key_inside=key is not None,
            never_again=str(settings.data / never_again.FILE),
            tables={name: dict(columns) for name, columns in shape.items()},
        )
        try:
            return _write(connection, file, about, key, told)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise FailedError(f"{file} could not be written: {reason}") from error


def _snapshot(database: Database) -> Connection:
    """A connection that sees the database as it is at its first look, for as long as it is open."""
    if database.on_sqlite:
        return database.readers.connect()
    connection = database.readers.connect().execution_options(isolation_level="REPEATABLE READ")
    # The time-outs are for people who wait; nobody waits for this.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    return connection


def _write(
    connection: Connection, file: Path, about: About, key: str | None, told: Told
) -> Manifest:
    with writing(file, about) as writer:
        if key is not None:
            writer.key(key)
        for name, columns in about.tables.items():
            told(name, writer.table(name, _rows(connection, name, columns)).rows)
        return writer.close()


def _rows(connection: Connection, table: str, columns: Columns) -> Iterator[Sequence[Any]]:
    streaming = connection.execution_options(stream_results=True, yield_per=together(columns))
    yield from streaming.exec_driver_sql(selection(connection, table, columns))


def _own_key(settings: Settings) -> str | None:
    path = settings.data / SECRET_FILE
    own = path.read_text().strip() if path.exists() else None
    return own if own == settings.secret_key else None
