"""One person taken through a flow without effect: what would be done when, and why each wait ends. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce

from nurture.advance import Held, Place, Progress, Set, Wait, advance
from nurture.flow import Flow
from nurture.forecast import MOST_LOOKS
from prospects.change import Change, changed
from prospects.values import Snapshot

Known = Callable[[datetime], Snapshot]
"""What is known of the person at an instant."""


class Because(StrEnum):
    """Why the person was looked at."""

    BEGIN = "begin"
    TIME = "the time is over"
    NEWS = "something happened"


@dataclass(frozen=True, slots=True)
class Scene:
    """One look at the person: when, from where, why, and what came of it."""

    at: datetime
    since: Place
    because: Because
    progress: Progress


def rehearse(
    known: Known,
    flow: Flow,
    place: Place,
    *,
    at: datetime,
    until: datetime,
    news: Sequence[datetime] = (),
) -> Iterator[Scene]:
    """Every look at the person from a place on, by `advance` itself, up to an instant.

    `news` are the instants at which something became known of them, in order; without any, nothing
    happens but time. What the flow sets is seen by the steps after it. Looks that change nothing
    are passed over.
    """
    set_: list[Change] = []
    because = Because.BEGIN
    for _ in range(MOST_LOOKS):
        seen = reduce(changed, set_, known(at))
        progress = advance(seen, flow, place, at)
        set_ += [each.change for each in progress.effects if isinstance(each, Set)]
        if because is Because.BEGIN or progress.place != place or not _rests(progress):
            yield Scene(at, place, because, progress)
        if not _rests(progress):
            return
        then, because = _next(progress, at, news)
        if not at < then <= until:
            return
        at, place = then, progress.place


def _rests(progress: Progress) -> bool:
    return isinstance(progress.rest, Wait | Held)


def _next(progress: Progress, at: datetime, news: Sequence[datetime]) -> tuple[datetime, Because]:
    """When somebody looks again: when the wait is over, or when something happens before."""
    assert isinstance(progress.rest, Wait | Held)
    due = progress.rest.until
    happens = next((each for each in news if at < each < due), None)
    return (happens, Because.NEWS) if happens else (due, Because.TIME)
