"""A card's terms of what people do, made ready: by what they ask of acts, as tables, and with all they can come to add. Pure."""

import math
import sys
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from scoring.card.terms import Levels, Line, Steps, Term, weigher
from scoring.features.tally import DAY, LOOKS_BACK

Weigh = Callable[[float], float]
Bounds = tuple[float, float]
NOTHING = math.inf
"""Stands for a value that says nothing: it is behind the last edge of every table."""
_WANDERS = frozenset({"days_since_first", "robot_share", "in_hours_share", "weekend_share"})
"""What may rise or fall when an old act is no longer looked at; everything else only fades, or only grows old."""

_OLDEST = LOOKS_BACK * 24.0
"""Hours after which no act is seen any more."""
SURELY_SEEN = (LOOKS_BACK - 1) * 24.0
"""Hours up to which every act is seen, whatever time of the day it is."""
AN_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The places of the terms of one kind of acts, or of all (`did.any`), by what they ask for; `recent` by the half-life."""

    counts: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    first: tuple[int, ...] = ()
    recent: tuple[tuple[int, tuple[int, ...]], ...] = ()
    rest: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A term as a table: what a value adds stands at its place among `edges`, and behind the last what nothing adds.

    `weigh` is set where there is no table, as for a straight line. `between` has the least and the most
    it adds on the way from one place to another; `low` and `high` are all it can add. `wanders`: see there.
    """

    term: Term
    what: str
    edges: tuple[float, ...]
    weights: tuple[float, ...]
    weigh: Weigh | None
    between: tuple[tuple[Bounds, ...], ...]
    low: float
    high: float
    wanders: bool

    @property
    def ages(self) -> bool:
        """Whether it only grows old, until it is not seen any more."""
        return self.what == "hours_since"


def blank(name: str) -> float:
    """What a feature says of somebody who did nothing."""
    last = name.rpartition(".")[2]
    fades = last in ("count", "active_days", "kinds") or last.startswith("recent_")
    return 0.0 if fades else NOTHING


def asked(kind: str, places: Mapping[str, list[int]]) -> Asked:
    """The terms of this kind among those by the names of their features."""
    start = f"did.{kind}."
    of = {
        name.removeprefix(start): tuple(some)
        for name, some in places.items()
        if name.startswith(start)
    }
    recent = {what: some for what, some in of.items() if what.startswith("recent_")}
    return Asked(
        counts=of.pop("count", ()),
        hours=of.pop("hours_since", ()),
        first=of.pop("days_since_first", ()),
        recent=tuple((int(what[7:-1]) * DAY, some) for what, some in recent.items()),
        rest=tuple(
            (what, place) for what, some in of.items() if what not in recent for place in some
        ),
    )


def made_ready(term: Term) -> Ready:
    """This term, to be asked of very many people."""
    edges, weights, missing = _table(term), _weights(term), term.missing
    some = [*weights, missing]
    weigh: Weigh | None = None
    if isinstance(term, Line):
        weigh = weigher(term)
        some = [weigh(term.low), weigh(term.high), missing]
    what = term.feature.rpartition(".")[2]
    return Ready(
        term,
        what,
        # No number is greater than the last edge, so only nothing stands behind it.
        edges=(*edges, sys.float_info.max),
        weights=(*weights, missing),
        weigh=weigh,
        between=_between(edges, weights, missing),
        low=min(some),
        high=max(some),
        wanders=what in _WANDERS,
    )


def on_the_way(ready: Ready, now: float, then: float) -> Bounds:
    """What a term without a table adds at least and at most from one value to another."""
    weigh = ready.weigh
    if weigh is None or NOTHING in (now, then):
        return ready.low, ready.high
    ends = weigh(now), weigh(then)
    return min(ends), max(ends)


def fading(ready: Ready) -> tuple[Bounds, ...]:
    """All a term adds, by the place of its value now, while that fades to nothing done; anything where it may not only fade."""
    if ready.wanders or ready.ages or ready.weigh is not None:
        return ((ready.low, ready.high),) * len(ready.weights)
    return (*(row[0] for row in ready.between[:-1]), (ready.low, ready.high))


def fading_line(ready: Ready, now: float) -> Bounds:
    """The same of a term without a table."""
    wanders = ready.wanders or ready.ages
    return on_the_way(ready, now, NOTHING if wanders else 0.0)


def _table(term: Term) -> tuple[float, ...]:
    return term.edges if isinstance(term, Steps) else ()


def _weights(term: Term) -> tuple[float, ...]:
    match term:
        case Steps(weights=weights):
            return weights
        case Levels(missing=missing):
            # A number is no word.
            return (missing,)
        case Line():
            return (0.0,)
        case _:
            assert_never(term)


def _between(
    edges: tuple[float, ...], weights: tuple[float, ...], missing: float
) -> tuple[tuple[Bounds, ...], ...]:
    """By the place now and the place then; what is no longer seen grew old before, and of nothing anything may come."""
    places, oldest = range(len(weights)), bisect_left(edges, _OLDEST)

    def bounds(now: int, then: int) -> Bounds:
        some = weights[min(now, then) : max(now, then) + 1]
        return min(some), max(some)

    rows = []
    for now in places:
        low, high = bounds(now, oldest)
        rows.append(
            (*(bounds(now, then) for then in places), (min(low, missing), max(high, missing)))
        )
    everything = min(*weights, missing), max(*weights, missing)
    return (*rows, (everything,) * (len(weights) + 1))
