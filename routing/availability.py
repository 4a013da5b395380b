"""Who can take a lead now: absence, capacity and working hours, each said in words. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from prospects.hours import (
    Hours,
    add_business_days,
    add_business_time,
    is_open,
    leaves_at,
    next_open,
)
from prospects.hours_written import parse_hours
from prospects.kinds import QUIET_DAYS
from prospects.member import Member, Role
from prospects.public_holidays import holidays_of
from routing.rules import Clock

DAY = timedelta(days=1)
OFFICE_DAYS = {"mon-fri": ["00:00-24:00"]}
"""The working days of somebody whose hours nobody wrote down."""

LONGEST_STRETCH = timedelta(days=7)
"""An absence makes a clock run longer by no more than an offer can be put off."""

LONGEST_QUIET = timedelta(days=14)
"""However long a rep is away, a buyer hears from us again."""

Places = Sequence[str]
"""The countries of routing.yaml's `holidays`."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a member has on their hands: leads not closed yet, and offers got today (their own day)."""

    open: int = 0
    today: int = 0

    def one_more(self) -> "Load":
        return replace(self, open=self.open + 1, today=self.today + 1)


def hindrance(member: Member, load: Load, now: datetime, holidays: Places = ()) -> str | None:
    """Why this member can take no lead at all now, or None."""
    if not member.active:
        return "no longer active"
    if Role.REP not in member.roles:
        return "not a rep"
    if until := absent_until(member, now, holidays):
        return f"absent until {until.isoformat()}"
    most = limit(member, "open")
    if most is not None and load.open >= most:
        return f"at capacity: {load.open} of {most} open leads"
    most = limit(member, "per_day")
    if most is not None and load.today >= most:
        return f"at capacity: {load.today} of {most} offers today"
    return None


def absent_until(member: Member, now: datetime, holidays: Places = ()) -> date | None:
    """The last day of the absence that covers now in the member's zone, or None.

    Whose working time is over, and who will be away when it would begin again, is away already.
    """
    hours = hours_of(member, holidays)
    if not hours.absences:
        return None
    due = next_open(replace(hours, absences=()), now) or now
    days = {at.astimezone(hours.zone).date() for at in (now, due)}
    last = [each.last for each in hours.absences for day in days if each.first <= day <= each.last]
    return max(last, default=None)


def back_at(member: Member, now: datetime, holidays: Places = ()) -> datetime | None:
    """When somebody who is away now is at work again; None for who is not away, or never comes back."""
    if absent_until(member, now, holidays) is None:
        return None
    return next_open(hours_of(member, holidays), now)


def outside_hours(member: Member, now: datetime, holidays: Places = ()) -> str | None:
    """Why this member is not at work at this instant, or None; no hours written is always at work."""
    hours = hours_of(member, holidays)
    if is_open(hours, now):
        return None
    if now.astimezone(hours.zone).date() in hours.holidays:
        return "a public holiday where they are"
    return "outside their hours"


def deadline(
    member: Member, now: datetime, within: timedelta, clock: Clock, *, holidays: Places = ()
) -> datetime:
    """When `within` has passed for this member: without a break, or in their working hours only.

    A clock in working hours ends at the latest when they go away: nobody takes a lead on leave with them.
    """
    if clock is Clock.REAL or absent_until(member, now, holidays):
        # Whoever is asked although they are away (the fallback owner) gets no longer for it.
        return now + within
    hours = hours_of(member, holidays)
    # Somebody who never works again (hours of nothing) would hold the lead for ever.
    ends = add_business_time(hours, now, within) or now + within
    leaving = leaves_at(hours, now)
    return ends if leaving is None else min(ends, leaving)


def answer_by(
    member: Member, now: datetime, within: timedelta, clock: Clock, *, holidays: Places = ()
) -> datetime:
    """By when a rep is to say what they found: whole days are their working days, less runs as the lane does.

    A short absence makes it later; before a long one it ends when they go away.
    """
    if within % DAY:
        return deadline(member, now, within, clock, holidays=holidays)
    hours = hours_of(member, holidays)
    ends = add_business_days(hours, now, within // DAY) or now + within
    leaving = leaves_at(hours, now)
    if leaving is None or leaving >= ends:
        return ends
    there = add_business_days(replace(hours, absences=()), now, within // DAY) or now + within
    return ends if ends - there <= LONGEST_STRETCH else leaving


def quiet_until(member: Member, now: datetime, holidays: Places = ()) -> datetime:
    """Until when marketing keeps still for this member's offer: QUIET_DAYS of their working days.

    Monday to Friday for whose hours nobody wrote down.
    """
    known = member if member.hours else replace(member, hours=OFFICE_DAYS)
    ends = add_business_days(hours_of(known, holidays), now, QUIET_DAYS)
    return min(ends or now + LONGEST_QUIET, now + LONGEST_QUIET)


def limit(member: Member, name: str) -> int | None:
    """The member's own cap of that name (`open`, `per_day`), or None."""
    most = member.capacity.get(name)
    return None if most is None else int(most)


def hours_of(member: Member, holidays: Places = ()) -> Hours:
    """The member's hours with their absences, and the holidays of these places that they keep."""
    written = json.dumps([member.hours, list(member.absences)], sort_keys=True, default=str)
    return _read(written, member.zone, tuple(holidays))


@lru_cache(maxsize=4096)
def _read(written: str, zone: str, holidays: tuple[str, ...]) -> Hours:
    week, absences = json.loads(written)
    return parse_hours(week, zone, absences=absences, holidays=holidays_of(holidays, zone))
