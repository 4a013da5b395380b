"""Times as exports of all sorts write them: ISO, days and months in either order, Unix times, or a mere order. Pure."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from scoring.cells import Decimal, number, says_nothing

MOSTLY = 0.98
"""The share of a column's different cells that must be times, else it is no column of times."""
_SECONDS = (631_152_000.0, 4_102_444_800.0)
"""1990 and 2100, as Unix seconds: numbers between them are instants, others are a mere order."""
_PARTS = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})"
    r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
)
_NAMED = re.compile(
    r"(?:(\d{1,2})[. -]+)?([^\W\d_]{3,9})[. ,-]+(?:(\d{1,2})[, ]+)?(\d{4})(?:[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_MONTHS = {
    name: month
    for month, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"),
        1,
    )
    for name in names.split()
}  # fmt: skip


class Unit(StrEnum):
    """What the figures of a time count: seconds since 1970, or nothing but the order."""

    SECONDS = "seconds"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Times:
    """A column read as times; None where a cell is empty or unreadable. `how` says how it was read."""

    values: tuple[float | None, ...]
    unit: Unit
    how: str


Read = Callable[[str], float | None]


def times(texts: Sequence[str], *, or_order: bool = False) -> Times | None:
    """These cells as times, in the one way of writing that reads nearly all; None where none does.

    With `or_order` any number will do. A time without a zone is UTC.
    """
    told = {text for text in set(texts) if not says_nothing(text)}
    for how, read in _WAYS:
        found = {text: read(text) for text in told}
        unread = sum(each is None for each in found.values())
        if told and unread <= (1 - MOSTLY) * len(told):
            return Times(tuple(found.get(text) for text in texts), Unit.SECONDS, how)
    return _in_order(texts, told) if or_order else None


def _in_order(texts: Sequence[str], told: Collection[str]) -> Times | None:
    found = {text: number(text, Decimal.POINT) for text in told}
    if not told or sum(each is None for each in found.values()) > (1 - MOSTLY) * len(told):
        return None
    how = "numbers that rise with time"
    return Times(tuple(found.get(text) for text in texts), Unit.ORDER, how)


def _iso(text: str) -> float | None:
    try:
        at = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _compact(text: str) -> float | None:
    """`20260303`, which ISO allows too, but only where it can be a day of our times."""
    bare = text.strip()
    return _iso(bare) if len(bare) == 8 and bare[:2] in ("19", "20") and bare.isdigit() else None


def _dashed(text: str) -> float | None:
    return None if text.strip().isdigit() else _iso(text)


def _unix(text: str) -> float | None:
    found = number(text, Decimal.POINT)
    if found is None:
        return None
    seconds = found / 1000 if found >= 1e11 else found
    return seconds if _SECONDS[0] <= seconds <= _SECONDS[1] else None


def _parts(order: str) -> Read:
    """A reader of days in one order: `ymd`, `dmy` or `mdy`."""

    def read(text: str) -> float | None:
        match = _PARTS.fullmatch(text.strip())
        if match is None:
            return None
        day = dict(zip(order, match.group(1, 2, 3), strict=True))
        if len(day["y"]) not in ((4,) if order == "ymd" else (2, 4)):
            return None
        year = int(day["y"]) + (2000 if len(day["y"]) == 2 else 0)
        return _at((year, int(day["m"]), int(day["d"])), match.group(4, 5, 6), match[7])

    return read


def _named(text: str) -> float | None:
    match = _NAMED.fullmatch(text.strip())
    month = _MONTHS.get(match[2][:3].lower()) if match else None
    if match is None or month is None or not (match[1] or match[3]):
        return None
    return _at((int(match[4]), month, int(match[1] or match[3])), match.group(5, 6, 7), None)


def _at(day: tuple[int, int, int], clock: Sequence[str | None], half: str | None) -> float | None:
    hour, minute, second = (int(each or 0) for each in clock)
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    try:
        return datetime(*day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None


_WAYS: tuple[tuple[str, Read], ...] = (
    ("ISO 8601", _dashed),
    ("days like 20260303", _compact),
    ("year, month, day", _parts("ymd")),
    # Where both read, slashes and dashes are American more often than not; a dot never is.
    ("month, day, year", lambda text: None if "." in text[:6] else _parts("mdy")(text)),
    ("day, month, year", _parts("dmy")),
    ("days with the month's name", _named),
    ("Unix times", _unix),
)
