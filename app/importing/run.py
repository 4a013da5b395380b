"""Brings the rows of a file in for a command, some hundred at a time, and counts what became of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, rehearse
from app.endings import FailedError
from app.importing import undoing
from app.importing.batch import How, Refusal, Tally, bring
from app.importing.kept import add, begun
from app.importing.rows import ImportRow, State
from app.importing.sheet import Row
from prospects import audit
from prospects.ids import parse_id

BATCH = 500
"""Rows of one unit of work, and of one delivery."""
COMMAND = "warmline import"


@dataclass(slots=True)
class Report:
    """What became of the rows of a file so far."""

    rows: int = 0
    leads: int = 0
    activities: int = 0
    came_before: int = 0
    unwanted: int = 0
    refused: list[Refusal] = field(default_factory=list)
    import_id: UUID | None = None

    def add(self, tally: Tally) -> None:
        self.rows += tally.rows
        self.leads += tally.leads
        self.activities += tally.activities
        self.came_before += tally.came_before
        self.unwanted += tally.unwanted
        self.refused += tally.refused


def bring_in(
    database: Database,
    rows: Iterable[Row],
    how: How,
    told: Callable[[Report], None],
    *,
    file: Path | None,
) -> Report:
    """Bring all rows in; `told` hears how far it is after each batch. Without a `file` nothing is kept.

    Each batch is a unit of work of its own: whoever stops it and runs it again loses and doubles
    nothing. A dry run does the same and keeps none of it.
    """
    report = Report()
    if file is not None:
        report.import_id = perform(
            database, partial(_begin, file=file, how=how, now=database.clock.now())
        )
        how = replace(how, import_id=report.import_id)
    for n, batch in enumerate(_batches(rows)):
        now = database.clock.now()
        work = partial(_batch, batch=batch, how=how, now=now, n=n)
        report.add(rehearse(database, work) if file is None else perform(database, work))
        told(report)
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


def _begin(session: Session, *, file: Path, how: How, now: datetime) -> UUID:
    row = begun(how.source, file.name, how.holds, now, by=COMMAND)
    row.state, row.size = State.RUNNING, file.stat().st_size
    session.add(row)
    audit.note(session, "import begun", row.id, now, who=COMMAND)
    return row.id


def _batch(session: Session, *, batch: Sequence[Row], how: How, now: datetime, n: int) -> Tally:
    row = session.get_one(ImportRow, how.import_id) if how.import_id else None
    if row is not None and row.state != State.RUNNING:
        raise FailedError("somebody is taking this import back")
    tally = bring(session, batch, how, now, n=n)
    if row is not None:
        add(session.get_one(ImportRow, row.id), tally)
    return tally


def _end(session: Session, *, import_id: UUID, now: datetime) -> None:
    row = session.get_one(ImportRow, import_id)
    row.state, row.ended_at = State.DONE, now


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch
