"""Instants as people say them, wherever they are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import times

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "today 11:00"),
        (NOW - timedelta(hours=13), "yesterday 22:00"),
        (NOW + timedelta(days=1), "tomorrow 11:00"),
        (NOW + timedelta(days=3), "Fri 11:00"),
        (NOW - timedelta(days=30), "1 Feb 11:00"),
        (NOW - timedelta(days=365), "3 Mar 2025 11:00"),
    ],
)
def test_an_instant_is_said_from_where_the_viewer_stands(at: datetime, said: str) -> None:
    assert times.moment(at, NOW, BERLIN) == said


def test_the_day_is_the_viewers_day() -> None:
    assert times.moment(NOW, NOW, KIRITIMATI) == "today 00:00"
    late = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert times.moment(late, NOW, BERLIN).startswith("tomorrow")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 min left"), (3600, "1 h left"), (3 * 3600 + 300, "3 h 5 min left"), (3 * 86400, "3 days left"), (0, "time is up")],
)  # fmt: skip
def test_a_clock_says_what_is_left(seconds: int, said: str) -> None:
    assert times.left(NOW + timedelta(seconds=seconds), NOW) == said


def test_a_promise_for_a_day_is_due_at_five_where_the_rep_is() -> None:
    due = times.end_of_day(date(2026, 3, 29), BERLIN)  # the clocks go forward that night
    assert due == datetime(2026, 3, 29, 15, 0, tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_text_in_a_time_field_is_an_instant_or_none(text: str) -> None:
    read = times.from_local_input(text, BERLIN)
    assert read is None or read.tzinfo is UTC


@given(st.text(max_size=60))
def test_any_zone_name_gives_a_zone(name: str) -> None:
    assert NOW.astimezone(times.zone_of(name))
