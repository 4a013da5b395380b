"""What a card's terms come to for very many people at once, and bounds of it while nothing but time happens. Pure.

The figures are those of `scoring/acting.py` but for their last digits, as sums in another order differ
there; whoever it matters for is asked singly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prospects.kinds import Kind
from scoring.acting import Acting
from scoring.acting_terms import NOTHING, Asked, Ready
from scoring.acts_by_kind import TIMES
from scoring.card.terms import Line
from scoring.changes.crowd import KINDS, OWN_KINDS, ROBOTS, WIDTH, Crowd, Figures, Marks, Whole
from scoring.features.acts import HOUR, MOST_OPENS
from scoring.features.tally import DAY, LOOKS_BACK

_DAYS = 100_000
"""More than there are days."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What each term sees, where that stands among its edges, and what it adds: rows of terms, columns of people.

    `seen` is how many acts of each person there are to see, none of them older than `oldest`.
    """

    values: Figures
    places: Whole
    parts: Figures
    seen: Whole
    oldest: Whole


@dataclass(frozen=True, slots=True)
class Table:
    """A term's table: its edges and weights, and bounds on the way from one place to another."""

    ready: Ready
    edges: Figures
    weights: Figures
    lows: Figures
    highs: Figures


def tables_of(acting: Acting) -> list[Table]:
    """The card's terms of acts as tables."""
    return [_table(each) for each in acting.terms]


def _table(ready: Ready) -> Table:
    lows, highs = (np.array([[pair[n] for pair in row] for row in ready.between]) for n in (0, 1))
    # What was nothing and is nothing adds what nothing adds.
    lows[-1, -1] = highs[-1, -1] = ready.term.missing
    return Table(ready, np.array(ready.edges), np.array(ready.weights), lows, highs)


