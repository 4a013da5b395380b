"""Very many people's acts side by side. Pure.

Only the look at everybody loads this, and numpy with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prospects.kinds import Kind
from scoring.acting_terms import NOTHING
from scoring.acts_by_kind import OWN, TIMES
from scoring.features.acts import falls_at
from scoring.features.points import SECOND
from scoring.features.tally import COUNTED

Figures = NDArray[np.float64]
Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]

KINDS = {kind.value: place for place, kind in enumerate(sorted(COUNTED))}
ROBOTS = len(KINDS)
"""Robots' acts stand behind all kinds."""
WIDTH = ROBOTS + 1
OWN_KINDS = np.array([place for kind, place in KINDS.items() if kind in OWN])
_VIEWS = KINDS[Kind.PAGE_VIEW.value]


@dataclass(frozen=True)
class Crowd:
    """The acts of so many people who live by these zones' clocks: whose each is and of which kind (`key`), and when.

    In microseconds since 1970; a key is the person's place times `WIDTH`, and the kind's. The acts of one
    person and kind stand together.
    """

    zones: Sequence[str | None]
    key: Whole
    at: Whole
    marked: dict[str, Figures] = field(default_factory=dict)

    @cached_property
    def whose(self) -> Whole:
        """Each act's person, by their place."""
        return self.key // WIDTH

    @cached_property
    def own(self) -> Marks:
        """Of each act whether it speaks for somebody."""
        return np.isin(self.key % WIDTH, OWN_KINDS)

    def marks(self, what: str) -> Figures:
        """Of each act whether it fell at such times (1) or not (0); NOTHING where nobody knows."""
        if what not in self.marked:
            at, zones = TIMES[what], (self.zones[who] for who in self.whose.tolist())
            times = zip(self.at.tolist(), zones, strict=True)
            told = (falls_at(each, zone, at) for each, zone in times)
            self.marked[what] = np.array([NOTHING if one is None else one for one in told], float)
        return self.marked[what]


@dataclass(frozen=True)
class Earnings:
    """What the marketer's rules have earned of so many people: `most` and `kept` are of a rule and person (`whose`).

    `at` is when it was told, in microseconds since 1970, `cap` what all rules together are worth at most.
    """

    whose: Whole
    most: Figures
    kept: Figures
    cap: Figures
    half_life: Figures
    at: Figures

    def left(self, when: Whole) -> Figures:
        """What it comes to for each person at an instant of their own, as by `points.engagement_in`."""
        left = 0.5 ** ((when - self.at) / SECOND / self.half_life)
        amounts = np.minimum(self.most, self.kept * left[self.whose])
        return np.minimum(self.cap, np.bincount(self.whose, amounts, minlength=len(self.cap)))


def earnings_of(documents: Sequence[Mapping[str, Any]]) -> Earnings:
    """These earnings, as they were written."""
    rules = [each["earned"].values() for each in documents]
    amounts = np.array([amount for some in rules for amount in some], float).reshape(-1, 2)
    whose = np.repeat(np.arange(len(rules)), [len(some) for some in rules])
    cap, half_life, at = (
        np.array([each[name] for each in documents], float) for name in ("cap", "half_life", "at")
    )
    return Earnings(whose, amounts[:, 0], amounts[:, 1], cap, half_life, at)


def crowd_of(tallies: Iterable[Mapping[str, Any]], zones: Sequence[str | None]) -> Crowd:
    """These tallies, as they were written."""
    keys: list[int] = []
    lengths: list[int] = []
    at: list[int] = []
    for who, told in enumerate(tallies):
        for place, times in _by_kind(told):
            keys.append(who * WIDTH + place)
            lengths.append(len(times))
            at += times
    return Crowd(zones, np.repeat(np.array(keys, np.int64), lengths), np.array(at, np.int64))


def _by_kind(told: Mapping[str, Any]) -> Iterable[tuple[int, Sequence[int]]]:
    if not told or len(told) == ("first" in told) + ("touches" in told):
        return
    for kind, times in told.get("did", {}).items():
        yield KINDS[kind], times
    if "visits" in told:
        yield _VIEWS, list(told["visits"].values())
    robots = [*told.get("robots", ()), *told.get("robot_visits", {}).values()]
    if robots:
        yield ROBOTS, robots
