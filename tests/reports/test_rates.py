"""How often claims held, by what was behind them: every number opens its people, every share has its bounds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.reports.cells import Cell, cell_of, count, people
from app.reports.journeys import Measure
from app.reports.rates import REP_SEES_FIRST, By, allowed, rates
from app.reports.rates_table import as_csv
from prospects.member import Role
from prospects.wilson import Share
from routing.finding_rows import ConfirmationRow
from tests.reports.crowd import Made, crowd

BEHIND = {
    By.STAGE: "claimed",
    By.SOURCE: "source",
    By.CAMPAIGN: "campaign",
    By.FLOW: "flow",
    By.SIGNAL: "signal",
    By.MODEL: "model",
}


@pytest.fixture
def made(session: Session, now: datetime) -> list[Made]:
    return crowd(session, now, size=30)


def test_the_counts_are_those_of_the_people_however_they_are_told_apart(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    for by, name in BEHIND.items():
        expected = Counter((getattr(e, name), e.verdict) for e in made if e.verdict is not None)
        lines = rates(session, by, now)
        told = {(line.value, said): n for line in lines for said, n in line.verdicts.items()}
        assert told == expected, by
        assert [line.checked for line in lines] == sorted(
            (line.checked for line in lines), reverse=True
        )


def test_every_number_opens_a_list_that_adds_up_to_it(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    cells: list[tuple[Cell, int]] = []
    for by in By:
        for line in rates(session, by, now, source="site"):
            cells += [(line.cell(verdict), number) for verdict, number in line.verdicts.items()]
            cells.append((line.cell(), line.checked))

    for cell, number in cells:
        asked = cell_of(dict(pair.split("=") for pair in cell.query.split("&")) | plain(cell))
        assert asked == cell
        listed = people(session, cell, limit=1000)
        assert len(listed) == number == count(session, cell), cell
    assert len(cells) > 20


def plain(cell: Cell) -> dict[str, str]:
    """What an address says of a cell, undone of its escapes."""
    names = ("campaign", "signal", "model", "flow")
    return {name: value for name in names if (value := getattr(cell, name)) is not None}


def test_by_rep_nothing_is_shown_that_the_rep_has_not_seen_first(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    edge = (now - REP_SEES_FIRST).replace(hour=0, minute=0)
    standing = session.execute(
        select(ConfirmationRow).where(ConfirmationRow.superseded_at.is_(None))
    ).scalars()
    old = sum(row.recorded_at < edge for row in standing)

    lines = rates(session, By.REP, now)

    assert 0 < old < sum(made_.verdict is not None for made_ in made)
    assert sum(line.checked for line in lines) == old
    (line,) = lines
    asked = Cell(measure=Measure.CHECKED, rep=line.value)
    later = asked.before((now + timedelta(days=9)).strftime("%Y-%m-%d"))
    assert count(session, allowed(asked, now)) == old
    assert count(session, allowed(later, now)) == old
    assert allowed(Cell(flow="spring"), now) == Cell(flow="spring")


def test_what_a_spot_check_found_is_in_no_report(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    assert rates(session, By.MODEL, now) != []
    session.execute(update(ConfirmationRow).values(drawn=0.05))
    assert rates(session, By.MODEL, now) == []


def test_an_address_with_a_day_or_colleague_that_is_none_names_no_cell() -> None:
    assert cell_of({"until": "2026-02-30"}) is None
    assert cell_of({"rep": Role.REP}) is None
    assert cell_of({"until": "2026-02-28"}) == Cell(until="2026-02-28")


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (7, 10, 0.3968, 0.8922), (10, 10, 0.7225, 1)],
)
def test_bounds_of_a_share_are_wilsons(count: int, of: int, low: float, high: float) -> None:
    # As Wilson's interval is tabulated for 95 %.
    share = Share(count, of)
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)
    assert share.low <= share.value <= share.high


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_spreadsheet_holds_the_same(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    lines = rates(session, By.SIGNAL, now)

    header, *rows = as_csv(lines, {}).splitlines()

    assert header.startswith("by,value,checked,confirmed,earlier,later,wrong_person,not_a_buyer")
    assert [int(row.split(",")[2]) for row in rows] == [line.checked for line in lines]
