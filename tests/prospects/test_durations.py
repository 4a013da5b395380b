"""Durations are read strictly, and written back in one spelling."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from prospects.durations import LONGEST, Duration, DurationError, format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("0s", timedelta(0)),
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("36h", timedelta(hours=36)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        (" 5m ", timedelta(minutes=5)),
        ("520w", LONGEST),
    ],
)
def test_the_five_units_are_read(written: str, length: timedelta) -> None:
    assert parse_duration(written) == length


@pytest.mark.parametrize(
    "written",
    ["", "5", 5, 5.0, None, True, [], "m", "1.5h", "-5m", "+5m", "1h30m", "5 m", "5M", "5min", "٥m",
     "9999999999s", "521w", "99999999w", "5m\0", "5m\n5m"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_mend(written: object) -> None:
    with pytest.raises(DurationError) as refusal:
        parse_duration(written)
    assert refusal.value.faults[0].mend


def test_the_refusal_names_what_was_wrong() -> None:
    with pytest.raises(DurationError, match=r"`2 days` is not a duration; write .* like 30s"):
        parse_duration("2 days")


@pytest.mark.parametrize(
    ("length", "written"),
    [(timedelta(hours=24), "1d"), (timedelta(hours=36), "36h"), (timedelta(days=14), "2w"),
     (timedelta(seconds=90), "90s"), (timedelta(0), "0s")],
)  # fmt: skip
def test_the_spelling_uses_the_largest_unit_that_fits(length: timedelta, written: str) -> None:
    assert format_duration(length) == written


@pytest.mark.parametrize("length", [timedelta(seconds=-1), timedelta(milliseconds=1500)])
def test_what_cannot_be_spelled_is_refused(length: timedelta) -> None:
    with pytest.raises(DurationError):
        format_duration(length)


@given(st.integers(0, 520 * 604_800))
def test_what_is_written_is_read_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert parse_duration(format_duration(length)) == length


@given(st.text(max_size=12))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        length = parse_duration(text)
    except DurationError:
        return
    assert timedelta(0) <= length <= LONGEST


class _Wait(BaseModel):
    wait: Duration


def test_a_model_may_have_a_duration_field() -> None:
    wait = _Wait.model_validate({"wait": "2d"})
    assert wait.wait == timedelta(days=2)
    assert wait.model_dump(mode="json") == {"wait": "2d"}
    assert _Wait.model_validate(wait.model_dump()) == wait
    assert _Wait.model_json_schema()["properties"]["wait"]["type"] == "string"
    with pytest.raises(ValidationError, match="is not a duration"):
        _Wait.model_validate({"wait": "soon"})
