"""Somebody's acts in order of time, with a mark that tells whether they are still the same ones; no ORM, no clock in here."""

from collections.abc import Iterable, Sequence

from prospects.values import Activity

SEEN_AT_LEAST, SEEN_AT_MOST = 500, 600
"""Newest activities of one person that a reaction looks at; more is a robot or a mistake."""


class History(tuple[Activity, ...]):
    """Acts in order of time, and their `mark`, added up while they were read: later it takes as long again."""

    mark: int


def mark_of(acts: Iterable[Activity]) -> int:
    """A sum over ids, a robot's twice: another one if an act is missing, is more, or was a robot's after all."""
    return sum([one.id.int << one.suspect_robot for one in acts])


def newest(acts: Sequence[Activity]) -> Sequence[Activity]:
    """The newest of these, which are in order of time: all, or from at least to at most so many.

    Where it begins is drawn by lot among the acts themselves, so that it begins at the same one through
    some fifty more, whoever asks: what was made of them then need only be added to.
    """
    if len(acts) <= SEEN_AT_LEAST:
        return acts
    first = range(max(0, len(acts) - SEEN_AT_MOST), len(acts) - SEEN_AT_LEAST + 1)
    return acts[min(first, key=lambda place: _lot(acts[place])) :]


def _lot(act: Activity) -> int:
    return act.id.int * _MIXES & _LOT


_MIXES = 0x9E3779B97F4A7C15
_LOT = (1 << 64) - 1
