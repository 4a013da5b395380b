"""Times as exports of all sorts write them: ISO, days and months in either order, Unix times, or a mere order. Pure."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.labelled.written_times import apart, named_day
from scoring.cells import Decimal, number, says_nothing

MOSTLY = 0.98
"""The share of a column's different cells that must be times, else it is no column of times."""
A_FEW = 40
"""A way of writing that none of so many cells has is not tried on the others."""
_SECONDS = (631_152_000.0, 4_102_444_800.0)
"""1990 and 2100, as Unix seconds: numbers between them are instants, others are a mere order."""
_FINER = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_PARTS = re.compile(r"(\d{1,4})[./-] ?(\d{1,2})[./-] ?(\d{1,4})\.?")
_MONTH = re.compile(r"((?:19|20)\d\d)[-/.](0[1-9]|1[0-2])")


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
    told = sorted({text for text in set(texts) if not says_nothing(text)})
    some = told[:: max(1, len(told) // A_FEW)]
    for how, read in _WAYS:
        if all(read(text) is None for text in some):
            continue
        found = {text: read(text) for text in told}
        unread = sum(each is None for each in found.values())
        if unread <= (1 - MOSTLY) * len(told):
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
    """`20260303`, which ISO allows too, or `20260303140500`, but only where it can be a day of our times."""
    bare = text.strip()
    if len(bare) not in (8, 14) or bare[:2] not in ("19", "20") or not bare.isdigit():
        return None
    return _iso(bare if len(bare) == 8 else f"{bare[:8]}T{bare[8:]}")


def _dashed(text: str) -> float | None:
    return None if text.strip().isdigit() else _iso(text)


def _unix(text: str) -> float | None:
    """Seconds, or thousandths, millionths and billionths of them."""
    found = number(text, Decimal.POINT)
    if found is None:
        return None
    if found >= 1e17 and not text.strip().endswith("000"):
        return None  # So long a number is an id more often than billionths of a second.
    seconds = found / next((each for least, each in _FINER if found >= least), 1)
    return seconds if _SECONDS[0] <= seconds <= _SECONDS[1] else None


def _parts(order: str) -> Read:
    """A reader of days in one order: `ymd`, `dmy` or `mdy`."""

    def read(text: str) -> float | None:
        written, seconds = apart(text)
        match = _PARTS.fullmatch(written)
        if match is None:
            return None
        day = dict(zip(order, match.groups(), strict=True))
        if len(day["y"]) not in ((4,) if order == "ymd" else (2, 4)):
            return None
        year = int(day["y"]) + (2000 if len(day["y"]) == 2 else 0)
        return _at((year, int(day["m"]), int(day["d"])), seconds)

    return read


def _named(text: str) -> float | None:
    written, seconds = apart(text)
    day = named_day(written)
    return None if day is None else _at(day, seconds)


def _month(text: str) -> float | None:
    match = _MONTH.fullmatch(text.strip())
    return None if match is None else _at((int(match[1]), int(match[2]), 1), 0.0)


def _at(day: tuple[int, int, int], seconds: float) -> float | None:
    try:
        return datetime(*day, tzinfo=UTC).timestamp() + seconds
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
    ("months", _month),
    ("Unix times", _unix),
)
