"""The source report as a table for spreadsheets, in which no cell is ever a formula."""

import csv
from collections.abc import Sequence
from io import StringIO

from app.reports.journeys import Measure
from app.reports.sources import PATHS, Line

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(lines: Sequence[Line]) -> str:
    """One row a line; amounts, costs and stages found in columns of their own."""
    stages = sorted({stage for line in lines for stage in line.found})
    currencies = sorted({currency for line in lines for currency in line.amounts})
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [
            *("source", "campaign", "month"),
            *(measure.value for measure in Measure),
            *(guarded(f"found {stage}") for stage in stages),
            *(f"amount {currency}" for currency in currencies),
            *("cost", "cost currency", "cost per buyer"),
            *(f"days {path}" for path in PATHS),
        ]
    )
    for line in lines:
        writer.writerow(_row(line, stages, currencies))
    return out.getvalue()


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) else text


def _row(line: Line, stages: Sequence[str], currencies: Sequence[str]) -> list[object]:
    cost, currency = line.cost or ("", "")
    return [
        *(guarded(text) for text in (line.source, line.campaign, line.month)),
        *(line.counts[measure] for measure in Measure),
        *(line.found.get(stage, 0) for stage in stages),
        *(line.amounts.get(each, 0) for each in currencies),
        *(cost, currency, "" if line.cost_per_buyer is None else line.cost_per_buyer),
        *("" if line.days[path] is None else line.days[path] for path in PATHS),
    ]
