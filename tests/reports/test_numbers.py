"""Every number of the reports is true, opens the people behind it, and their list adds up to it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.reports.accuracy import of_claims
from app.reports.cells import Cell, cell_of, count, people
from app.reports.costs import set_cost
from app.reports.journeys import BUYERS, Measure
from app.reports.sources import Line, by_source, funnel
from prospects.kinds import Verdict
from prospects.rows import ProspectRow
from tests.reports.crowd import Made, crowd, person, touch


@pytest.fixture
def made(session: Session, now: datetime) -> list[Made]:
    return crowd(session, now)


def came(made: Made) -> set[Measure]:
    """How far somebody came, told without the report."""
    steps = {
        Measure.LEADS: True,
        Measure.OFFERED: made.offered,
        Measure.TAKEN: made.taken,
        Measure.CHECKED: made.verdict is not None,
        Measure.BUYERS: made.verdict in BUYERS,
        Measure.WON: made.amount is not None,
    }
    return {measure for measure, reached in steps.items() if reached}


def test_the_counts_are_those_of_the_people(session: Session, made: Sequence[Made]) -> None:
    expected = Counter(
        (each.source, each.campaign, each.month, measure) for each in made for measure in came(each)
    )

    counted = {
        (line.source, line.campaign, line.month, measure): number
        for line in by_source(session)
        for measure, number in line.counts.items()
        if number
    }

    assert counted == expected
    assert funnel(session) == Counter(measure for each in made for measure in came(each))


def test_stages_found_and_amounts_are_those_of_the_people(
    session: Session, made: Sequence[Made]
) -> None:
    lines = by_source(session)

    found = Counter[str]()
    for line in lines:
        found.update(line.found)
    assert found == Counter(each.found for each in made if each.found)
    assert sum((line.amounts.get("EUR", Decimal(0)) for line in lines), Decimal(0)) == sum(
        (each.amount for each in made if each.amount), Decimal(0)
    )


def test_every_number_opens_a_list_that_adds_up_to_it(
    session: Session, made: Sequence[Made]
) -> None:
    cells: list[tuple[Cell, int]] = [
        (Cell(measure=measure), number) for measure, number in funnel(session).items()
    ]
    for line in by_source(session):
        cells += [(line.cell(measure), number) for measure, number in line.counts.items()]
        cells += [(line.cell(Measure.BUYERS, stage), n) for stage, n in line.found.items()]
    for claim in of_claims(session):
        cells += [(claim.cell(verdict), number) for verdict, number in claim.verdicts.items()]
        cells.append((claim.cell(), claim.checked))

    for cell, number in cells:
        listed = people(session, cell, limit=1000)
        assert len({each.id for each in listed}) == len(listed) == number == count(session, cell)
    assert len(cells) > 100


def test_a_list_is_read_page_by_page(session: Session, made: Sequence[Made]) -> None:
    first = people(session, Cell(), limit=25)
    rest = people(session, Cell(), before=first[-1].id, limit=100)

    assert {each.id for each in (*first, *rest)} == {each.id for each in made}


def test_days_are_means_between_the_steps(session: Session, made: Sequence[Made]) -> None:
    for line in by_source(session):
        if line.counts[Measure.CHECKED]:
            assert (line.days["to_offer"], line.days["to_take"]) == (2.0, 1.0)
            assert line.days["to_finding"] == 1.0
        if line.counts[Measure.WON]:
            assert line.days["to_win"] == 9.0
        if not line.counts[Measure.OFFERED]:
            assert line.days["to_offer"] is None


def test_claims_stand_beside_findings(session: Session, made: Sequence[Made]) -> None:
    expected = Counter((e.source, e.claimed, e.verdict) for e in made if e.verdict is not None)

    claims = of_claims(session)

    told = {(c.source, c.claimed, verdict): n for c in claims for verdict, n in c.verdicts.items()}
    assert told == expected
    for claim in claims:
        wrong = claim.checked - claim.verdicts.get(Verdict.CONFIRMED, 0)
        assert (claim.over + claim.under) * claim.checked == pytest.approx(wrong)


def test_filters_narrow_both_the_numbers_and_nothing_else(
    session: Session, made: Sequence[Made]
) -> None:
    months = sorted({each.month for each in made})

    lines = by_source(session, source="site", since=months[1])

    assert {line.source for line in lines} == {"site"}
    assert min(line.month for line in lines) == months[1]
    assert sum(line.counts[Measure.LEADS] for line in lines) == sum(
        each.source == "site" and each.month >= months[1] for each in made
    )


def test_merged_people_are_one_and_keep_the_first_touch_of_both(
    session: Session, now: datetime
) -> None:
    known = person(session, now)
    twin = person(session, now, absorbed_by=known)
    touch(session, known, now, "site", "spring")
    touch(session, twin, now - timedelta(days=40), "linkedin", "winter")
    session.flush()

    (line,) = by_source(session)

    assert (line.source, line.campaign, line.counts[Measure.LEADS]) == ("linkedin", "winter", 1)
    assert [each.id for each in people(session, line.cell(Measure.LEADS))] == [known]


def test_a_robot_brings_nobody_and_a_forgotten_person_still_counts(
    session: Session, now: datetime
) -> None:
    robot, gone = person(session, now), person(session, now)
    for each in (robot, gone):
        touch(session, each, now, "site", robot=each == robot)
    session.get_one(ProspectRow, gone).erased_at = now

    assert [each.id for each in people(session, Cell())] == [gone]


def test_a_month_is_a_month_in_utc(session: Session) -> None:
    at = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    for instant in (at, at + timedelta(microseconds=1)):
        touch(session, person(session, at), instant, "site")
    session.flush()

    assert [line.month for line in by_source(session)] == ["2026-02", "2026-01"]


def test_an_address_names_a_cell_and_nonsense_names_none() -> None:
    cell = Cell(measure=Measure.BUYERS, source="site", campaign="", stage_found="decision")

    assert cell.query == "measure=buyers&source=site&campaign=&stage_found=decision"
    assert (
        cell_of({"measure": "buyers", "source": "site", "campaign": "", "stage_found": "decision"})
        == cell
    )
    assert cell_of({"measure": "everything"}) is None


def test_the_lines_page_by_page_are_all_the_lines_with_what_was_paid_for_in_vain(
    session: Session, now: datetime, made: Sequence[Made]
) -> None:
    for source, month in (("fair", "2026-02"), ("zoo", "2024-01"), ("site", "2027-01")):
        typed = {"source": source, "month": month, "amount": "9", "currency": "EUR"}
        set_cost(session, typed, now, by="mia")
    whole = by_source(session)

    found: list[Line] = []
    while page := by_source(session, below=found[-1].key if found else None, most=4):
        found += page

    assert found == whole
    assert len(whole) > 20
