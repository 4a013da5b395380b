"""What features come to if nothing but time happens, without going through anybody's acts again. Pure."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from scoring.card.terms import Value
from scoring.halving import share_left

ONE_DAY = 86_400.0
_AGEING = {"hours_since": 3_600.0, "days_since_first": ONE_DAY}
_RECENT = re.compile(r"recent_(\d+)d")
_After = Callable[[float, float], float]
"""Of a value, and of the seconds that passed."""


def fades(name: str) -> bool:
    """Whether `faded` knows what becomes of this feature."""
    return _after(name) is not None


def faded(told: Mapping[str, Value], passed: float) -> dict[str, Value]:
    """These features, all of which fade, after `passed` seconds; right as long as no act is too old to be seen by then."""
    return {
        name: after(value, passed)
        if isinstance(value, (int, float)) and (after := _after(name))
        else value
        for name, value in told.items()
    }


@cache
def _after(name: str) -> _After | None:
    aspect = name.rpartition(".")[2]
    if recent := _RECENT.fullmatch(aspect):
        half_life = int(recent[1]) * ONE_DAY
        return lambda value, passed: value * share_left(passed, half_life)
    if unit := _AGEING.get(aspect):
        return lambda value, passed: value + passed / unit
    return None
