"""What somebody's acts add to a card's sum, at very many instants: the terms made ready, and bounds between two instants. Pure.

The values are those of `scoring/features/acts.py`, which says what each of them means; a test holds the
two together. Nothing here is asked of one person once: it is for changes of everybody, and for when
time alone changes somebody.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from operator import getitem
from typing import NamedTuple

from scoring.acting_terms import (
    AN_HOUR,
    NOTHING,
    SURELY_SEEN,
    Asked,
    Bounds,
    Ready,
    asked,
    blank,
    fading,
    fading_line,
    made_ready,
    on_the_way,
)
from scoring.acts_by_kind import OWN, TIMES, Acts, fill_in, share_of
from scoring.card.card import Card
from scoring.card.terms import Side, weigh
from scoring.features.registry import REGISTRY

_POINTS = "points.engagement"


class Moment(NamedTuple):
    """What each term sees and adds at an instant; how many acts there are to see, and which of one's own.

    `places` are those of the values among the edges of their terms.
    """

    values: list[float]
    places: list[int]
    parts: list[float]
    seen: int
    own: tuple[int, int]

    @property
    def sum(self) -> float:
        """What the acts add to the logit; the same in whatever order the terms stand."""
        return fsum(self.parts)


@dataclass(frozen=True, slots=True)
class Acting:
    """A card's terms of acts, ready. Build it with `acting_of`; `still` names its other terms of that side.

    `edges` and `weights` are those of all terms, `lines` the places of those without a table.
    """

    kinds: Mapping[str, Asked]
    any: Asked
    points: tuple[int, ...]
    still: frozenset[str]
    blank: list[float]
    terms: tuple[Ready, ...]
    edges: tuple[tuple[float, ...], ...]
    weights: tuple[tuple[float, ...], ...]
    lines: tuple[int, ...]
    wanders: tuple[int, ...]
    aging: tuple[int, ...]
    fading: tuple[tuple[Bounds, ...], ...]

    def at(self, acts: Acts, when: int, points: float, still: Iterable[float]) -> Moment:
        """`points` are what the marketer's rules give for acts then, `still` what the still terms add."""
        values = self.blank.copy()
        for place in self.points:
            values[place] = points
        seen, own = 0, (0, 0)
        if acts.kinds or acts.robots:
            seen, own = fill_in(values, acts, when, kinds=self.kinds, of_any=self.any)
        places = list(map(bisect_left, self.edges, values))
        parts = list(map(getitem, self.weights, places))
        for place in self.lines:
            weigh = self.terms[place].weigh
            if weigh is not None and values[place] != NOTHING:
                parts[place] = weigh(values[place])
        parts.extend(still)
        return Moment(values, places, parts, seen, own)

    def roughly(self, one: Moment, passed: float) -> tuple[float, float]:
        """Wider bounds of the sum within so many seconds of a moment, if nothing but time happens."""
        # Of who is quiet only old points fade.
        places = range(len(self.terms)) if one.seen else self.points
        lows, highs = one.parts.copy(), one.parts.copy()
        for place in places:
            lows[place], highs[place] = self.fading[place][one.places[place]]
        for place in self.aging if one.seen else ():
            now, bounds = one.values[place], (one.parts[place],) * 2
            if now != NOTHING:
                then = now + passed / AN_HOUR
                there = bisect_left(self.edges[place], then) if then < SURELY_SEEN else -1
                bounds = self.terms[place].between[one.places[place]][there]
            lows[place], highs[place] = bounds
        for place in self.lines:
            lows[place], highs[place] = fading_line(self.terms[place], one.values[place])
        return fsum(lows), fsum(highs)

    def between(self, acts: Acts, one: Moment, later: Moment) -> tuple[float, float]:
        """Bounds of the sum at every instant from one moment to a later one, if nothing but time happens."""
        fewer = one.seen != later.seen
        lows, highs = one.parts.copy(), one.parts.copy()
        for place, (now, then) in enumerate(zip(one.places, later.places, strict=True)):
            if now != then:
                lows[place], highs[place] = self.terms[place].between[now][then]
        for place in self.lines:
            now_is, then_is = one.values[place], later.values[place]
            if now_is != then_is:
                lows[place], highs[place] = on_the_way(self.terms[place], now_is, then_is)
        for place in self.wanders if fewer else ():
            some = _wandered(acts, self.terms[place], one, later)
            lows[place], highs[place] = min(some), max(some)
        return fsum(lows), fsum(highs)


def acting_of(card: Card, card_id: str | None) -> Acting:
    """The card's terms of what people do, made ready once; `card_id` stands for its content."""
    if card_id is None:
        return _made(card)
    if card_id not in _kept:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[card_id] = _made(card)
    return _kept[card_id]


def moves(name: str) -> bool:
    """Whether time alone changes this feature: what people did grows old, who they are stays."""
    return name == _POINTS or (name.startswith("did.") and name in REGISTRY)


def _made(card: Card) -> Acting:
    terms = [term for term in card.terms if term.side is Side.ENGAGEMENT]
    moving = [term for term in terms if moves(term.feature)]
    places: dict[str, list[int]] = {}
    for place, term in enumerate(moving):
        places.setdefault(term.feature, []).append(place)
    ready = tuple(map(made_ready, moving))
    of_any = asked("any", places)
    return Acting(
        kinds=_by_kind(places, of_any),
        any=of_any,
        points=tuple(places.get(_POINTS, ())),
        still=frozenset(term.feature for term in terms if not moves(term.feature)),
        blank=[blank(term.feature) for term in moving],
        terms=ready,
        edges=tuple(each.edges for each in ready),
        weights=tuple(each.weights for each in ready),
        lines=tuple(place for place, each in enumerate(ready) if each.weigh is not None),
        wanders=tuple(place for place, each in enumerate(ready) if each.wanders),
        aging=tuple(place for place, each in enumerate(ready) if each.ages and not each.weigh),
        fading=tuple(map(fading, ready)),
    )


def _by_kind(places: Mapping[str, list[int]], of_any: Asked) -> dict[str, Asked]:
    """What is asked of each kind; of one's own also how much is left of each act, for all of them together."""
    asked_for = {_kind(name) for name in places if name != _POINTS} - {"any"}
    found = {kind: asked(kind, places) for kind in asked_for}
    halves = [half_life for half_life, _ in of_any.recent]
    for kind in OWN if halves else ():
        each = found.get(kind, Asked())
        there = {half_life for half_life, _ in each.recent}
        more = tuple((half_life, ()) for half_life in halves if half_life not in there)
        found[kind] = replace(each, recent=(*each.recent, *more))
    return found


def _kind(name: str) -> str:
    return name.split(".")[1]


def _wandered(acts: Acts, ready: Ready, one: Moment, later: Moment) -> Sequence[float]:
    """All that a share can add while old acts fall out of sight; of what else wanders anything."""
    if ready.what not in TIMES or one.own[1] != later.own[1]:
        return ready.low, ready.high
    starts, end = range(one.own[0], later.own[0] + 1), one.own[1]
    shares = [share_of(ready.what, acts, start, end) for start in starts]
    return [weigh(ready.term, None if each == NOTHING else each) for each in shares]


_kept: dict[str, Acting] = {}
_MOST = 8
