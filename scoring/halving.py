"""Decay by half-lives: what something is still worth, and when a falling figure passes a line. Pure."""

import math
from collections.abc import Callable, Hashable
from datetime import timedelta

HORIZON = timedelta(weeks=8)
"""Nobody is left unlooked at for longer, so that what we cannot foresee is seen in the end."""

FOR_GOOD = timedelta(weeks=520)
"""A claim that lasts longer does not expire."""


def share_left(passed: float, half_life: float) -> float:
    """What is left of 1 after `passed` seconds: a half after one half-life."""
    left: float = 0.5 ** (passed / half_life)
    return left


def first_second(has_fallen: Callable[[float], bool], horizon: timedelta = HORIZON) -> int | None:
    """A whole second from now by which it `has_fallen`, at most 2 s late; None if not within the horizon.

    `has_fallen` must stay true once it is. At most 24 calls for eight weeks, 30 for ten years.
    """
    low, high = 0, int(horizon.total_seconds())
    if not has_fallen(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if has_fallen(middle):
            high = middle
        else:
            low = middle
    # One more, so that a later computation that rounds otherwise lands on the same side.
    return high + 1


_TRIED = (1, 6, 24, 48, 96, 168, 336, 672, 1344)
"""Hours from now, to the horizon: half-lives are of days, so what changes does so within one of these."""
_SHORT = 1 / 32


def first_change(shown: Callable[[float], Hashable], *, until: float = math.inf) -> int | None:
    """Seconds from now at which something `shown` is another than now, None if it is the same in all that are tried.

    At most nine instants within eight weeks are tried, and five in the stretch that holds a change: so
    it is found at most one part in thirty too late. What changes and changes back between two is missed.
    Nothing later than the first of them from `until` on is asked for.
    """
    before, low = shown(0.0), 0
    for high in (hours * 3600 for hours in _TRIED):
        if shown(high) != before:
            break
        low = high
        if low >= until:
            return None
    else:
        return None
    while high - low > max(60, high * _SHORT):
        middle = (low + high) // 2
        if shown(middle) == before:
            low = middle
        else:
            high = middle
    return high
