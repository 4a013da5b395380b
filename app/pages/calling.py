"""When to call a buyer again: the times a rep can choose with one tap. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from app.pages.views import Tone
from app.times import from_local_input, near_day
from prospects.hours import DAY, Hours

SPANS = {"1h": ("In an hour", timedelta(hours=1)), "4h": ("In four hours", timedelta(hours=4))}
AT = (9, 14)
"""The hours of a day that are offered: the first of the morning, and after lunch."""
DAYS = 4
SOON_CALL = timedelta(hours=1)


def times(now: datetime, zone: tzinfo, hours: Hours) -> list[tuple[str, str]]:
    """In an hour, in four, and the rep's next working days at nine and two."""
    today = now.astimezone(zone).date()
    return [(key, words) for key, (words, _) in SPANS.items()] + [
        (f"{day.isoformat()}T{hour:02}:00", f"{_named(day, today)} {hour}:00")
        for day in _working_days(hours, today)
        for hour in AT
    ]


def instant(written: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The instant a choice or a typed time means where the rep is; None for neither."""
    if written in SPANS:
        return now + SPANS[written][1]
    at = from_local_input(written, zone)
    return at.astimezone(UTC) if at else None


def tone(at: datetime, now: datetime) -> Tone:
    """Bad once it is time to call."""
    if at <= now:
        return Tone.BAD
    return Tone.SOON if at - now <= SOON_CALL else Tone.PLAIN


def _working_days(hours: Hours, today: date) -> Iterator[date]:
    ahead = (today + n * DAY for n in range(1, 31))
    found = (day for day in ahead if hours.works_on(day))
    for _, day in zip(range(DAYS), found, strict=False):
        yield day


def _named(day: date, today: date) -> str:
    named = near_day(day, today)
    return f"{named[:1].upper()}{named[1:]}"
