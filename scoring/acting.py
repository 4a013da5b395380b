"""What somebody's acts add to a card's sum, at very many instants: the terms made ready, and bounds between two instants. Pure.

The values are those of `scoring/features/acts.py`, which says what each of them means; a test holds the
two together. Nothing here is asked of one person once: it is for changes of everybody, and for when
time alone changes somebody.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import NamedTuple

from prospects.kinds import OF_INTEREST, Kind
from scoring.acting_terms import Asked, Reach, Slot, asked, blank, extremes, of_numbers, reach_of
from scoring.card.card import Card
from scoring.card.terms import Side, Value, weigher
from scoring.features.acts import HOUR, MOST_OPENS, at_work, marks_at, on_weekends
from scoring.features.registry import REGISTRY
from scoring.features.tally import DAY, LOOKS_BACK, Tally

_OWN = frozenset(kind.value for kind in OF_INTEREST)
_VIEWS, _OPENS = Kind.PAGE_VIEW.value, Kind.OPEN.value
_POINTS = "points.engagement"


class Acts(NamedTuple):
    """When somebody did what, by kind, and of the kinds that speak for somebody together; in order of time.

    In microseconds since 1970. `marks` hold for each of `own` whether it fell at such times, once somebody asked.
    """

    kinds: Sequence[tuple[str, Sequence[int]]]
    own: Sequence[int]
    robots: Sequence[int]
    zone: str | None
    marks: dict[str, Sequence[bool] | None]


class Moment(NamedTuple):
    """What each term sees and adds at an instant; how many acts there are to see, and which of one's own."""

    values: list[Value]
    parts: list[float]
    seen: int
    own: tuple[int, int]

    @property
    def sum(self) -> float:
        """What the acts add to the logit; the same in whatever order the terms stand."""
        return fsum(self.parts)


