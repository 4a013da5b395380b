"""Which columns of a log are whose, when and what is found out, or asked for in one line."""

from pathlib import Path

import pytest

from app.labelled.asked import EventsAsked, WrongAskError
from app.labelled.labelled import Labelled
from tests.labelled.files import read, write

ROWS = [[f"L{n}", "2026-02-01", n % 3, "yes" if n % 2 else "no"] for n in range(60)]


def told(tmp_path: Path, header: list[str], row: list[str], **said: str) -> Labelled:
    """A log with one event a lead; `{n}` in a cell is its number, `said` which columns they are."""
    path = write(tmp_path / "leads.csv", ["lead", "seen", "size", "won"], ROWS)
    rows = [[cell.format(n=n, kind="ab"[n % 2]) for cell in row] for n in range(60)]
    log = EventsAsked(path=write(tmp_path / "events.csv", header, rows), **said)
    return read(path, time="seen", id="lead", events=log)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        # A process log, as XES names its columns.
        (["case:concept:name", "concept:name", "time:timestamp"], ["L{n}", "{kind}", "2026-01-20T10:00:00.000+02:00"]),
        # An id of the event beside the lead's.
        (["id", "person", "event", "at"], ["E{n}", "L{n}", "{kind}", "2026-01-20 10:00"]),
        # Headings nobody knows.
        (["quem", "quando", "o que"], ["L{n}", "20/01/2026 10:{n:02}", "{kind}"]),
    ],
)  # fmt: skip
def test_a_logs_columns_are_found_by_name_or_by_what_they_hold(
    tmp_path: Path, header: list[str], row: list[str]
) -> None:
    found = told(tmp_path, header, row)
    assert any("60 events lie before" in each for each in found.remarks)
    assert any(name.startswith("did.any") for name in (*found.table.columns, *found.of))


def test_a_logs_columns_may_be_said_in_other_letters(tmp_path: Path) -> None:
    row = ["E{n}", "L{n}", "{kind}", "2026-01-20 10:00"]
    found = told(tmp_path, ["id", "Quem", "O que", "Quando"], row, id="quem", kind="o  que")
    assert any("whose is `Quem`, when is `Quando`" in each for each in found.remarks)
    with pytest.raises(WrongAskError, match=r"--events-id: .*events\.csv has no column `quen`"):
        told(tmp_path, ["id", "Quem", "O que", "Quando"], row, id="quen")


def test_a_log_of_other_ids_is_refused_with_one_of_each(tmp_path: Path) -> None:
    with pytest.raises(WrongAskError, match="says `17-0`, `lead` of the table `L0`"):
        told(tmp_path, ["id", "kind", "at"], ["17-{n}", "{kind}", "2026-01-20"])
