"""Decides who of the account team is to take a won customer: the owner, else whose turn it is. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prospects.bidi import isolated
from prospects.hours import add_business_days
from prospects.ids import MemberId
from prospects.member import Member, Role
from routing.availability import OFFICE_DAYS, Places, absent_until, hours_of
from routing.pointers import Pointers
from routing.rules import RoutingRules
from routing.targets import ToPerson, ToTeam

NOBODY = "nobody to take this customer"
TURN = "account team"
"""The turn of everybody on the account team; no team of a workspace can have this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who is to accept the customer, and why; nobody if there is nobody. `moved` is the turn after it."""

    member: Member | None
    why: str
    moved: Pointers | None = None


def turn_of(rules: RoutingRules) -> str:
    """The name of the turn that customers go by."""
    to = rules.transfers.to
    return f"{TURN} {to.team}" if isinstance(to, ToTeam) else TURN


def receive(
    rules: RoutingRules,
    members: Mapping[str, Member],
    turns: Pointers,
    *,
    owner: MemberId | None,
    rep: MemberId,
    now: datetime,
) -> Receiver:
    """Who is asked to take the customer.

    The company's owner comes first if they are on the account team; then the configured person or team, else
    the whole account team by turns. Those away, and the rep who won it, come after all others.
    """
    able = [each for each in members.values() if each.active and Role.ACCOUNT_MANAGER in each.roles]
    known = [each for each in able if each.id == owner and each.id != rep]
    if known:
        return Receiver(member=known[0], why=f"{isolated(known[0].name)} owns this company already")
    asked = _configured(rules, able)
    if not asked:
        return Receiver(member=None, why=NOBODY)
    here = [each for each in asked if not absent_until(each, now, rules.holidays)] or asked
    others = [each for each in here if each.id != rep] or here
    chosen = turns.next(others)
    if isinstance(rules.transfers.to, ToPerson):
        return Receiver(member=chosen, why=f"{isolated(chosen.name)} takes the customers")
    why = f"of {len(others)} on the account team, it is the turn of {isolated(chosen.name)}"
    return Receiver(member=chosen, why=why, moved=turns.after(chosen, here))


def until(member: Member, now: datetime, days: int, holidays: Places = ()) -> datetime:
    """When so many of this member's working days have passed; Monday to Friday for whose hours nobody wrote."""
    known = member if member.hours else replace(member, hours=OFFICE_DAYS)
    # Somebody who never works again would hold the customer for ever.
    ends = add_business_days(hours_of(known, holidays), now, days)
    return ends or now + timedelta(days=days)


def _configured(rules: RoutingRules, able: Sequence[Member]) -> list[Member]:
    match rules.transfers.to:
        case ToTeam(team):
            named = rules.people(team, {each.email: each for each in able})
            return [each for each in named if Role.ACCOUNT_MANAGER in each.roles]
        case ToPerson(email):
            return [each for each in able if each.email == email]
        case _:
            return sorted(able, key=lambda member: member.email)
