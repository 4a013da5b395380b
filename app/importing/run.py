"""Brings the rows of a file in, some hundred at a time, and counts what became of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, rehearse
from app.importing.columns import Column, ColumnsError, item_of
from webhooks.adapter import Came
from webhooks.decide import CAME_BEFORE
from webhooks.fates import Fate
from webhooks.importing import take
from webhooks.rows import CaptureState

BATCH = 500
"""Rows of one unit of work, and of one delivery."""
Row = tuple[int, list[str]]
"""The line it begins at, and its cells."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: the line it begins at, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the rows of a file so far."""

    rows: int = 0
    leads: int = 0
    activities: int = 0
    came_before: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How a file is to be brought in: from which source, its columns, and whether anything is kept."""

    source: str
    columns: Sequence[Column]
    came: Came = Came.QUIETLY
    dry: bool = False
    secret: str = field(repr=False)


def bring_in(
    database: Database, rows: Iterable[Row], how: Import, told: Callable[[Report], None]
) -> Report:
    """Bring all rows in; `told` hears how far it is after each batch.

    Each batch is a unit of work of its own: whoever stops it and runs it again loses and doubles
    nothing. A dry run does the same and keeps none of it.
    """
    report = Report()
    for batch in _batches(rows):
        report.rows += len(batch)
        items = list(_items(batch, how.columns, report))
        if items:
            _count(report, items, _fates(database, [item for _, item in items], how))
        told(report)
    report.refused.sort(key=lambda each: each.line)
    return report


def _fates(database: Database, items: Sequence[dict[str, Any]], how: Import) -> list[Fate]:
    now = database.clock.now()

    def work(session: Session) -> list[Fate]:
        return take(session, items, how.source, now, came=how.came, secret=how.secret)

    return rehearse(database, work) if how.dry else perform(database, work)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _items(
    batch: Sequence[Row], columns: Sequence[Column], report: Report
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row's line and item; a row that cannot be one is refused."""
    for line, cells in batch:
        try:
            yield line, item_of(columns, cells)
        except ColumnsError as error:
            report.refused.append(Refusal(line, "; ".join(map(str, error.faults))))


def _count(
    report: Report, items: Sequence[tuple[int, dict[str, Any]]], fates: Sequence[Fate]
) -> None:
    for (line, item), fate in zip(items, fates, strict=True):
        if fate.state is not CaptureState.RECORDED:
            report.refused.append(Refusal(line, fate.reason or f"it is {fate.state}"))
        elif fate.reason == CAME_BEFORE:
            report.came_before += 1
        elif "activity" in item:
            report.activities += 1
        else:
            report.leads += 1
