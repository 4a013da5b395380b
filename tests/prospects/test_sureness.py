"""A claim is said to be no surer than claims like it proved."""

import pytest

from prospects.sureness import proved


@pytest.mark.parametrize(
    ("confidence", "confirmed", "of", "words"),
    [
        (0.95, 11, 21, "more likely than not"),
        (0.95, 19, 20, "very sure"),
        (0.70, 20, 20, "fairly sure"),
        (0.95, 1, 20, "a guess"),
        (0.95, 1, 9, "very sure"),
        (0.95, 0, 0, "very sure"),
    ],
)
def test_what_was_checked_bounds_how_sure_it_is_said_to_be(
    confidence: float, confirmed: int, of: int, words: str
) -> None:
    assert proved(confidence, confirmed, of) == words
