"""Brings a backup back into an empty database: nothing is sent again, and who was forgotten stays so."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import migrate, never_again
from app.backup import archive
from app.backup.afresh import REWRITTEN, Afresh
from app.backup.archive import About, Reader, as_written
from app.backup.forgetting import Wishes
from app.backup.making import Told, untold
from app.backup.shape import Columns, Kind, insertion, is_empty, shape_of, together
from app.database import Database
from app.door import perform, unit_of_work
from app.endings import FailedError, RefusedError
from app.jobs.topics import erase
from app.settings import SECRET_FILE, Settings
from prospects.sealing import fingerprint


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and what waits for a person."""

    about: About
    rows: int
    mails_held: int
    calls_held: int
    forgotten: int
    """People in the backup who asked to be forgotten after it was made."""
    lists: tuple[Path, ...]
    """The lists of who was forgotten that were read."""


def restore(
    database: Database,
    file: Path,
    now: datetime,
    settings: Settings,
    *,
    lists: Iterable[Path] = (),
    told: Told = untold,
) -> Restored:
    """Fill the empty database from `file`, made of whichever database; all of it or nothing.

    `lists` are further never-again lists; the one in the data folder, one beside `file`, and the
    one where the backup was made are read if they are there. Raises RefusedError for a database
    that is not empty, another secret key, or a backup of a newer version; FailedError for a file
    that is not whole.
    """
    with archive.reading(file) as reader:
        about = reader.about
        if not migrate.knows(about.revision):
            raise RefusedError(
                "this backup was made by a newer Warmline; mend: install that version first"
            )
        settings = _make_ready(database, reader, settings)
        afresh = Afresh(about.made_at, now)
        places = _lists(file, about, settings, lists)
        wishes = Wishes.read(places, settings.secret_key)
        try:
            with unit_of_work(database) as session:
                rows = _fill(session, reader, afresh, wishes, told)
        except DBAPIError as error:
            kind = type(error.orig).__name__
            raise FailedError(f"the database would not take the backup ({kind})") from error
    migrate.upgrade(database.engine)
    # Promised with the rows already; done now, so that nobody is there when this returns.
    for who in wishes.people:
        perform(database, partial(erase, refs=[who], now=now, settings=settings))
    return Restored(
        about, rows, afresh.held["mails"], afresh.held["calls"], len(wishes.people), places
    )


def _make_ready(database: Database, reader: Reader, settings: Settings) -> Settings:
    """Empty tables, and the key the backup was made with; whoever refuses has left everything as it was."""
    its_key = _its_key(reader, settings)
    _make_room(database, reader.about.revision)
    return settings if its_key is None else _take_key(settings, its_key)


def _its_key(reader: Reader, settings: Settings) -> str | None:
    """The key the backup was made with, if it is inside and not the one there is; None if it is.

    Raises RefusedError if it is neither, FailedError for a key that the backup was not made with.
    """
    if reader.about.key == fingerprint(settings.secret_key):
        return None
    place = settings.data / SECRET_FILE
    ours = place.exists() and place.read_text().strip() == settings.secret_key
    if reader.key is None or not ours:
        mend = (
            "set WARMLINE_SECRET_KEY to the key it was made with"
            if reader.key is None
            else "unset WARMLINE_SECRET_KEY; the key it was made with is in the backup"
        )
        raise RefusedError(f"this backup was made with another secret key; mend: {mend}")
    if fingerprint(reader.key) != reader.about.key:
        raise FailedError("the backup is damaged: the key in it is not the one it was made with")
    return reader.key


def _take_key(settings: Settings, key: str) -> Settings:
    place = settings.data / SECRET_FILE
    # The empty database has nothing that the other key had sealed; kept all the same.
    os.replace(place, place.with_name(f"{SECRET_FILE}.replaced"))
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return replace(settings, secret_key=key)


def _make_room(database: Database, revision: str) -> None:
    """Empty tables of the backup's revision."""
    with database.readers.connect() as connection:
        shape = shape_of(connection)
        if not is_empty(connection, shape):
            raise RefusedError(
                "a backup goes into an empty database only, and this one holds something;"
                " mend: give --data a new folder, or DATABASE_URL a new database"
            )
        current = migrate.revision_of(connection)
    if current == revision:
        return
    if current is not None:
        migrate.downgrade(database.engine, "base")
    migrate.upgrade(database.engine, revision)


def _fill(session: Session, reader: Reader, afresh: Afresh, wishes: Wishes, told: Told) -> int:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    shape = shape_of(connection)
    if {name: dict(columns) for name, columns in shape.items()} != reader.about.tables:
        raise FailedError("the backup's tables are not those of its revision; it cannot be read")
    total = 0
    for table, lines in reader.rows():
        columns = shape[table]
        count = _write(connection, table, columns, _turned(table, columns, lines, afresh, wishes))
        told(table, count)
        total += count
    for table, more in (
        ("configuration", [afresh.switch()]),
        ("message", [*afresh.promises(), *wishes.promises(afresh)]),
        ("tombstone", wishes.tombstones()),
        ("suppression", wishes.suppressions()),
    ):
        _write(connection, table, shape[table], as_written(more, shape[table]))
    return total


def _turned(
    table: str, columns: Columns, rows: Iterator[list[Any]], afresh: Afresh, wishes: Wishes
) -> Iterator[list[Any]]:
    """The rows as they come back."""
    names = list(columns)
    looked_at = table in REWRITTEN
    for row in rows:
        wishes.see(table, names, row)
        if not looked_at:
            yield row
        elif (turned := afresh.turn(table, dict(zip(names, row, strict=True)))) is not None:
            yield [turned[name] for name in names]


def _write(connection: Connection, table: str, columns: Columns, rows: Iterable[list[Any]]) -> int:
    statement = insertion(connection, table, columns)
    blobs = [n for n, kind in enumerate(columns.values()) if kind is Kind.BYTES]
    read = (_with_bytes(row, blobs) for row in rows) if blobs else iter(rows)
    cursor: Any = connection.connection.cursor()
    count = 0
    if connection.dialect.name == "sqlite":
        while batch := list(islice(read, together(columns))):
            cursor.executemany(statement, batch)
            count += len(batch)
        return count
    with cursor.copy(statement) as copy:
        for row in read:
            copy.write_row(row)
            count += 1
    return count


def _with_bytes(row: list[Any], blobs: list[int]) -> list[Any]:
    for n in blobs:
        row[n] = None if row[n] is None else bytes.fromhex(row[n])
    return row


def _lists(file: Path, about: About, settings: Settings, given: Iterable[Path]) -> tuple[Path, ...]:
    usual = (
        settings.data / never_again.FILE,
        file.absolute().with_name(never_again.FILE),
        Path(about.never_again),
    )
    found = (path for path in usual if path.is_file() and os.access(path, os.R_OK))
    return tuple(dict.fromkeys(path.resolve() for path in (*given, *found)))
