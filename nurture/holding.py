"""While a rep works on a person, marketing keeps still: until when? Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Snapshot

BUSINESS_DAYS = 3
"""A rep who gives no verdict holds marketing back no longer than this."""

_ENDS = frozenset({Kind.VERDICT, Kind.OUTCOME, Kind.DECLINED, Kind.OFFER_EXPIRED})
_SATURDAY = 5


def held_until(seen: Snapshot, now: datetime) -> datetime | None:
    """Until when an open handoff holds this person's flows; None when nothing does.

    A handoff is open from its first offer, while it is offered or accepted, until a verdict. It
    holds for three business days after the first offer, whoever it was passed on to or took it.
    """
    zone = zone_of(seen)
    limits = (business_days_after(since, BUSINESS_DAYS, zone) for since in _open_since(seen))
    return max((limit for limit in limits if limit > now), default=None)


def verdict_after(seen: Snapshot, since: datetime) -> bool:
    """Whether a rep has told us what the buyer said since then; a call in vain is no verdict."""
    return any(is_verdict(each) and each.learned_at > since for each in seen.activities)


def is_verdict(activity: Activity) -> bool:
    """Whether this is a finding of a rep who talked to the buyer."""
    return activity.kind is Kind.VERDICT and activity.body.get("verdict") != Verdict.NOT_REACHED


def business_days_after(start: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time of day, `days` days of Monday to Friday later in that zone (holidays count)."""
    local = start.astimezone(zone)
    while days:
        # Adding to a local time keeps its wall clock, whatever summer time does in between.
        local += timedelta(days=1)
        days -= local.weekday() < _SATURDAY
    return local.astimezone(UTC)


def zone_of(seen: Snapshot) -> tzinfo:
    """The person's zone, else UTC."""
    try:
        return ZoneInfo(seen.person.zone or "UTC")
    except (KeyError, OSError, ValueError):
        # Prospects and platforms send all sorts of zones.
        return UTC


def _open_since(seen: Snapshot) -> list[datetime]:
    first: dict[object, datetime] = {}
    opened: dict[object, datetime] = {}
    for each in seen.activities:
        handoff = each.body.get("handoff")
        if each.kind is Kind.OFFERED:
            # Passed on from rep to rep, it is still the same handoff, and the clock runs on.
            opened[handoff] = first.setdefault(handoff, each.happened_at)
        elif each.kind in _ENDS and (each.kind is not Kind.VERDICT or is_verdict(each)):
            opened.pop(handoff, None)
    return list(opened.values())
