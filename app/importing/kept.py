"""A file as it is kept until its rows are in: begun, its bytes in pieces, its first rows, its counts."""

import codecs
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.endings import FailedError
from app.importing import pieces
from app.importing.batch import Tally
from app.importing.rows import BatchRow, Holds, ImportRow, PieceRow, State
from app.importing.sheet import OddEncodingError, Row, bounded, encoding_of, look, table
from prospects import outbox
from prospects.ids import new_id
from prospects.topics import Topic

LARGEST = 256 << 20
"""Bytes of a file: a million rows of two hundred characters, and some."""
KEPT_FOR = timedelta(days=30)
"""Then the bytes of a file nobody brought in go, and the cells of rows that were refused."""
SOON = timedelta(hours=2)
"""A step that failed is tried again by then; the one that lets an old file go comes much later."""
AT_ONCE = 16
"""Pieces that are written in one unit of work."""
FIRST = 5
"""Rows that the page shows before anything is brought in."""
COUNTS = ("rows", "leads", "activities", "came_before", "people", "unwanted")


def begun(source: str, name: str, holds: Holds, now: datetime, *, by: str) -> ImportRow:
    """An import that has no bytes yet."""
    return ImportRow(
        id=new_id(now), source=source, name=name[-200:], holds=holds, state=State.UPLOADING,
        by=by, made_at=now, size=0, looks=[], separator=",", header=[], said={}, enrol=False,
        begins=0, at_byte=0, at_line=1, batch=0, refused=0, **dict.fromkeys(COUNTS, 0),
    )  # fmt: skip


def keep(database: Database, file: BinaryIO, row: ImportRow) -> UUID:
    """Keep the bytes of `file` for this import, and find out how it is written.

    Raises FailedError for what is no table; nothing of it is kept then.
    """
    looks: list[tuple[str, str]] = []
    try:
        found = encoding_of(file, row.name)
        row.encoding, row.begins = found.encoding, found.begins
    except OddEncodingError as error:
        looks = [(each, line) for each, line in error.looks]
    row.looks = [list(each) for each in looks]
    import_id = row.id
    perform(database, partial(_add, row=row))
    file.seek(0)
    n = size = 0
    while some := _some(file, n):
        perform(database, lambda s, some=some: s.add_all(_pieces(import_id, some)))  # type: ignore[misc]
        n, size = n + len(some), size + sum(len(each) for _, each in some)
    try:
        perform(database, partial(_whole, import_id=import_id, size=size))
    except FailedError:
        perform(database, partial(_drop, import_id=import_id))
        raise
    return import_id


def _add(session: Session, *, row: ImportRow) -> None:
    session.add(row)
    outbox.post(session, Topic.IMPORT, [row.id], row.made_at, due_at=row.made_at + KEPT_FOR)


def _drop(session: Session, *, import_id: UUID) -> None:
    pieces.discard(session, import_id)
    session.delete(session.get_one(ImportRow, import_id))


def _some(file: BinaryIO, n: int) -> list[tuple[int, bytes]]:
    read = ((n + turn, file.read(pieces.SIZE)) for turn in range(AT_ONCE))
    return [(at, each) for at, each in read if each]


def _pieces(import_id: UUID, some: Sequence[tuple[int, bytes]]) -> list[PieceRow]:
    return [PieceRow(import_id=import_id, n=n, bytes=each) for n, each in some]


def _whole(session: Session, *, import_id: UUID, size: int) -> None:
    row = session.get_one(ImportRow, import_id)
    row.size, row.state = size, State.READY
    if row.encoding:
        settle(session, row, row.encoding)


def settle(session: Session, row: ImportRow, encoding: str) -> None:
    """Read it in this encoding from now on. Raises FailedError where there is no header or no such encoding."""
    try:
        name = codecs.lookup(encoding).name
        separator, header = look(lambda: pieces.text(session, row.id, name, row.begins), row.name)
    except (LookupError, UnicodeError) as error:
        raise FailedError(f"it cannot be read as {encoding}: {error}") from None
    row.encoding, row.separator, row.header = name, separator, list(header)
    rewind(session, row)


def rewind(session: Session, row: ImportRow) -> None:
    """Begin anew at the first row below the header; which rows a trial refused is forgotten."""
    tried = delete(BatchRow).where(BatchRow.import_id == row.id, BatchRow.delivery_id.is_(None))
    session.execute(tried.execution_options(synchronize_session=False))
    row.at_byte, row.at_line, row.batch, row.refused = row.begins, 1, 0, 0
    for name in COUNTS:
        setattr(row, name, 0)
    if row.encoding:
        read(session, row, 1)


def go_on(session: Session, row: ImportRow, now: datetime) -> None:
    """Promise the next step, unless it is promised: of two, each would wait for the other to the file's end."""
    if not outbox.is_promised(session, Topic.IMPORT, row.id, now + SOON):
        outbox.post(session, Topic.IMPORT, [row.id], now)


def read(session: Session, row: ImportRow, most: int) -> list[Row]:
    """The next rows, at most so many, and step behind them; empty lines are passed over."""
    assert row.encoding
    text = pieces.text(session, row.id, row.encoding, row.at_byte)
    lines = pieces.Counted(text, row.encoding, row.at_byte)
    found: list[Row] = []
    for line, cells in table(iter(lines), row.separator, row.name, begins=row.at_line):
        found += [(line, cells)] if any(cells) else []
        if len(found) == most:
            break
    row.at_line += lines.count
    row.at_byte = lines.at
    return found


def first_rows(session: Session, row: ImportRow) -> list[Row]:
    """The first rows below the header, to look at."""
    if row.encoding is None:
        return []
    with pieces.text(session, row.id, row.encoding, row.begins) as text:
        found = table(bounded(text), row.separator, row.name)
        next(found, None)
        return list(islice((each for each in found if any(each[1])), FIRST))


def add(row: ImportRow, tally: Tally) -> None:
    """Count these rows too."""
    for name in COUNTS:
        setattr(row, name, getattr(row, name) + getattr(tally, name))
    row.refused += len(tally.refused)
