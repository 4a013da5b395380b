"""Rows of a file that were refused, as a file to mend and bring in again, in which no cell is a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from app.importing.batch import Refusal
from app.reports.table import guarded


def as_csv(header: Sequence[str], refused: Iterable[Refusal]) -> Iterator[str]:
    """A line for each, with its line in the file, why, and what stood in it."""
    yield _line(["line", "reason", *header])
    for each in refused:
        yield _line([str(each.line), each.reason, *each.cells])


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([guarded(each) for each in cells])
    return out.getvalue()
