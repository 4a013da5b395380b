"""Durations as people write them: `30s 15m 36h 2d 1w`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from prospects.faults import Fault, FaultyError, shown

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds, largest first
_WRITTEN = re.compile(r"([0-9]{1,9})([smhdw])")
_MEND = "write a whole number and one unit, like 30s, 15m, 36h, 2d or 1w"

LONGEST = timedelta(weeks=520)
"""Ten years: longer is a slip of the pen, and shorter keeps every date reachable."""


class DurationError(FaultyError):
    """This is not a duration as we write them."""


def parse_duration(written: object) -> timedelta:
    """The length of `30s 15m 36h 2d 1w`; a day is 24 hours, a week seven days.

    Raises DurationError for anything else: compound (`1h30m`), signed, fractional, a bare number,
    or more than ten years.
    """
    if isinstance(written, timedelta):
        written = format_duration(written)
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        raise DurationError(Fault("", f"{shown(written)} is not a duration", _MEND))
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > LONGEST.total_seconds():
        raise DurationError(Fault("", f"{shown(written)} is too long", "at most 520w (ten years)"))
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """The canonical spelling, in the largest unit that divides it: 24 hours are `1d`, 36 `36h`.

    Raises DurationError for a negative one or one with a fraction of a second.
    """
    seconds, fraction = divmod(duration, timedelta(seconds=1))
    if fraction or seconds < 0:
        raise DurationError(Fault("", f"{duration} is not a whole number of seconds", _MEND))
    unit = next(unit for unit, length in _UNITS.items() if seconds % length == 0)
    return f"{seconds // _UNITS[unit]}{unit if seconds else 's'}"


def _read(written: object) -> timedelta:
    try:
        return parse_duration(written)
    except DurationError as error:
        fault = error.faults[0]
        raise PydanticCustomError(
            "duration", "{reason}; {mend}", {"reason": fault.reason, "mend": fault.mend}
        ) from error


Duration = Annotated[
    timedelta,
    BeforeValidator(_read),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}[smhdw]$", "examples": ["36h"]}),
]
"""A pydantic field that reads and writes durations in this spelling."""