def moments(
    acting: Acting, tables: Sequence[Table], crowd: Crowd, when: Whole, points: Figures
) -> Moments:
    """Each person at an instant of their own; `points` are what the marketer's rules give for acts then."""
    oldest = (when // DAY - LOOKS_BACK + 1) * DAY
    sight = _sight(acting, crowd, when, oldest)
    values = np.empty((len(tables), len(when)))
    for place in acting.points:
        values[place] = points
    for kind, asked in acting.kinds.items():
        _fill(values, asked, sight, np.array([KINDS[kind]]), kind == Kind.OPEN)
    _fill(values, acting.any, sight, OWN_KINDS, opens=False)
    for what, place in acting.any.rest:
        values[place] = _of_all(what, crowd, sight)
    places = np.empty(values.shape, np.int64)
    parts = np.empty(values.shape)
    for place, table in enumerate(tables):
        places[place] = np.searchsorted(table.edges, values[place])
        parts[place] = _adds(table, values[place], places[place])
    return Moments(values, places, parts, sight.counts.sum(axis=1), oldest)


def bounds(
    acting: Acting, tables: Sequence[Table], crowd: Crowd, one: Moments, later: Moments
) -> tuple[Figures, Figures]:
    """Bounds of each person's sum at every instant from one moment to a later one, if nothing but time happens."""
    fewer = one.seen != later.seen
    lows, highs = np.empty(one.parts.shape), np.empty(one.parts.shape)
    for place, table in enumerate(tables):
        on_the_way = one.places[place], later.places[place]
        lows[place], highs[place] = table.lows[on_the_way], table.highs[on_the_way]
    for place in acting.lines:
        ready, ends = tables[place].ready, (one.parts[place], later.parts[place])
        known = (one.values[place] != NOTHING) == (later.values[place] != NOTHING)
        lows[place] = np.where(known, np.minimum(*ends), ready.low)
        highs[place] = np.where(known, np.maximum(*ends), ready.high)
    for place in acting.wanders if fewer.any() else ():
        low, high = _wandered(tables[place], crowd, one, later)
        lows[place][fewer], highs[place][fewer] = low[fewer], high[fewer]
    return lows.sum(axis=0), highs.sum(axis=0)


def _wandered(table: Table, crowd: Crowd, one: Moments, later: Moments) -> tuple[Figures, Figures]:
    """All that a share can add while old acts fall out of sight; of what else wanders anything."""
    ready, people = table.ready, len(one.seen)
    if ready.what not in TIMES:
        return np.full(people, ready.low), np.full(people, ready.high)
    some = np.flatnonzero(crowd.own & (crowd.at >= one.oldest[crowd.whose]))
    some = some[np.lexsort((crowd.at[some], crowd.whose[some]))]
    whose, at = crowd.whose[some], crowd.at[some]
    shares = _shares_from(whose, crowd.marks(ready.what)[some])
    adds = _adds(table, shares)
    # From the first act that is seen now up to the first that is seen then.
    first = np.diff(whose, prepend=-1) > 0
    reached = first | (np.roll(at, 1) < later.oldest[whose])
    adds, whose = adds[reached], whose[reached]
    low, high = (np.full(people, ready.term.missing) for _ in range(2))
    starts = np.flatnonzero(np.diff(whose, prepend=-1))
    if len(starts):
        low[whose[starts]] = np.minimum.reduceat(adds, starts)
        high[whose[starts]] = np.maximum.reduceat(adds, starts)
    left = np.bincount(
        crowd.whose[crowd.own & (crowd.at >= later.oldest[crowd.whose])], minlength=people
    )
    nothing = np.where(left > 0, low, ready.term.missing)
    return np.minimum(low, nothing), np.maximum(high, np.where(left > 0, high, ready.term.missing))


def _shares_from(whose: Whole, marks: Figures) -> Figures:
    """What share of somebody's acts from each on is marked; they stand in order of people, and of time."""
    known = np.where(marks == NOTHING, 0, marks)
    ends = np.cumsum(np.bincount(whose))[whose] if len(whose) else whose
    sums = np.concatenate(([0.0], np.cumsum(known)))
    shares: Figures = (sums[ends] - sums[:-1]) / (ends - np.arange(len(whose)))
    shares[marks == NOTHING] = NOTHING
    return shares


@dataclass(frozen=True, slots=True)
class _Sight:
    """What there is to see of each person and kind: how many acts, the ages of the last and the first, what is left of them.

    `there` are the acts that are seen; ages are in microseconds, NOTHING where there is none.
    """

    there: Marks
    counts: Whole
    last: Figures
    first: Figures
    left: Mapping[int, Figures]


def _sight(acting: Acting, crowd: Crowd, when: Whole, oldest: Whole) -> _Sight:
    ages = when[crowd.whose] - crowd.at
    there = (crowd.at >= oldest[crowd.whose]) & (ages >= 0)
    key, ages = crowd.key[there], ages[there]
    shape = len(when), WIDTH

    def summed(weights: Figures | None = None) -> NDArray[Any]:
        return np.bincount(key, weights, minlength=len(when) * WIDTH).reshape(shape)

    last, first = np.full(len(when) * WIDTH, NOTHING), np.full(len(when) * WIDTH, NOTHING)
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    if len(starts):
        last[key[starts]] = np.minimum.reduceat(ages, starts)
        first[key[starts]] = np.maximum.reduceat(ages, starts)
    asked = (*acting.kinds.values(), acting.any)
    halves = {half_life for each in asked for half_life, _ in each.recent}
    left = {half_life: summed(0.5 ** (ages / half_life)) for half_life in halves}
    return _Sight(there, summed(), last.reshape(shape), first.reshape(shape), left)


def _fill(values: Figures, asked: Asked, sight: _Sight, kinds: Whole, opens: bool) -> None:
    for place in asked.counts:
        count = sight.counts[:, kinds].sum(axis=1)
        values[place] = np.minimum(count, MOST_OPENS) if opens else count
    for place in asked.hours:
        values[place] = sight.last[:, kinds].min(axis=1) / HOUR
    for place in asked.first:
        first = sight.first[:, kinds]
        ages = np.where(first == NOTHING, -1, first).max(axis=1) / DAY
        values[place] = np.where(ages < 0, NOTHING, ages)
    for half_life, places in asked.recent:
        for place in places:
            values[place] = sight.left[half_life][:, kinds].sum(axis=1)


def _of_all(what: str, crowd: Crowd, sight: _Sight) -> Figures:
    people = len(sight.counts)
    if what == "kinds":
        kinds: Figures = (sight.counts[:, OWN_KINDS] > 0).sum(axis=1).astype(np.float64)
        return kinds
    if what == "robot_share":
        return _share(sight.counts[:, ROBOTS], sight.counts.sum(axis=1))
    own = sight.there & crowd.own
    whose, at = crowd.whose[own], crowd.at[own]
    if what == "active_days":
        days = np.unique(whose * _DAYS + at // DAY)
        return np.bincount(days // _DAYS, minlength=people).astype(np.float64)
    marks = np.bincount(whose, crowd.marks(what)[own], minlength=people)
    return _share(marks, np.bincount(whose, minlength=people))


def _share(some: NDArray[Any], of: NDArray[Any]) -> Figures:
    shares: Figures = np.where(of > 0, some / np.maximum(of, 1), NOTHING)
    return shares


def _adds(table: Table, values: Figures, places: Whole | None = None) -> Figures:
    """What these values add, which stand at these places among its edges."""
    term = table.ready.term
    if not isinstance(term, Line):
        return table.weights[np.searchsorted(table.edges, values) if places is None else places]
    sums = term.slope * (np.clip(values, term.low, term.high) - term.centre)
    parts: Figures = np.where(values == NOTHING, term.missing, sums)
    return parts
