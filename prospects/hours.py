"""When a person is at work, in their own zone: open or not, the next opening, time that counts.

An instant is open if the clock on that person's wall then shows a time inside one of the windows and
the date on it is neither an absence nor a holiday. So at the end of summer time an hour shown twice
counts twice, and an hour the clock skips does not count. Every instant given must be aware; every
instant returned is in UTC. Nothing here searches longer than HORIZON: who is never open again within
it gets None for an answer.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=5 * 366)
"""Longer than any clock of ours runs, and still only 1,830 days to look through."""

DAY = timedelta(days=1)
_STEP = timedelta(hours=6)  # no zone changes its offset twice within so few hours

Span = tuple[datetime, datetime]
"""An open stretch in UTC, without its end."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one wall-clock day, since midnight: 0 ≤ opens < closes ≤ 24 hours."""

    opens: timedelta
    closes: timedelta


@dataclass(frozen=True, slots=True)
class Absence:
    """Away on these dates, the first and the last among them."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's week (Monday first; windows sorted and apart) with the dates that are not worked."""

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    absences: tuple[Absence, ...] = ()
    holidays: Container[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether this date, on the person's own calendar, has open hours."""
        return bool(self.windows_on(day))

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The open windows of this date; none on an absence or holiday."""
        if day in self.holidays or any(away.first <= day <= away.last for away in self.absences):
            return ()
        return self.week[day.weekday()]


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether the person is at work at this instant."""
    wall = at.astimezone(hours.zone).replace(tzinfo=None)
    shown = wall - datetime.combine(wall.date(), datetime.min.time())
    return any(window.opens <= shown < window.closes for window in hours.windows_on(wall.date()))


def next_open(hours: Hours, at: datetime) -> datetime | None:
    """The first instant from `at` on at which the person is at work, or None if there is none."""
    return next((start for start, _ in _spans(hours, at)), None)


def leaves_at(hours: Hours, at: datetime) -> datetime | None:
    """The midnight at which the next absence that has not begun at `at` begins, or None."""
    today = at.astimezone(hours.zone).date()
    first = min((away.first for away in hours.absences if away.first > today), default=None)
    if first is None:
        return None
    return datetime(first.year, first.month, first.day, tzinfo=hours.zone).astimezone(UTC)


def add_business_time(hours: Hours, start: datetime, amount: timedelta) -> datetime | None:
    """The first instant by which `amount` of open time has passed since `start`.

    A deadline that falls on closing time is closing time, not the next morning; an amount of zero is
    the next opening. None if the horizon comes first; raises ValueError for a negative amount.
    """
    if amount < timedelta(0):
        raise ValueError("business time is only added")
    left = amount
    for opens, closes in _spans(hours, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def add_business_days(hours: Hours, start: datetime, days: int) -> datetime | None:
    """The same time of day, so many working days after the next opening from `start`.

    Where that day is closed at that time it is the day's next opening, or else its closing. None if
    the horizon comes first; raises ValueError for a negative number.
    """
    if days < 0:
        raise ValueError("business days are only added")
    begun = next_open(hours, start)
    if begun is None or days == 0:
        return begun
    wall = begun.astimezone(hours.zone)
    day = _working_day(hours, wall.date(), days)
    if day is None:
        return None
    wanted = datetime.combine(day, wall.time(), hours.zone).astimezone(UTC)
    opening = next_open(hours, wanted)
    if opening is not None and opening.astimezone(hours.zone).date() == day:
        return opening
    return _last_closing(hours, wanted)


def _spans(hours: Hours, start: datetime) -> Iterator[Span]:
    """Open stretches from `start` on, in order; `start` cuts the first."""
    if not any(hours.week):
        return
    start = start.astimezone(UTC)
    before_time_ends = (date.max - start.date()).days - 1
    days = (start.date() + ahead * DAY for ahead in range(min(HORIZON.days, before_time_ends)))
    for opens, closes in chain.from_iterable(_spans_in(hours, day) for day in days):
        if closes > start:
            yield max(opens, start), closes


def _spans_in(hours: Hours, utc_day: date) -> list[Span]:
    """Open stretches within one day of UTC, in order; those that touch are one."""
    spans: list[Span] = []
    pieces = (
        (opens - offset, closes - offset)
        for begins, ends, offset in _offsets(hours.zone, utc_day)
        for opens, closes in _shown_open(hours, begins + offset, ends + offset)
    )
    for opens, closes in pieces:
        begins = spans.pop()[0] if spans and spans[-1][1] == opens else opens
        spans.append((begins, closes))
    return spans


def _shown_open(hours: Hours, begins: datetime, ends: datetime) -> Iterator[Span]:
    """Open stretches between two readings of the wall clock while it runs evenly."""
    day = begins.date()
    while (midnight := datetime.combine(day, datetime.min.time(), UTC)) < ends:
        windows = (
            (max(begins, midnight + window.opens), min(ends, midnight + window.closes))
            for window in hours.windows_on(day)
        )
        yield from ((opens, closes) for opens, closes in windows if opens < closes)
        day += DAY


@lru_cache(maxsize=16_384)
def _offsets(zone: ZoneInfo, utc_day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """One day of UTC, cut where the zone's offset changes: (begin, end, wall clock minus UTC)."""
    begins = datetime.combine(utc_day, datetime.min.time(), UTC)
    cuts = [begins]
    for step in range(4):
        early, late = begins + step * _STEP, begins + (step + 1) * _STEP
        if _offset(zone, early) != _offset(zone, late):
            cuts.append(_change(zone, early, late))
    cuts.append(begins + DAY)
    return tuple(
        (early, late, _offset(zone, early)) for early, late in pairwise(cuts) if early < late
    )


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second with the later offset."""
    before = _offset(zone, early)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _working_day(hours: Hours, after: date, count: int) -> date | None:
    for ahead in range(1, HORIZON.days):
        day = after + ahead * DAY
        count -= hours.works_on(day)
        if count == 0:
            return day
    return None


def _last_closing(hours: Hours, before: datetime) -> datetime | None:
    for back in range(3):
        spans = _spans_in(hours, before.date() - back * DAY)
        closings = [closes for _, closes in spans if closes <= before]
        if closings:
            return closings[-1]
    return None
