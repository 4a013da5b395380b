"""What somebody typed or a file brought along, as a number or a word. Pure."""

import math
from functools import lru_cache

from scoring.card.terms import Value
from scoring.cells import decimal_of, number, says_nothing

LONGEST_NUMBER = 30
LONGEST = 100
"""Characters; longer texts are sentences, and no two are alike."""


def value_of(given: object) -> Value:
    """A number where it is one, also one written as text; `yes` or `no`; else the word. Lists and sentences say nothing."""
    number = number_of(given)
    return word_of(given) if number is None else number


def number_of(given: object) -> float | None:
    """The number, if it is one, also as people write it: `1,250.50`, `12,5`, `45 %`; `007` is a code."""
    if isinstance(given, bool):
        return None
    if isinstance(given, str):
        return _in_text(given) if len(given) <= LONGEST_NUMBER else None
    return _finite(given) if isinstance(given, int | float) else None


def word_of(given: object) -> str | None:
    """The word, with blanks as one; None for what is empty, too long, or no word."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if not isinstance(given, str) or len(given) > LONGEST * 10:
        return None
    return _word(given)


def _finite(given: int | float) -> float | None:
    try:
        number = float(given)
    except OverflowError:
        # JSON holds whole numbers of any length.
        return None
    return number if math.isfinite(number) else None


@lru_cache(maxsize=4096)
def _word(given: str) -> str | None:
    word = " ".join(given.split())
    return word if len(word) <= LONGEST and not says_nothing(word) else None


@lru_cache(maxsize=4096)
def _in_text(given: str) -> float | None:
    found = decimal_of((given,))
    told = None if found is None else number(given, found)
    return told if told is not None and math.isfinite(told) else None
