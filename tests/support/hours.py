"""Open time counted stretch by stretch: what deadlines are held against."""

from datetime import UTC, datetime, timedelta

from prospects.hours import DAY, Hours, _spans_in


def business_time_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much open time lies from `start` to `end`; zero if `end` does not come after."""
    total = timedelta(0)
    day = start.astimezone(UTC).date()
    while day <= end.astimezone(UTC).date():
        for opens, closes in _spans_in(hours, day):
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += DAY
    return total
