"""Everything a feature may look at, and nothing else: what is not in here cannot leak into a model. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from prospects.kinds import OF_INTEREST, Kind
from prospects.own_titles import ReadTitle
from prospects.values import Company, Person
from scoring.features.tally import Tally, Touch, oldest_seen

_OF_INTEREST = frozenset(kind.value for kind in OF_INTEREST)


@dataclass(frozen=True, slots=True)
class Points:
    """What the marketer's rules give: the fit part and the engagement part, both in points."""

    fit: float
    engagement: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One person at an instant. Acts are ages in microseconds, by kind; `own` are those that speak for somebody.

    `now` is in microseconds since 1970. `points` is None where nobody asked for them.
    """

    now: int
    person: Person
    company: Company | None
    ages: Mapping[str, list[int]]
    own: list[int]
    robots: int
    first: Touch | None
    touches: tuple[Touch, ...]
    titles: ReadTitle
    points: Points | None = None


def known(
    tally: Tally,
    person: Person,
    company: Company | None,
    *,
    now: int,
    titles: ReadTitle,
    points: Points | None = None,
) -> Known:
    """What there is to see at `now`: nothing that happens later, nothing older than `LOOKS_BACK`."""
    longest = now - oldest_seen(now)
    views = tally.visits.values()
    ages = {
        kind: some
        for kind, times in (*tally.did.items(), (Kind.PAGE_VIEW.value, views))
        if (some := [age for when in times if 0 <= (age := now - when) <= longest])
    }
    robots = (*tally.robots, *tally.robot_visits.values())
    return Known(
        now=now,
        person=person,
        company=company,
        ages=ages,
        own=[age for kind, some in ages.items() if kind in _OF_INTEREST for age in some],
        robots=sum(0 <= now - when <= longest for when in robots),
        first=tally.first if tally.first and tally.first.at <= now else None,
        touches=tuple(each for each in tally.touches if 0 <= now - each.at <= longest),
        titles=titles,
        points=points,
    )
