"""While a rep works on a person, marketing keeps still: until when? Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from prospects.kinds import QUIET_DAYS, Kind, Verdict
from prospects.values import Activity, Snapshot

BUSINESS_DAYS = QUIET_DAYS
"""A rep who gives no verdict holds marketing back no longer than this."""

_ENDS = frozenset({Kind.VERDICT, Kind.OUTCOME, Kind.DECLINED, Kind.OFFER_EXPIRED})
_SATURDAY = 5


def held_until(seen: Snapshot, now: datetime) -> datetime | None:
    """Until when an open handoff holds this person's flows; None when nothing does.

    A handoff is open from its first offer, while it is offered or accepted, until a verdict. It
    holds for three working days of the first rep's, whoever it was passed on to or took it.
    """
    limits = (_quiet_until(seen, offer) for offer in _first_offers(seen))
    return max((limit for limit in limits if limit > now), default=None)


def held_since(seen: Snapshot, since: datetime) -> datetime:
    """Until when a handoff asked for at `since` holds: by its first offer, or as if it was made then."""
    offers = [each for each in _first_offers(seen) if each.happened_at >= since]
    if offers:
        return _quiet_until(seen, offers[0])
    return business_days_after(since, BUSINESS_DAYS, zone_of(seen))


def verdict_after(seen: Snapshot, since: datetime) -> bool:
    """Whether a rep has told us what the buyer said since then; a call in vain is no verdict."""
    return any(is_verdict(each) and each.learned_at > since for each in seen.activities)


def is_verdict(activity: Activity) -> bool:
    """Whether this is a finding of a rep who talked to the buyer."""
    return activity.kind is Kind.VERDICT and activity.body.get("verdict") != Verdict.NOT_REACHED


def business_days_after(start: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time of day, `days` days of Monday to Friday later in that zone."""
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


def _quiet_until(seen: Snapshot, offer: Activity) -> datetime:
    """The end of the rep's working days as routing reckoned it; in offers of old, of Monday to Friday."""
    try:
        return datetime.fromisoformat(str(offer.body["quiet_until"]))
    except (KeyError, ValueError):
        return business_days_after(offer.happened_at, BUSINESS_DAYS, zone_of(seen))


def _first_offers(seen: Snapshot) -> list[Activity]:
    """The first offer of each handoff that is open."""
    first: dict[object, Activity] = {}
    opened: dict[object, Activity] = {}
    for each in seen.activities:
        handoff = each.body.get("handoff")
        if each.kind is Kind.OFFERED:
            # Passed on from rep to rep, it is still the same handoff, and the clock runs on.
            opened[handoff] = first.setdefault(handoff, each)
        elif each.kind in _ENDS and (each.kind is not Kind.VERDICT or is_verdict(each)):
            opened.pop(handoff, None)
    return list(opened.values())
