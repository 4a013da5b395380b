"""Public holidays are those of the country somebody lives in, of those the workspace names."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.public_holidays import holidays_of, unknown

UNITY = date(2026, 10, 3)
INDEPENDENCE = date(2026, 7, 3)  # the 4th of July of 2026 is a Saturday, kept on the Friday before


@pytest.mark.parametrize(
    ("places", "zone", "kept", "worked"),
    [
        (["DE"], "Europe/Berlin", [UNITY], [INDEPENDENCE]),
        (["DE", "US"], "Europe/Berlin", [UNITY], [INDEPENDENCE]),
        (["DE", "US"], "America/New_York", [INDEPENDENCE], [UNITY]),
        (["DE", "US"], "UTC", [UNITY, INDEPENDENCE], []),
        (["DE-BY"], "Europe/Berlin", [UNITY, date(2026, 1, 6)], []),
        (["DE"], "Europe/Berlin", [UNITY], [date(2026, 1, 6)]),
        ([], "Europe/Berlin", [], [UNITY]),
    ],
)
def test_everybody_keeps_the_holidays_of_where_they_are(
    places: list[str], zone: str, kept: list[date], worked: list[date]
) -> None:
    holidays = holidays_of(places, zone)
    assert all(day in holidays for day in kept)
    assert not any(day in holidays for day in worked)


@pytest.mark.parametrize(
    ("place", "mend"),
    [
        ("de", "did you mean `DE`?"),
        ("Germany", "two capitals, like DE"),
        ("XX", "two capitals, like DE"),
        ("DE-Bayern", ""),
        ("US-California", ""),
    ],
)
def test_a_place_nobody_knows_is_named_with_its_mend(place: str, mend: str) -> None:
    found = unknown(place)
    assert found is not None
    assert mend in found[1]


@pytest.mark.parametrize("place", ["DE", "US", "GB-SCT", "JP", "BR", "IN", "ZA", "AU-NSW"])
def test_countries_and_their_parts_are_known(place: str) -> None:
    assert unknown(place) is None


@given(st.text(max_size=30))
def test_whatever_is_written_is_known_or_answered(place: str) -> None:
    found = unknown(place)
    assert found is None or all(found)


def test_a_place_that_is_no_longer_known_has_no_holidays_and_stops_nothing() -> None:
    assert UNITY not in holidays_of(["DE-NOWHERE"], "Europe/Berlin")


def test_who_names_no_country_never_loads_the_library() -> None:
    asked = (
        "import sys; from routing.availability import hours_of; from app.web import create_app; "
        "assert 'holidays' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
