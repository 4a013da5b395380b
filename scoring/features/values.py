"""What somebody typed or a file brought along, as a number or a word. Pure."""

import math
import re

from scoring.card.terms import Value

LONGEST = 100
"""Characters; longer texts are sentences, and no two are alike."""
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")


def value_of(given: object) -> Value:
    """A number where it is one, also one written as text; `yes` or `no`; else the word. Lists and sentences say nothing."""
    number = number_of(given)
    return word_of(given) if number is None else number


def number_of(given: object) -> float | None:
    """The number, if it is one."""
    if isinstance(given, bool):
        return None
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        return float(given)
    if isinstance(given, int | float) and math.isfinite(given):
        return float(given)
    return None


def word_of(given: object) -> str | None:
    """The word, with blanks as one; None for what is empty, too long, or no word."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if not isinstance(given, str) or len(given) > LONGEST * 10:
        return None
    word = " ".join(given.split())
    return word if 0 < len(word) <= LONGEST else None
