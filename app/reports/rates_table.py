"""Claim accuracy as a table for spreadsheets, in which no cell is ever a formula."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from app.reports.rates import By, Rate
from app.reports.table import guarded
from prospects.kinds import Verdict

FOUND = tuple(each for each in Verdict if each is not Verdict.NOT_REACHED)


def as_csv(lines: Sequence[Rate], names: Mapping[str, str]) -> str:
    """One row a line; shares are 0–1, each with its interval. `names` are of colleagues by id."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [
            *("by", "value", "checked"),
            *(each.value for each in FOUND),
            *("over", "over low", "over high", "under", "under low", "under high"),
        ]
    )
    for line in lines:
        value = names.get(line.value, line.value) if line.by is By.REP else line.value
        shares = (
            round(figure, 4)
            for share in (line.over, line.under)
            for figure in (share.value, share.low, share.high)
        )
        counts = (line.verdicts.get(each, 0) for each in FOUND)
        writer.writerow([line.by.value, guarded(value), line.checked, *counts, *shares])
    return out.getvalue()
