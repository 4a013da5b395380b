"""Cells are read as people of all sorts write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.labelled.times import Unit, times
from scoring.cells import Decimal, decimal_of, number, numbers, says_nothing, writes

DAY = 86_400.0


@pytest.mark.parametrize(
    "cell", ["", "  ", "Select", "?", "unknown", "N/A", "n/a", "-", "NULL", "k.A.", "keine Angabe"]
)
def test_what_stands_for_nothing_says_nothing(cell: str) -> None:
    assert says_nothing(cell)


def test_an_answer_that_sounds_like_nothing_is_one() -> None:
    assert not any(map(says_nothing, ["no", "0", "other", "selected", "nonexistent"]))


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["1,234.50", "12"], 1234.5),
        (["1.234,50", "12"], 1234.5),
        (["12,5", "3"], 12.5),
        (["€ 1 200", "3"], 1200.0),
        (["45 %", "3"], 45.0),
        (["1e3", "-2"], 1000.0),
        (["1'200.5", "3"], 1200.5),
    ],
)
def test_a_column_is_read_in_the_one_way_that_reads_all_of_it(
    cells: list[str], first: float
) -> None:
    found = decimal_of(cells)
    assert found is not None
    assert numbers(cells, found)[0] == first


def test_what_reads_both_ways_is_read_as_the_rest_of_the_table() -> None:
    assert writes(["1.234", "5.678"]) is None
    for usual, first in ((Decimal.COMMA, 1234.0), (Decimal.POINT, 1.234), (None, 1.234)):
        found = decimal_of(["1.234", "5.678"], usual)
        assert found is not None
        assert number("1.234", found) == first


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    assert decimal_of(["00123", "10115"]) is None


@given(st.floats(-1e12, 1e12).map(lambda x: round(x, 2)))
def test_a_number_is_read_back_in_both_ways_of_writing(value: float) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert number(english, Decimal.POINT) == value
    assert number(german, Decimal.COMMA) == value


@pytest.mark.parametrize(
    "cells",
    [
        ["2026-03-04", "2026-03-25"],
        ["2026-03-04T00:00:00Z", "2026-03-25T00:00:00+00:00"],
        ["2026/03/04", "2026/03/25"],
        ["04.03.2026", "25.03.2026"],
        ["3/4/2026", "3/25/2026"],
        ["4/3/2026", "25/3/2026"],
        ["04.03.26", "25.03.26"],
        ["4 Mar 2026", "25 March 2026"],
        ["4. März 2026", "25. März 2026"],
        ["Mar 4, 2026", "Mar 25, 2026"],
        ["20260304", "20260325"],
        ["1772582400", "1774396800"],
        ["1772582400000", "1774396800000"],
        ["1772582400000000", "1774396800000000"],
        ["20260304000000", "20260325000000"],
        ["Wed, 04 Mar 2026 00:00:00 +0000", "Wed, 25 Mar 2026 00:00:00 GMT"],
        ["Wed Mar 04 2026 01:00:00 GMT+0100 (CET)", "Wed Mar 25 2026 00:00:00 UTC"],
        ["Wed Mar  4 00:00:00 2026", "Wed Mar 25 00:00:00 2026"],
        ["04/Mar/2026:05:30:00 +0530", "25/Mar/2026:00:00:00 +0000"],
        ["Mar 4, 2026, 12:00 AM", "Mar 25, 2026, 12 a.m."],
        ["3/3/2026 7 PM EST", "3/24/2026 7 PM EST"],
        ["04-Mar-26", "25-Mar-26"],
        ["04.03.2026, 00:00 Uhr", "25.03.2026 um 00:00 Uhr"],
        ["04/03/2026 à 00h00", "25/03/2026 à 00h00"],
        ["4 mars 2026", "mer. 25 mars 2026"],
        ["4 de marzo de 2026", "25 de marzo de 2026"],
        ["2026年3月4日 09:00 JST", "2026年03月25日 9時00分 JST"],
        ["2026. 3. 4.", "2026. 03. 25."],
        ["4 марта 2026 г.", "25 марта 2026 г."],
    ],
)
def test_times_are_read_however_they_are_written(cells: list[str]) -> None:
    found = times(cells)
    assert found is not None
    assert found.unit is Unit.SECONDS
    first, second = found.values
    assert first is not None
    assert second is not None
    assert (first, second - first) == (1772582400.0, 21 * DAY)


def test_an_afternoon_is_read() -> None:
    found = times(["3/4/2026 1:30 PM"])
    assert found is not None
    assert found.values == (1772582400.0 + 13.5 * 3600,)


@pytest.mark.parametrize(
    "cell",
    [
        "Webinar March 2026",
        "Mar 24",
        "May",
        "10:30",
        "2026-13",
        "1772582400123456789",
        "31.02.2026",
    ],
)
def test_what_only_resembles_a_time_is_none(cell: str) -> None:
    assert times([cell, cell]) is None


def test_plain_numbers_are_a_mere_order() -> None:
    assert times(["660737", "660728"]) is None
    found = times(["660737", "660728", ""], or_order=True)
    assert found is not None
    assert (found.unit, found.values) == (Unit.ORDER, (660737.0, 660728.0, None))
