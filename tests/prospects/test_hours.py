"""Time counts only while a person is at work, by the clock on their own wall."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.hours import (
    HORIZON,
    Hours,
    add_business_days,
    add_business_time,
    is_open,
    next_open,
)
from prospects.hours_written import parse_hours
from tests.support.hours import business_time_between

OFFICE = {"mon-fri": ["09:00-17:00"]}
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def berlin() -> Hours:
    """Monday to Friday, nine to five in Berlin (UTC+1 in winter, UTC+2 from 29 March 2026)."""
    return parse_hours(OFFICE, "Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-03-03T08:00", True),
        ("2026-03-03T07:59:59", False),
        ("2026-03-03T15:59:59", True),
        ("2026-03-03T16:00", False),
        ("2026-03-07T10:00", False),
        ("2026-03-30T07:00", True),
        ("2026-03-30T15:00", False),
    ],
)
def test_open_is_what_the_wall_clock_shows(berlin: Hours, at: str, answer: bool) -> None:
    assert is_open(berlin, utc(at)) is answer


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-03-03T10:00", "2026-03-03T10:00"),
        ("2026-03-03T04:00", "2026-03-03T08:00"),
        ("2026-03-06T16:00", "2026-03-09T08:00"),
        ("2026-03-27T16:00", "2026-03-30T07:00"),
    ],
)
def test_the_next_opening_waits_for_night_and_weekend(berlin: Hours, at: str, opening: str) -> None:
    assert next_open(berlin, utc(at)) == utc(opening)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-03-03T08:00", 8 * HOUR, "2026-03-03T16:00"),
        ("2026-03-03T08:00", 8 * HOUR + MINUTE, "2026-03-04T08:01"),
        ("2026-03-06T15:00", 2 * HOUR, "2026-03-09T09:00"),
        ("2026-03-07T12:00", timedelta(0), "2026-03-09T08:00"),
        ("2026-03-27T15:30", HOUR, "2026-03-30T07:30"),
        ("2026-03-02T08:00", 40 * HOUR, "2026-03-06T16:00"),
    ],
)
def test_time_is_added_while_at_work(
    berlin: Hours, start: str, amount: timedelta, end: str
) -> None:
    assert add_business_time(berlin, utc(start), amount) == utc(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-03T10:00", 0, "2026-03-03T10:00"),
        ("2026-03-03T10:00", 3, "2026-03-06T10:00"),
        ("2026-03-05T10:00", 3, "2026-03-10T10:00"),
        ("2026-03-07T10:00", 1, "2026-03-10T08:00"),
        ("2026-03-27T10:00", 1, "2026-03-30T09:00"),
    ],
)
def test_days_are_added_at_the_same_time_of_day(
    berlin: Hours, start: str, days: int, end: str
) -> None:
    assert add_business_days(berlin, utc(start), days) == utc(end)


def test_a_day_that_is_closed_at_that_time_is_met_at_its_opening_or_its_end() -> None:
    hours = parse_hours({"mon": ["08:00-20:00"], "tue": ["12:00-13:00", "15:00-16:00"]}, "UTC")
    assert add_business_days(hours, utc("2026-03-02T09:00"), 1) == utc("2026-03-03T12:00")
    assert add_business_days(hours, utc("2026-03-02T14:00"), 1) == utc("2026-03-03T15:00")
    assert add_business_days(hours, utc("2026-03-02T19:00"), 1) == utc("2026-03-03T16:00")


def test_absences_and_holidays_are_not_worked() -> None:
    hours = parse_hours(
        OFFICE, "Europe/Berlin",
        absences=[{"from": "2026-12-24", "until": date(2027, 1, 2), "reason": "leave"}],
        holidays={date(2027, 1, 4)},
    )  # fmt: skip
    assert not is_open(hours, utc("2026-12-24T10:00"))
    assert not is_open(hours, utc("2027-01-01T10:00"))
    assert next_open(hours, utc("2026-12-23T16:00")) == utc("2027-01-05T08:00")
    assert add_business_days(hours, utc("2026-12-23T10:00"), 1) == utc("2027-01-05T10:00")


def test_a_night_is_two_windows_and_never_turned_round() -> None:
    night = parse_hours({"fri": ["22:00-06:00"]}, "UTC")
    assert is_open(night, utc("2026-03-06T23:00"))
    assert is_open(night, utc("2026-03-07T05:59"))
    assert not is_open(night, utc("2026-03-07T06:00"))
    assert not is_open(night, utc("2026-03-06T05:00"))
    assert not is_open(night, utc("2026-03-06T12:00"))
    end = add_business_time(night, utc("2026-03-06T12:00"), 8 * HOUR)
    assert end == utc("2026-03-07T06:00")


def test_sundays_night_goes_on_into_monday() -> None:
    night = parse_hours({"sun": ["22:00-06:00"], "mon": []}, "UTC")
    assert next_open(night, utc("2026-03-09T00:00")) == utc("2026-03-09T00:00")
    assert next_open(night, utc("2026-03-09T06:00")) == utc("2026-03-15T22:00")


def test_an_hour_the_clock_skips_does_not_count() -> None:
    early = parse_hours({"sun": ["01:00-02:30", "02:45-04:00"]}, "Europe/Berlin")
    day = utc("2026-03-28T22:00")
    # 01:00–02:00, then the clock shows 03:00: one hour, and one hour until 04:00.
    assert business_time_between(early, day, day + 24 * HOUR) == 2 * HOUR
    assert next_open(early, utc("2026-03-29T01:00")) == utc("2026-03-29T01:00")


def test_an_hour_the_clock_shows_twice_counts_twice() -> None:
    early = parse_hours({"sun": ["02:00-03:00"]}, "Europe/Berlin")
    day = utc("2026-10-24T22:00")
    assert business_time_between(early, day, day + 25 * HOUR) == 2 * HOUR


def test_a_day_that_a_zone_left_out_is_not_worked() -> None:
    samoa = parse_hours({"mon-sun": ["09:00-17:00"]}, "Pacific/Apia")
    thursday, saturday = utc("2011-12-29T19:00"), utc("2011-12-30T19:00")
    assert add_business_time(samoa, thursday, 8 * HOUR + MINUTE) == saturday + MINUTE


def test_no_hours_stated_is_always_open_and_none_at_all_is_never() -> None:
    always, never = parse_hours({}, "Asia/Tokyo"), parse_hours({"mon-sun": []}, "Asia/Tokyo")
    at = utc("2026-03-08T03:00")
    assert is_open(always, at)
    assert add_business_time(always, at, 24 * HOUR) == at + 24 * HOUR
    assert not is_open(never, at)
    assert next_open(never, at) is None
    assert add_business_time(never, at, timedelta(0)) is None
    assert add_business_days(never, at, 3) is None
    assert business_time_between(never, at, at + 90 * 24 * HOUR) == timedelta(0)


def test_who_is_away_for_ever_is_not_waited_for() -> None:
    gone = parse_hours(
        OFFICE, "Europe/Berlin", absences=[{"from": "2026-01-01", "until": "9999-12-31"}]
    )
    assert next_open(gone, utc("2026-03-03T10:00")) is None
    assert add_business_days(gone, utc("2026-03-03T10:00"), 1) is None
    assert next_open(gone, datetime.max.replace(tzinfo=UTC)) is None


def test_nothing_is_taken_away() -> None:
    hours = parse_hours(OFFICE, "UTC")
    with pytest.raises(ValueError, match="only added"):
        add_business_time(hours, utc("2026-03-03T10:00"), -HOUR)
    with pytest.raises(ValueError, match="only added"):
        add_business_days(hours, utc("2026-03-03T10:00"), -1)
    assert business_time_between(
        hours, utc("2026-03-04T10:00"), utc("2026-03-03T10:00")
    ) == timedelta(0)


# Half-hour summer time, a skipped day, changes at midnight and at 00:01, odd offsets.
ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    "America/Sao_Paulo", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham",
    "Africa/Casablanca", "Asia/Tehran", "America/Havana",
]  # fmt: skip
minutes = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
windows = st.tuples(minutes, minutes).filter(lambda pair: pair[0] != pair[1]).map("-".join)
weeks = st.dictionaries(
    st.sampled_from(["mon-fri", "sat", "sun", "wed", "mon-sun"]),
    st.lists(windows, max_size=3),
    min_size=1,
)
people = st.builds(
    lambda week, zone, away, holiday: parse_hours(
        week, zone, absences=[{"from": away, "until": away + timedelta(days=2)}],
        holidays={holiday},
    ),
    weeks,
    st.sampled_from(ZONES),
    st.dates(date(2005, 1, 1), date(2020, 1, 1)),
    st.dates(date(2005, 1, 1), date(2020, 1, 1)),
)  # fmt: skip
# Near changes of the clock: the last days of March and October, and years when zones changed rules.
anywhere = st.datetimes(datetime(2005, 1, 1), datetime(2019, 12, 31))  # noqa: DTZ001
changes = st.builds(
    lambda year, day, hours: datetime.combine(day, datetime.min.time()).replace(year=year)
    + timedelta(hours=hours),
    st.integers(2005, 2019),
    st.sampled_from([date(2004, 3, 8), date(2004, 3, 27), date(2004, 10, 17), date(2004, 10, 27),
                     date(2004, 11, 3), date(2004, 12, 29), date(2004, 4, 3), date(2004, 9, 20)]),
    st.integers(-48, 96),
)  # fmt: skip
instants = (anywhere | changes).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))
amounts = st.timedeltas(timedelta(0), timedelta(days=5))


@settings(deadline=None)
@given(people, instants, st.integers(1, 2000))
def test_time_between_is_the_minutes_that_are_open(
    hours: Hours, start: datetime, length: int
) -> None:
    counted = sum(is_open(hours, start + minute * MINUTE) for minute in range(length))
    assert business_time_between(hours, start, start + length * MINUTE) == counted * MINUTE


@settings(deadline=None)
@given(people, instants, amounts)
def test_adding_lands_in_open_time_and_is_undone_by_measuring(
    hours: Hours, start: datetime, amount: timedelta
) -> None:
    end = add_business_time(hours, start, amount)
    if end is None:
        assert next_open(hours, start) is None or amount > timedelta(0)
        return
    moment = timedelta(microseconds=1)
    assert end >= start
    assert is_open(hours, end) or is_open(hours, end - moment)
    assert business_time_between(hours, start, end) == amount


@settings(deadline=None)
@given(people, instants, amounts, amounts, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_adding_is_monotone_in_start_and_amount(
    hours: Hours, start: datetime, one: timedelta, other: timedelta, later: timedelta
) -> None:
    less, more = sorted((one, other))
    first = add_business_time(hours, start, less)
    second = add_business_time(hours, start, more)
    third = add_business_time(hours, start + later, less)
    assert first is None or second is None or first <= second
    assert first is None or third is None or first <= third
    assert second is None or first is not None


@settings(deadline=None)
@given(people, instants)
def test_nothing_is_open_before_the_next_opening(hours: Hours, start: datetime) -> None:
    opening = next_open(hours, start)
    if opening is None:
        assert business_time_between(hours, start, start + timedelta(days=30)) == timedelta(0)
        return
    assert start <= opening <= start + HORIZON
    assert is_open(hours, opening)
    assert business_time_between(hours, start, opening) == timedelta(0)


@settings(deadline=None)
@given(people, instants, st.integers(1, 12))
def test_business_days_are_monotone_and_land_on_a_working_day(
    hours: Hours, start: datetime, days: int
) -> None:
    begun, end = next_open(hours, start), add_business_days(hours, start, days)
    if begun is None or end is None:
        return
    assert end >= begun
    assert is_open(hours, end) or is_open(hours, end - MINUTE)
    earlier = add_business_days(hours, start, days - 1)
    assert earlier is None or earlier <= end
