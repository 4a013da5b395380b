"""When somebody did what, ready to be asked about very many instants, and the values of a card's terms then. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, NamedTuple

from prospects.kinds import OF_INTEREST, Kind
from scoring.acting_terms import NOTHING, Asked
from scoring.features.acts import HOUR, MOST_OPENS, at_work, marks_at, on_weekends
from scoring.features.tally import DAY, Tally, Times, Visits, oldest_seen

OWN = frozenset(kind.value for kind in OF_INTEREST)
TIMES = {"in_hours_share": at_work, "weekend_share": on_weekends}
_VIEWS, _OPENS = Kind.PAGE_VIEW.value, Kind.OPEN.value


class Acts(NamedTuple):
    """When somebody did what, by kind, and of the kinds that speak for somebody together; in order of time.

    In microseconds since 1970. `marks` hold for each of `own` whether it fell at such times, once somebody asked.
    """

    kinds: Sequence[tuple[str, Sequence[int]]]
    own: Sequence[int]
    robots: Sequence[int]
    zone: str | None
    marks: dict[str, Sequence[bool] | None]


def acts_of(tally: Tally, zone: str | None) -> Acts:
    """The acts of a tally, of somebody who lives by this zone's clocks."""
    robots = (*tally.robots, *tally.robot_visits.values())
    return _acts(tally.did, tally.visits, robots, zone)


def acts_in(document: Mapping[str, Any], zone: str | None) -> Acts:
    """The same of a tally as it was `written`."""
    if len(document) - ("first" in document) - ("touches" in document) == 0:
        return Acts((), (), (), zone, {})
    robots = (*document.get("robots", ()), *document.get("robot_visits", {}).values())
    return _acts(document.get("did", {}), document.get("visits"), robots, zone)


def _acts(did: Times, visits: Visits | None, robots: Sequence[int], zone: str | None) -> Acts:
    kinds: list[tuple[str, Sequence[int]]] = [each for each in did.items() if each[1]]
    if visits:
        kinds.append((_VIEWS, sorted(visits.values())))
    own = sorted([each for kind, times in kinds if kind in OWN for each in times])
    return Acts(kinds, own, sorted(robots), zone, {})


def fill_in(
    values: list[float], acts: Acts, when: int, *, kinds: Mapping[str, Asked], of_any: Asked
) -> tuple[int, tuple[int, int]]:
    """Put what there is to see then in its places; returns how many acts that are, and which of one's own."""
    oldest = oldest_seen(when)
    every = sorts = 0
    left: dict[int, list[float]] = {half_life: [] for half_life, _ in of_any.recent}
    for kind, there in acts.kinds:
        times = there
        if there[0] < oldest or there[-1] > when:
            times = there[slice(*span(there, oldest, when))]
        if not times:
            continue
        every += len(times)
        sorts += kind in OWN
        asked = kinds.get(kind)
        if asked is None:
            continue
        of_one = _of_kind(values, asked, kind, [when - each for each in times])
        for half_life in left if kind in OWN else ():
            left[half_life] += of_one[half_life]
    robots = len(acts.robots[slice(*span(acts.robots, oldest, when))]) if acts.robots else 0
    own = span(acts.own, oldest, when)
    if own[0] < own[1]:
        ends = when - acts.own[own[0]], when - acts.own[own[1] - 1]
        _fill(values, of_any, own[1] - own[0], *ends, left)
    for what, place in of_any.rest if every or robots else ():
        values[place] = _of_all(what, acts, own, sorts=sorts, robots=robots, every=every)
    return every + robots, own


def _of_kind(
    values: list[float], asked: Asked, kind: str, ages: list[int]
) -> dict[int, list[float]]:
    """Returns what is left of each act, by the half-life."""
    left = {half_life: [0.5 ** (age / half_life) for age in ages] for half_life, _ in asked.recent}
    count = min(len(ages), MOST_OPENS) if kind == _OPENS else len(ages)
    _fill(values, asked, count, ages[0], ages[-1], left)
    return left


def _fill(
    values: list[float],
    asked: Asked,
    count: int,
    first: int,
    last: int,
    left: Mapping[int, Sequence[float]],
) -> None:
    """By how many acts there are, the ages of the first and the last, and what is left of each."""
    for place in asked.counts:
        values[place] = count
    for place in asked.hours:
        values[place] = last / HOUR
    for place in asked.first:
        values[place] = first / DAY
    for half_life, places in asked.recent:
        for place in places:
            values[place] = fsum(left[half_life])


def _of_all(
    what: str, acts: Acts, own: tuple[int, int], *, sorts: int, robots: int, every: int
) -> float:
    match what:
        case "active_days":
            return len({each // DAY for each in acts.own[slice(*own)]})
        case "kinds":
            return sorts
        case "robot_share":
            return robots / (robots + every)
    return share_of(what, acts, *own)


def span(times: Sequence[int], oldest: int, when: int) -> tuple[int, int]:
    """From where to where these times lie between two instants."""
    if times and times[0] >= oldest and times[-1] <= when:
        return 0, len(times)
    return bisect_left(times, oldest), bisect_right(times, when)


def share_of(what: str, acts: Acts, start: int, end: int) -> float:
    """What share of some of one's own acts fell at such times."""
    if what not in acts.marks:
        acts.marks[what] = marks_at(acts.own, acts.zone, TIMES[what])
    marks = acts.marks[what]
    return sum(marks[start:end]) / (end - start) if marks and start < end else NOTHING
