"""Features of what somebody did: how often, how fresh, how many sorts, at what hours. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache, partial
from math import fsum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from prospects.kinds import OF_INTEREST, Kind
from scoring.card.terms import Side, Value
from scoring.features.feature import Feature, Sort
from scoring.features.known import Known
from scoring.features.tally import COUNTED, DAY, LOOKS_BACK

HALF_LIVES = (1, 7, 30)
"""Days after which an act counts half."""
MOST_OPENS = 5
"""Mail programs open mails by themselves, so many opens say no more than some."""
HOUR = 3_600_000_000
SECOND = 1_000_000
QUARTER = HOUR // 4
OPENS_AT, CLOSES_AT = 8, 18
SATURDAY = 5

WORDS = {
    Kind.FORM: "sent a form",
    Kind.PAGE_VIEW: "visited a part of our site (once a day each)",
    Kind.CLICK: "followed a link in a mail",
    Kind.OPEN: "opened a mail",
    Kind.REPLY: "answered a mail",
    Kind.DOWNLOAD: "fetched a paper",
    Kind.WEBINAR: "attended a webinar",
    Kind.EVENT: "visited an event",
    Kind.CHAT: "chatted with us",
    Kind.CALL: "talked to us on the phone",
    Kind.MEETING: "met us or booked a meeting",
    Kind.TRIAL: "began or used a trial",
    Kind.PURCHASE: "bought something",
    Kind.AD_CLICK: "clicked an ad",
    Kind.CUSTOM: "did something of the workspace's own",
    Kind.UNSUBSCRIBED: "wanted no more mail",
    Kind.COMPLAINED: "called a mail spam",
}
KINDS = tuple(kind for kind in Kind if kind in COUNTED)


def features() -> Iterator[Feature]:
    """Those of each kind, then those of all kinds together."""
    for kind in KINDS:
        yield from _of_kind(kind)
    yield from _of_all()


def _of_kind(kind: Kind) -> Iterator[Feature]:
    does, good = WORDS[kind], kind in OF_INTEREST
    most = MOST_OPENS if kind is Kind.OPEN else None
    limit = f", counted up to {most}" if most else ""
    make = partial(_number, f"did.{kind}")
    yield make(
        "count",
        "times",
        f"How often they {does} in the last {LOOKS_BACK} days{limit}",
        partial(_count, kind=kind.value, most=most),
        rising=good,
    )
    yield make(
        "hours_since",
        "hours",
        f"How long ago they last {does}",
        lambda seen: _hours(min, seen.ages.get(kind.value, ())),
    )
    if most:
        return
    yield make(
        "days_since_first",
        "days",
        f"How long ago they first {does}, of the last {LOOKS_BACK} days",
        lambda seen: _days(max, seen.ages.get(kind.value, ())),
    )
    for days in HALF_LIVES:
        yield make(
            f"recent_{days}d",
            "times",
            f"How often they {does}, where {_half(days)}",
            lambda seen, days=days: decayed(seen.ages.get(kind.value, ()), days),  # type: ignore[misc]
            rising=good,
        )


def _of_all() -> Iterator[Feature]:
    make = partial(_number, "did.any")
    yield make(
        "count", "times", f"How much they did in the last {LOOKS_BACK} days",
        lambda seen: float(len(seen.own)), rising=True,
    )  # fmt: skip
    for days in HALF_LIVES:
        yield make(
            f"recent_{days}d", "times", f"How much they did, where {_half(days)}",
            lambda seen, days=days: decayed(seen.own, days), rising=True,  # type: ignore[misc]
        )  # fmt: skip
    yield make(
        "hours_since", "hours", "How long ago they last did anything",
        lambda seen: _hours(min, seen.own),
    )  # fmt: skip
    yield make(
        "days_since_first", "days", f"How long ago they first did anything, of the last {LOOKS_BACK} days",
        lambda seen: _days(max, seen.own),
    )  # fmt: skip
    yield make(
        "active_days", "days", f"On how many of the last {LOOKS_BACK} days they did something",
        lambda seen: float(len({(seen.now - age) // DAY for age in seen.own})), rising=True,
    )  # fmt: skip
    yield make(
        "kinds", "sorts", f"How many different sorts of things they did in the last {LOOKS_BACK} days",
        lambda seen: float(sum(kind in _INTERESTING for kind in seen.ages)), rising=True,
    )  # fmt: skip
    yield make(
        "robot_share", "share",
        f"What share of their acts in the last {LOOKS_BACK} days was probably a program's", _robot_share,
    )  # fmt: skip
    yield make(
        "in_hours_share", "share",
        "What share of what they did fell on a working day between 8 and 18 o'clock, where they are",
        lambda seen: share_at(seen.own, seen.now, seen.person.zone, at_work),
    )  # fmt: skip
    yield make(
        "weekend_share", "share", "What share of what they did fell on a weekend, where they are",
        lambda seen: share_at(seen.own, seen.now, seen.person.zone, on_weekends),
    )  # fmt: skip


def decayed(ages: Sequence[int], days: int) -> float:
    """The sum of acts that each count half after so many days; the same in whatever order they came."""
    return fsum(0.5 ** (age / (days * DAY)) for age in ages)


def _number(
    family: str,
    name: str,
    unit: str,
    says: str,
    of: Callable[[Known], Value],
    *,
    rising: bool = False,
) -> Feature:
    return Feature(
        name=f"{family}.{name}",
        side=Side.ENGAGEMENT,
        sort=Sort.NUMBER,
        unit=unit,
        says=says,
        of=of,
        rising=rising,
    )


def _half(days: int) -> str:
    return f"each time counts half after {days} day{'s' if days > 1 else ''}"


def _count(seen: Known, *, kind: str, most: int | None) -> float:
    count = len(seen.ages.get(kind, ()))
    return float(count if most is None else min(count, most))


def _hours(which: Callable[[Sequence[int]], int], ages: Sequence[int]) -> float | None:
    return which(ages) / HOUR if ages else None


def _days(which: Callable[[Sequence[int]], int], ages: Sequence[int]) -> float | None:
    return which(ages) / DAY if ages else None


def _robot_share(seen: Known) -> float | None:
    acts = seen.robots + sum(map(len, seen.ages.values()))
    return seen.robots / acts if acts else None


def share_at(
    ages: Sequence[int], now: int, zone: str | None, at: Callable[[datetime], bool]
) -> float | None:
    """What share of these acts fell at such times where they are; None where nobody knows what time it is there."""
    marks = marks_at([now - age for age in ages], zone, at)
    return sum(marks) / len(marks) if marks else None


def marks_at(
    times: Sequence[int], zone: str | None, at: Callable[[datetime], bool]
) -> list[bool] | None:
    """Of each act whether it fell at such times where they are."""
    marks = [falls_at(each, zone, at) for each in times]
    known = [mark for mark in marks if mark is not None]
    return known if times and len(known) == len(times) else None


def falls_at(time: int, zone: str | None, at: Callable[[datetime], bool]) -> bool | None:
    """Whether something that happened then fell at such times there; None where nobody knows what time it is there."""
    return _at(time // QUARTER, zone, at) if zone else None


@lru_cache(maxsize=20_000)
def _at(quarter: int, zone: str, at: Callable[[datetime], bool]) -> bool | None:
    """The same of a quarter of an hour: clocks differ by whole quarters, and change at them."""
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # Of `Europe`, which is a folder, and of what is too long for a file's name it is an OSError.
        return None
    return at(datetime.fromtimestamp(quarter * (QUARTER // SECOND), clock))


def at_work(local: datetime) -> bool:
    """Whether that is on a working day, between opening and closing."""
    return local.weekday() < SATURDAY and OPENS_AT <= local.hour < CLOSES_AT


def on_weekends(local: datetime) -> bool:
    """Whether that is on a Saturday or a Sunday."""
    return local.weekday() >= SATURDAY


_INTERESTING = frozenset(kind.value for kind in OF_INTEREST)
