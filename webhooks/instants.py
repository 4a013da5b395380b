"""Times as senders write them, judged against the time we received them. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this nobody filled in a web form: such a time is a mistake."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A sender's clock may run ahead by so much without a remark."""


@dataclass(frozen=True, slots=True)
class Told:
    """When something happened. `remark` says what was wrong with the time we were told, if anything."""

    at: datetime
    remark: str | None = None


def read_instant(told: object, received_at: datetime) -> Told:
    """The instant in `told`: RFC 3339, a date, or Unix seconds or milliseconds; absent: on arrival.

    A time in the future becomes the time of arrival, and so does an unreadable one: the item is
    worth more than its clock. A time without a zone is taken as UTC.
    """
    if told is None or told == "":
        return Told(received_at)
    at = instant(told)
    if at is None or at < EARLIEST:
        return Told(received_at, "the time given could not be read")
    if at > received_at:
        ahead = at > received_at + CLOCKS_DIFFER
        return Told(received_at, "the time given lay in the future" if ahead else None)
    return Told(at)


def is_instant(told: object) -> bool:
    """Whether `told` names a time at all, so that an item can be recognised by it."""
    return told is not None and instant(told) is not None


def instant(told: object) -> datetime | None:
    """The instant in `told`, whenever that is; None where it names none."""
    try:
        match told:
            case bool():
                return None
            case datetime():
                return told
            case int() | float():
                return _from_number(float(told))
            case str() if told.isascii() and told.strip().isdigit() and len(told) <= 16:
                return _from_number(float(told))
            case str():
                return _in_utc(datetime.fromisoformat(told.strip()[:64]))
            case _:
                return None
    except (ValueError, OverflowError, OSError):
        return None


def _from_number(number: float) -> datetime:
    # Seconds reach 10^11 only in the year 5138, milliseconds passed it in 1973.
    seconds = number / 1000 if abs(number) >= 1e11 else number
    return datetime.fromtimestamp(seconds, UTC)


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
