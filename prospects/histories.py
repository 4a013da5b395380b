"""Somebody's acts in order of time, with a mark that tells whether they are still the same ones; no ORM, no clock in here."""

from collections.abc import Iterable

from prospects.values import Activity


class History(tuple[Activity, ...]):
    """Acts in order of time, and their `mark`, added up while they were read: later it takes as long again."""

    mark: int


def mark_of(acts: Iterable[Activity]) -> int:
    """A sum over ids, a robot's twice: another one if an act is missing, is more, or was a robot's after all."""
    return sum([one.id.int << one.suspect_robot for one in acts])