@dataclass(frozen=True, slots=True)
class Acting:
    """A card's terms of acts, ready. Build it with `acting_of`; `still` names its other terms of that side."""

    kinds: Mapping[str, Asked]
    any: Asked
    points: tuple[Slot, ...]
    still: frozenset[str]
    values: list[Value]
    parts: list[float]
    reach: tuple[Reach, ...]

    def at(self, acts: Acts, when: int, points: float, still: Iterable[float]) -> Moment:
        """`points` are what the marketer's rules give for acts then, `still` what the still terms add."""
        values, parts = self.values.copy(), self.parts.copy()
        oldest = (when // DAY - LOOKS_BACK + 1) * DAY
        every = sorts = 0
        for kind, times in acts.kinds:
            if times[0] < oldest or times[-1] > when:
                times = times[slice(*_span(times, oldest, when))]
            if not times:
                continue
            ages = [when - each for each in times]
            asked = self.kinds.get(kind)
            if asked is not None:
                most = MOST_OPENS if kind == _OPENS else len(ages)
                _of_ages(asked, ages, min(len(ages), most), values, parts)
            every += len(ages)
            sorts += kind in _OWN
        robots = len(acts.robots[slice(*_span(acts.robots, oldest, when))]) if acts.robots else 0
        own = _span(acts.own, oldest, when)
        if own[0] < own[1]:
            ages = [when - each for each in acts.own[slice(*own)]]
            _of_ages(self.any, ages, len(ages), values, parts)
        for what, (place, weigh) in self.any.rest if every or robots else ():
            value = _of_all(what, acts, own, sorts=sorts, robots=robots, every=every)
            if value is not None:
                values[place], parts[place] = value, weigh(value)
        for place, weigh in self.points:
            values[place], parts[place] = points, weigh(points)
        parts.extend(still)
        return Moment(values, parts, every + robots, own)

    def between(self, acts: Acts, one: Moment, later: Moment) -> tuple[float, float]:
        """Bounds of the sum at every instant from one moment to a later one, if nothing but time happens."""
        lows, highs = one.parts.copy(), one.parts.copy()
        fewer = one.seen != later.seen
        # Of who is quiet only old points fade.
        acted = one.seen or later.seen
        places = range(len(self.reach)) if acted else [place for place, _ in self.points]
        for place in places:
            now, then = one.values[place], later.values[place]
            if now == then and not fewer:
                continue
            reach = self.reach[place]
            if fewer and reach.wanders:
                some = _wandered(acts, reach, one, later)
                lows[place], highs[place] = min(some), max(some)
            elif now == then:
                continue
            elif reach.steady and now is not None and then is not None:
                ends = one.parts[place], later.parts[place]
                lows[place], highs[place] = min(ends), max(ends)
            else:
                lows[place], highs[place] = extremes(reach, now, then)
        return fsum(lows), fsum(highs)


def acts_of(tally: Tally, zone: str | None) -> Acts:
    """The acts of a tally, of somebody who lives by this zone's clocks."""
    kinds: list[tuple[str, Sequence[int]]] = [each for each in tally.did.items() if each[1]]
    if tally.visits:
        kinds.append((_VIEWS, sorted(tally.visits.values())))
    own = sorted([each for kind, times in kinds if kind in _OWN for each in times])
    robots = (
        sorted((*tally.robots, *tally.robot_visits.values()))
        if tally.robots or tally.robot_visits
        else ()
    )
    return Acts(kinds, own, robots, zone, {})


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
    slots: dict[str, list[Slot]] = {}
    for place, term in enumerate(moving):
        slots.setdefault(term.feature, []).append((place, of_numbers(term)))
    kinds = {_kind(name) for name in slots if name != _POINTS}
    nothing = [blank(term.feature) for term in moving]
    return Acting(
        kinds={kind: asked(kind, slots) for kind in kinds - {"any"}},
        any=asked("any", slots),
        points=tuple(slots.get(_POINTS, ())),
        still=frozenset(term.feature for term in terms if not moves(term.feature)),
        values=nothing,
        parts=[weigher(term)(value) for term, value in zip(moving, nothing, strict=True)],
        reach=tuple(map(reach_of, moving)),
    )


def _kind(name: str) -> str:
    return name.split(".")[1]


def _span(times: Sequence[int], oldest: int, when: int) -> tuple[int, int]:
    if times and times[0] >= oldest and times[-1] <= when:
        return 0, len(times)
    return bisect_left(times, oldest), bisect_right(times, when)


def _of_ages(
    asked: Asked, ages: list[int], count: int, values: list[Value], parts: list[float]
) -> None:
    for place, weigh in asked.counts:
        values[place] = value = float(count)
        parts[place] = weigh(value)
    for place, weigh in asked.hours:
        values[place] = value = ages[-1] / HOUR
        parts[place] = weigh(value)
    for place, weigh in asked.first:
        values[place] = value = ages[0] / DAY
        parts[place] = weigh(value)
    for half_life, slots in asked.recent:
        value = fsum([0.5 ** (age / half_life) for age in ages])
        for place, weigh in slots:
            values[place], parts[place] = value, weigh(value)


def _of_all(
    what: str, acts: Acts, own: tuple[int, int], *, sorts: int, robots: int, every: int
) -> float | None:
    match what:
        case "active_days":
            return float(len({each // DAY for each in acts.own[slice(*own)]}))
        case "kinds":
            return float(sorts)
        case "robot_share":
            return robots / (robots + every) if robots + every else None
    return _share(what, acts, *own)


def _share(what: str, acts: Acts, start: int, end: int) -> float | None:
    if what not in acts.marks:
        acts.marks[what] = marks_at(acts.own, acts.zone, _TIMES[what])
    marks = acts.marks[what]
    return sum(marks[start:end]) / (end - start) if marks and start < end else None


def _wandered(acts: Acts, reach: Reach, one: Moment, later: Moment) -> Sequence[float]:
    """All that a share can add while old acts fall out of sight; of what else wanders anything."""
    if reach.what not in _TIMES or one.own[1] != later.own[1]:
        return reach.low, reach.high
    starts, end = range(one.own[0], later.own[0] + 1), one.own[1]
    shares = [_share(reach.what, acts, start, end) for start in starts]
    return [reach.term.missing if each is None else reach.weigh(each) for each in shares]


_kept: dict[str, Acting] = {}
_MOST = 8
_TIMES = {"in_hours_share": at_work, "weekend_share": on_weekends}
