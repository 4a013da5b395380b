"""How people are spread over the values of a card's terms, and how far that has moved: drift. Pure."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from scoring.card.card import Card
from scoring.card.terms import Levels, Line, Steps, Value

Shares = Mapping[str, Mapping[str, float]]
"""For each feature the share of people in each bin, level or stretch; `missing` and `other` among them."""

LOOK = 0.25
"""A population stability index above this is worth a look; it stops nothing."""
FEWEST = 100
"""People below which nothing is said of drift."""
_LEAST = 1e-4
_STRETCHES = 10
MISSING, OTHER = "missing", "other"


def spread(card: Card, people: Iterable[Mapping[str, Value]]) -> dict[str, dict[str, float]]:
    """The share of people at each place of each term."""
    counts: dict[str, dict[str, int]] = {term.feature: {} for term in card.terms}
    total = 0
    for features in people:
        total += 1
        for term in card.terms:
            place, found = _place(term, features.get(term.feature)), counts[term.feature]
            found[place] = found.get(place, 0) + 1
    return {
        name: {place: count / total for place, count in sorted(found.items())}
        for name, found in counts.items()
    }


def psi(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """The population stability index: 0 for the same spread, above .25 worth a look."""
    found = 0.0
    for place in {*before, *after}:
        one, other = max(before.get(place, 0), _LEAST), max(after.get(place, 0), _LEAST)
        found += (other - one) * math.log(other / one)
    return found


def unseen(card: Card, after: Shares) -> dict[str, float]:
    """For each term of words the share of people with a word that the card does not know."""
    return {
        term.feature: after[term.feature].get(OTHER, 0.0)
        for term in card.terms
        if isinstance(term, Levels) and term.feature in after
    }


def _place(term: Steps | Levels | Line, value: Value) -> str:
    match term:
        case Levels():
            if isinstance(value, str):
                return f"= {value}" if value in term.weights else OTHER
        case Steps():
            if isinstance(value, int | float) and value == value:
                return str(bisect_left(term.edges, value))
        case Line():
            if isinstance(value, int | float) and value == value:
                wide = (term.high - term.low) or 1.0
                at = (min(max(value, term.low), term.high) - term.low) / wide
                return str(min(int(at * _STRETCHES), _STRETCHES - 1))
    return MISSING
