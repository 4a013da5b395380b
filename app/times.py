"""Instants as people say them, in the viewer's zone; nothing here reads the clock."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def zone_of(name: str | None) -> tzinfo:
    """The zone of that IANA name; UTC for none and for one we do not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`today 14:05`, `Fri 14:05` within six days, else `3 Mar 14:05` (with the year if another)."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{near_day(here.date(), today)} {here:%H:%M}"


def near_day(day: date, today: date) -> str:
    """`today`, `tomorrow`, `yesterday`, `Fri` within six days, else `3 Mar` or `3 Mar 2025`."""
    apart = (day - today).days
    if named := {0: "today", 1: "tomorrow", -1: "yesterday"}.get(apart):
        return named
    if abs(apart) < 7:
        return f"{day:%a}"
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def whole_day(day: date, today: date) -> str:
    """A heading for one day: `Today`, `Yesterday`, else `Tuesday 3 March` (with another year)."""
    apart = (day - today).days
    if named := {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get(apart):
        return named
    return f"{day:%A} {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")


def away_until(back: datetime, now: datetime, zone: tzinfo) -> str:
    """`away until Monday 9 March`, `away until tomorrow`, `away until 14:00`: when somebody is at work again."""
    here, today = back.astimezone(zone), now.astimezone(zone).date()
    if here.date() == today:
        return f"away until {here:%H:%M}"
    day = whole_day(here.date(), today)
    return f"away until {'tomorrow' if day == 'Tomorrow' else day}"


def left(until: datetime, now: datetime) -> str:
    """`12 min left`, `3 h 5 min left`, `4 days left`; `time is up` from `until` on."""
    seconds = (until - now).total_seconds()
    return f"{span(seconds)} left" if seconds > 0 else "time is up"


def span(seconds: float) -> str:
    """A length of time: minutes below an hour, hours and minutes below two days, then days."""
    minutes = -int(-seconds // MINUTE)
    if minutes < HOUR // MINUTE:
        return f"{minutes} min"
    if minutes < 2 * DAY // MINUTE:
        rest = f" {minutes % 60} min" if minutes % 60 else ""
        return f"{minutes // 60} h{rest}"
    return f"{minutes * MINUTE // DAY} days"


def ago(at: datetime, now: datetime) -> str:
    """`just now`, `12 min ago`, `4 days ago`."""
    seconds = (now - at).total_seconds()
    return "just now" if seconds < MINUTE else f"{span(seconds)} ago"


def passed(since: datetime, now: datetime) -> str:
    """A length of time that has passed, to the second where that matters: `3 s`, `12 min`, `2 days`."""
    seconds = max(0, round((now - since).total_seconds()))
    return f"{seconds} s" if seconds < MINUTE else span(seconds)


def end_of_day(day: date, zone: tzinfo, *, hour: int = 17) -> datetime:
    """When a promise for that day is due: five in the afternoon where the rep is, in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def local_input(at: datetime, zone: tzinfo) -> str:
    """An instant as a `datetime-local` field holds it, in the viewer's zone."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


def from_local_input(text: str, zone: tzinfo) -> datetime | None:
    """The instant a `datetime-local` field means; None if it is not one."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
