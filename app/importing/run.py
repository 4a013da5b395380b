"""Brings the rows of a file in for a command, some hundred at a time, and counts what became of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.endings import FailedError
from app.importing import refused, undoing
from app.importing.batch import How, Refusal, Tally, bring, foresee
from app.importing.kept import add, begun
from app.importing.rows import ImportRow, State
from app.importing.sheet import Row, Sheet
from prospects import audit
from prospects.ids import parse_id
from prospects.store import on_sqlite
from webhooks.adapter import Came

BATCH = 500
"""Rows of one unit of work, and of one delivery."""
COMMAND = "warmline import"
MOST_LISTED = 10_000
"""Refused rows whose reasons are kept in memory; a file of them has no such end."""


@dataclass(slots=True)
class Report:
    """What became of the rows of a file so far; `listed` are the first that were refused, without their cells.

    `before` are rows that an earlier run, which was stopped, had brought in; they are counted too.
    """

    rows: int = 0
    leads: int = 0
    activities: int = 0
    came_before: int = 0
    unwanted: int = 0
    refused: int = 0
    listed: list[Refusal] = field(default_factory=list)
    before: int = 0
    import_id: UUID | None = None

    def add(self, tally: Tally) -> None:
        self.rows += tally.rows
        self.leads += tally.leads
        self.activities += tally.activities
        self.came_before += tally.came_before
        self.unwanted += tally.unwanted
        self.add_refused(tally.refused)

    def add_refused(self, refused: Sequence[Refusal]) -> None:
        self.refused += len(refused)
        room = MOST_LISTED - len(self.listed)
        self.listed += [Refusal(each.line, each.reason) for each in refused[:room]]


Told = Callable[[Report, Sequence[Refusal]], None]
"""Hears how far it is, and which rows were refused since it heard so last."""


def bring_in(
    database: Database, rows: Iterable[Row], how: How, told: Told, *, sheet: Sheet | None
) -> Report:
    """Bring all rows in; `told` hears how far it is after each batch. Without a `sheet` nothing is kept.

    Each batch is a unit of work of its own, which moves the mark of how far the file is: whoever
    stops it and runs it again goes on there, as the same import. A dry run keeps none of it.
    """
    report, first = Report(), 0
    if sheet is not None:
        now = database.clock.now()
        stands = perform(database, partial(_stands, sheet=sheet, how=how, now=now))
        how, first = replace(how, import_id=stands.id), stands.batch
        _earlier(database, stands, report, told)
    for n, batch in enumerate(_batches(islice(rows, report.before, None)), first):
        now = database.clock.now()
        if sheet is None:
            with reading(database) as session:
                tally = foresee(session, batch, how, now)
        else:
            tally = perform(database, partial(_batch, batch=batch, how=how, now=now, n=n))
        report.add(tally)
        told(report, tally.refused)
    if report.import_id:
        perform(database, partial(_end, import_id=report.import_id, now=database.clock.now()))
    return report


def take_back(database: Database, text: str, *, secret: str) -> ImportRow | None:
    """Take a whole import back, here and now; None if there is none of this id that could be.

    Whoever stops it leaves the rest to the workers.
    """
    now = database.clock.now()
    import_id = parse_id(text)
    row = perform(database, lambda s: undoing.begin(s, import_id, now, by=COMMAND))
    while row is not None and row.state == State.UNDOING:
        row = perform(database, partial(_further, import_id=row.id, now=now, secret=secret))
    return row


def _further(session: Session, *, import_id: UUID, now: datetime, secret: str) -> ImportRow:
    row = session.get_one(ImportRow, import_id)
    if row.state == State.UNDOING:
        undoing.step(session, row, now, secret=secret)
        session.flush()
        session.refresh(row)
    return row


def _stands(session: Session, *, sheet: Sheet, how: How, now: datetime) -> ImportRow:
    """The import of this very file and wish that was stopped on its way, or a new one."""
    fingerprint = _fingerprint(sheet)
    said = {each.heading: each.target for each in how.columns}
    stopped = select(ImportRow).where(
        ImportRow.state == State.RUNNING,
        ImportRow.by == COMMAND,
        ImportRow.sha256 == fingerprint,
        ImportRow.source == how.source,
        ImportRow.holds == how.holds,
        ImportRow.enrol.is_(how.came is Came.IMPORTED),
    )
    for row in session.execute(stopped.order_by(ImportRow.id)).scalars():
        if row.said == said and row.encoding == sheet.encoding:
            return row
    row = begun(how.source, sheet.path.name, how.holds, now, by=COMMAND)
    row.state, row.size, row.sha256 = State.RUNNING, sheet.path.stat().st_size, fingerprint
    row.encoding, row.separator, row.header = sheet.encoding, sheet.separator, list(sheet.header)
    row.said, row.enrol = said, how.came is Came.IMPORTED
    session.add(row)
    audit.note(session, "import begun", row.id, now, who=COMMAND)
    return row


def _fingerprint(sheet: Sheet) -> str:
    with sheet.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _earlier(database: Database, row: ImportRow, report: Report, told: Told) -> None:
    """What an earlier run did of this import is told first, as if it had been now."""
    report.import_id, report.before = row.id, row.rows
    report.add(Tally(row.rows, row.leads, row.activities, row.came_before, 0, row.unwanted))
    with reading(database) as session:
        for some in refused.of_batches(session, row.id):
            report.add_refused(some)
            told(report, some)


def _batch(session: Session, *, batch: Sequence[Row], how: How, now: datetime, n: int) -> Tally:
    row = _held(session, how.import_id) if how.import_id else None
    if row is not None and row.state != State.RUNNING:
        raise FailedError("somebody is taking this import back")
    if row is not None and row.batch != n:
        raise FailedError("another run is bringing this file in; let that one end")
    tally = bring(session, batch, how, now, n=n)
    if row is not None:
        row = session.get_one(ImportRow, row.id)
        add(row, tally)
        row.batch = n + 1
    return tally


def _held(session: Session, import_id: UUID) -> ImportRow:
    """Held until the batch is in, so that nobody takes the import back beneath it."""
    return session.get_one(ImportRow, import_id, with_for_update=not on_sqlite(session))


def _end(session: Session, *, import_id: UUID, now: datetime) -> None:
    row = session.get_one(ImportRow, import_id)
    row.state, row.ended_at = State.DONE, now


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch
