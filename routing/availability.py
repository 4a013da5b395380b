"""Who can take a lead now: absence, capacity and working hours, each said in words. Pure."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from prospects.hours import Hours, add_business_time, is_open
from prospects.hours_written import parse_hours
from prospects.member import Member, Role
from routing.rules import Clock


@dataclass(frozen=True, slots=True)
class Load:
    """What a member has on their hands: leads not closed yet, and offers got today (their own day)."""

    open: int = 0
    today: int = 0

    def one_more(self) -> "Load":
        return replace(self, open=self.open + 1, today=self.today + 1)


def hindrance(member: Member, load: Load, now: datetime) -> str | None:
    """Why this member can take no lead at all now, or None."""
    if not member.active:
        return "no longer active"
    if Role.REP not in member.roles:
        return "not a rep"
    if until := absent_until(member, now):
        return f"absent until {until.isoformat()}"
    most = limit(member, "open")
    if most is not None and load.open >= most:
        return f"at capacity: {load.open} of {most} open leads"
    most = limit(member, "per_day")
    if most is not None and load.today >= most:
        return f"at capacity: {load.today} of {most} offers today"
    return None


def absent_until(member: Member, now: datetime) -> date | None:
    """The last day of the absence that covers now in the member's zone, or None."""
    hours = hours_of(member)
    today = now.astimezone(hours.zone).date()
    last = [away.last for away in hours.absences if away.first <= today <= away.last]
    return max(last, default=None)


def outside_hours(member: Member, now: datetime) -> str | None:
    """Why this member is not at work at this instant, or None; no hours written is always at work."""
    return None if is_open(hours_of(member), now) else "outside their hours"


def deadline(member: Member, now: datetime, within: timedelta, clock: Clock) -> datetime:
    """When `within` has passed for this member: without a break, or in their working hours only."""
    if clock is Clock.REAL:
        return now + within
    # Somebody who never works again (hours of nothing) would hold the lead for ever.
    return add_business_time(hours_of(member), now, within) or now + within


def limit(member: Member, name: str) -> int | None:
    """The member's own cap of that name (`open`, `per_day`), or None."""
    most = member.capacity.get(name)
    return None if most is None else int(most)


def hours_of(member: Member) -> Hours:
    """The member's hours with their absences."""
    written = json.dumps([member.hours, list(member.absences)], sort_keys=True, default=str)
    return _read(written, member.zone)


@lru_cache(maxsize=4096)
def _read(written: str, zone: str) -> Hours:
    week, absences = json.loads(written)
    return parse_hours(week, zone, absences=absences)
