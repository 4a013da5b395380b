"""How long a platform wishes to be left alone, in whichever header it says so. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.documents import objects

LONGEST = 3600.0
"""Seconds after which we ask again, whatever was wished: a limit may be lifted sooner."""
USAGE = "x-business-use-case-usage"
"""Meta's: for each account a list of limits, each with the minutes until it is lifted."""


def wish(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait, or None if nothing was said. Header names are in lower case."""
    said = headers.get("retry-after", "") or headers.get("x-ratelimit-reset", "")
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST)
    minutes = max(_minutes(headers.get(USAGE, "")), default=0.0)
    return min(minutes * 60, LONGEST) if minutes else None


def _minutes(usage: str) -> Iterator[float]:
    try:
        limits: Any = read_json(usage.encode("utf-8", "replace"))
    except UnreadableError:
        return
    lists = limits.values() if isinstance(limits, Mapping) else ()
    listed = (each for some in lists for each in objects(some))
    for each in listed:
        lifted = each.get("estimated_time_to_regain_access")
        if type(lifted) is int and lifted > 0:
            yield float(lifted)
