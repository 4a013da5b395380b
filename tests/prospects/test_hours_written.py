"""Hours are read strictly: a slip is named with its place and what would be right."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.hours import Absence, Hours, Window
from prospects.hours_written import HoursError, parse_hours


def window(opens: float, closes: float) -> Window:
    return Window(timedelta(hours=opens), timedelta(hours=closes))


def test_the_contracts_form_is_read() -> None:
    hours = parse_hours(
        {"mon-fri": ["09:00-12:30", "13:00-17:00"], "sat": []}, "Europe/Berlin",
        absences=[{"from": date(2026, 12, 24), "until": date(2027, 1, 2), "reason": "leave"}],
        holidays={date(2026, 10, 3)},
    )  # fmt: skip
    weekday = (window(9, 12.5), window(13, 17))
    assert hours.week == (weekday,) * 5 + ((), ())
    assert hours.absences == (Absence(date(2026, 12, 24), date(2027, 1, 2), "leave"),)
    assert hours.holidays == {date(2026, 10, 3)}
    assert str(hours.zone) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("written", "monday", "tuesday"),
    [
        ({"mon": ["22:00-06:00"]}, (window(22, 24),), (window(0, 6),)),
        ({"mon": ["22:00-24:00"]}, (window(22, 24),), ()),
        ({"mon": ["22:00-00:00"]}, (window(22, 24),), ()),
        ({"mon": ["00:00-24:00"]}, (window(0, 24),), ()),
        ({"mon": ["12:00-15:00", "09:00-13:00"]}, (window(9, 15),), ()),
        ({"mon-tue": ["08:00-09:00"], "mon": ["10:00-11:00"]}, (window(10, 11),),
         (window(8, 9),)),
        ({"tue": [], "mon-sun": ["08:00-09:00"]}, (window(8, 9),), ()),
        ({"sat-mon": ["08:00-09:00"]}, (window(8, 9),), ()),
        ({"mon": ["22:00-06:00"], "tue": ["05:00-08:00"]}, (window(22, 24),), (window(0, 8),)),
    ],
)  # fmt: skip
def test_windows_are_laid_out_over_the_week(
    written: dict[str, Any], monday: tuple[Window, ...], tuesday: tuple[Window, ...]
) -> None:
    assert parse_hours(written, "UTC").week[:2] == (monday, tuesday)


@pytest.mark.parametrize(
    ("written", "zone", "absences", "place", "mend"),
    [
        ({}, "Europe/Berln", [], "zone", "`Europe/Berlin`"),
        ({}, "CEST!", [], "zone", "IANA"),
        ({}, "../../etc/passwd", [], "zone", "IANA"),
        ({}, "", [], "zone", "IANA"),
        ({}, "\0", [], "zone", "IANA"),
        ({"monday": ["09:00-17:00"]}, "UTC", [], "hours.monday", "`mon`"),
        ({"mon-": ["09:00-17:00"]}, "UTC", [], "hours.mon-", "mon-fri"),
        ({7: ["09:00-17:00"]}, "UTC", [], "hours.7", "mon-fri"),
        ({"mon": "09:00-17:00"}, "UTC", [], "hours.mon", '["09:00-17:00"]'),
        ({"mon": ["9-17"]}, "UTC", [], "hours.mon.0", "09:00-17:00"),
        ({"mon": ["09:00-17:00", "25:00-26:00"]}, "UTC", [], "hours.mon.1", "09:00"),
        ({"mon": ["09:00-24:30"]}, "UTC", [], "hours.mon.0", "00:00-24:00"),
        ({"mon": ["09:00-09:00"]}, "UTC", [], "hours.mon.0", "00:00-24:00"),
        ({"mon": [None]}, "UTC", [], "hours.mon.0", "09:00-17:00"),
        ({"mon-wed": ["09:00-17:00"], "wed-fri": []}, "UTC", [], "hours.wed-fri", "keep one"),
        ("always", "UTC", [], "hours", "mon-fri"),
        ({}, "UTC", ["xmas"], "absences.0", "from"),
        ({}, "UTC", [{"from": "2026-12-24"}], "absences.0.until", "2026-12-24"),
        ({}, "UTC", [{"from": "24.12.2026", "until": "2027-01-02"}], "absences.0.from", "2026"),
        ({}, "UTC", [{"from": "2027-01-02", "until": "2026-12-24"}], "absences.0.until", "swap"),
        ({}, "UTC", [{"from": "2026-12-24", "until": "2026-12-24", "reson": "x"}],
         "absences.0.reson", "`reason`"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_where_it_stands(
    written: Any, zone: str, absences: list[object], place: str, mend: str
) -> None:
    with pytest.raises(HoursError) as refusal:
        parse_hours(written, zone, absences=absences)
    fault = refusal.value.faults[0]
    assert fault.place == place
    assert mend in fault.mend


def test_every_slip_is_told_at_once() -> None:
    with pytest.raises(HoursError) as refusal:
        parse_hours({"mo": [], "tue": ["x"]}, "Nowhere", absences=[{}])
    assert [fault.place for fault in refusal.value.faults] == [
        "zone", "hours.mo", "hours.tue.0", "absences.0.from", "absences.0.until",
    ]  # fmt: skip


_anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=12) | st.dates(),
    lambda held: (
        st.lists(held, max_size=3)
        | st.dictionaries(st.sampled_from(["mon", "fri-mon", "from", "until"]), held, max_size=3)
    ),
)


@given(_anything, _anything | st.just("UTC"), st.lists(_anything, max_size=2))
def test_anything_is_read_or_refused(written: Any, zone: Any, absences: list[object]) -> None:
    try:
        hours = parse_hours(written, zone, absences=absences)
    except HoursError:
        return
    assert isinstance(hours, Hours)
