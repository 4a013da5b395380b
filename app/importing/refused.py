"""Rows of a file that were refused, as a file to mend and bring in again, in which no cell is a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.importing.batch import Refusal
from app.importing.rows import BatchRow
from app.reports.table import guarded


def as_csv(header: Sequence[str], refused: Iterable[Refusal]) -> Iterator[str]:
    """A line for each, with its line in the file, why, and what stood in it."""
    yield _line(["line", "reason", *header])
    yield from lines(refused)


def lines(refused: Iterable[Refusal]) -> Iterator[str]:
    """The same without the names of the columns."""
    for each in refused:
        yield _line([str(each.line), each.reason, *each.cells])


def of_batches(session: Session, import_id: UUID) -> Iterator[list[Refusal]]:
    """The rows of an import that were refused, batch by batch."""
    batches = select(BatchRow.refused).where(BatchRow.import_id == import_id).order_by(BatchRow.n)
    for some in session.execute(batches).scalars().yield_per(50):
        yield [Refusal(line, reason, cells) for line, reason, *cells in some]


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([guarded(each) for each in cells])
    return out.getvalue()
