"""A name from right to left, or one that tries to, turns nothing of the sentence it stands in."""

from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.bidi import FIRST, LAST, direction, isolated


@pytest.mark.parametrize("name", ["نورة منصور", "נועה לוי", "Ada נועה"])
def test_a_name_from_right_to_left_is_isolated(name: str) -> None:
    assert isolated(name) == f"{FIRST}{name}{LAST}"
    assert direction(f"{isolated(name)} took the lead.") == "ltr"


@pytest.mark.parametrize("name", ["Rita Okoye", "Ελένη Παπαδάκη", "渡辺 健太", "Zoë O'Rourke", ""])
def test_a_name_from_left_to_right_stays_as_it_is(name: str) -> None:
    assert isolated(name) == name


def test_what_people_typed_runs_as_its_own_words_do() -> None:
    assert direction("مرحبا") == direction("Hello") == direction("") == direction(None) == "auto"


@given(st.text(alphabet="ab אب\u202e\u2066\u2067\u2068\u2069", max_size=12))
def test_no_control_in_a_name_reaches_beyond_it(name: str) -> None:
    shown = isolated(name)
    turning = [each for each in shown if bidirectional(each) in {"RLO", "LRI", "RLI", "FSI", "PDI"}]
    assert turning in ([], [FIRST, LAST])
    assert isolated(shown.strip(FIRST + LAST)) == shown, "once is enough"
