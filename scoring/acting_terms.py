"""A card's terms of what people do, made ready: by what they ask of acts, and with all they can come to add. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import assert_never

from scoring.card.terms import Levels, Line, Steps, Term, Value, weigher
from scoring.features.tally import DAY, LOOKS_BACK

Weigh = Callable[[float], float]
Slot = tuple[int, Weigh]
"""The place of a term among a card's, and how it weighs."""
_WANDERS = frozenset({"days_since_first", "robot_share", "in_hours_share", "weekend_share"})
"""What may rise or fall when an old act is no longer looked at; everything else only fades, or only grows old."""

_OLDEST = LOOKS_BACK * 24.0
"""Hours after which no act is seen any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The terms of one kind of acts, or of all (`did.any`), by what they ask for; `recent` by the half-life."""

    counts: tuple[Slot, ...]
    hours: tuple[Slot, ...]
    first: tuple[Slot, ...]
    recent: tuple[tuple[int, tuple[Slot, ...]], ...]
    rest: tuple[tuple[str, Slot], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """All a term can add (`low` to `high`); `steady` if more never speaks the other way than some; `wanders`: see there."""

    term: Term
    what: str
    weigh: Weigh
    low: float
    high: float
    steady: bool
    wanders: bool


def blank(name: str) -> Value:
    """What a feature says of somebody who did nothing."""
    last = name.rpartition(".")[2]
    fades = last in ("count", "active_days", "kinds") or last.startswith("recent_")
    return 0.0 if fades else None


def asked(kind: str, slots: Mapping[str, list[Slot]]) -> Asked:
    """The terms of this kind among those by the names of their features."""
    start = f"did.{kind}."
    of = {
        name.removeprefix(start): tuple(some)
        for name, some in slots.items()
        if name.startswith(start)
    }
    recent = {what: some for what, some in of.items() if what.startswith("recent_")}
    return Asked(
        counts=of.pop("count", ()),
        hours=of.pop("hours_since", ()),
        first=of.pop("days_since_first", ()),
        recent=tuple((int(what[7:-1]) * DAY, some) for what, some in recent.items()),
        rest=tuple(
            (what, slot) for what, some in of.items() if what not in recent for slot in some
        ),
    )


def of_numbers(term: Term) -> Weigh:
    """The same as `weigher`, for what is a number for certain."""
    match term:
        case Steps(edges=edges, weights=steps):
            return lambda number: steps[bisect_left(edges, number)]
        case _:
            return weigher(term)


def extremes(reach: Reach, now: Value, then: Value) -> tuple[float, float]:
    """What a term adds at least and at most from one number to another; what is no longer seen grew old before."""
    term = reach.term
    if not isinstance(term, Steps) or not isinstance(now, float):
        return reach.low, reach.high
    oldest = _OLDEST if then is None else then
    assert not isinstance(oldest, str)
    ends = sorted((bisect_left(term.edges, now), bisect_left(term.edges, oldest)))
    some = term.weights[ends[0] : ends[1] + 1]
    if then is None:
        some = (*some, term.missing)
    return min(some), max(some)


def reach_of(term: Term) -> Reach:
    """All this term can add."""
    missing, weighs = term.missing, of_numbers(term)
    what = term.feature.rpartition(".")[2]
    match term:
        case Steps(weights=all_of):
            some = list(all_of)
        case Line(low=low, high=high):
            some = [weighs(low), weighs(high)]
        case Levels():
            some = [missing]
        case _:
            assert_never(term)
    rising = sorted(some)
    return Reach(
        term,
        what,
        weighs,
        low=min(missing, *some),
        high=max(missing, *some),
        steady=some in (rising, rising[::-1]),
        wanders=what in _WANDERS,
    )
