"""Whom a spot check goes to: the desk or volunteers, never a new rep or one who doubts; least loaded first. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.ids import MemberId, ProspectId
from prospects.member import Member, Role
from routing.availability import Load, absent_until
from routing.choose import Candidate, Decision
from routing.rules import RoutingRules

RULE = "spot check"
NEW_BELOW = 10
"""Findings somebody must have given before they are no longer new here."""
DOUBTS_FROM = 0.5
"""Who found that share of the last claims wrong has reason to doubt, and is not given cold leads on top."""


@dataclass(frozen=True, slots=True)
class Experience:
    """What a volunteer has found so far: how many findings, and how many of the last said the claim was wrong."""

    findings: int = 0
    looked_at: int = 0
    wrong: int = 0

    @property
    def reason(self) -> str | None:
        """Why they are not asked, in words."""
        if self.findings < NEW_BELOW:
            return f"new: {self.findings} findings of {NEW_BELOW}"
        if self.wrong >= DOUBTS_FROM * self.looked_at:
            return (
                f"has reason to doubt: {self.wrong} of the last {self.looked_at} claims were wrong"
            )
        return None


def who_checks(members: Mapping[str, Member], rules: RoutingRules) -> list[Member]:
    """The desk, and who has volunteered; by e-mail."""
    named = set(rules.spot_checks.volunteers)
    found = [each for each in members.values() if Role.DESK in each.roles or each.email in named]
    return sorted(found, key=lambda member: member.email)


def choose_checker(
    who: ProspectId,
    checkers: Sequence[Member],
    rules: RoutingRules,
    *,
    loads: Mapping[MemberId, Load],
    experience: Mapping[MemberId, Experience],
    passed_over: Mapping[MemberId, str],
    now: datetime,
) -> Decision:
    """Of those free who has fewest spot checks on their hands; nobody's turn moves."""
    weighed = [
        Candidate(
            member=each,
            reason=_hindrance(each, rules, experience, now) or passed_over.get(each.id),
        )
        for each in checkers
    ]
    free = [each.member for each in weighed if each.reason is None]
    chosen = min(free, key=lambda each: _order(each, who, loads), default=None)
    return Decision(
        rule=RULE,
        lane=rules.lane(rules.spot_checks.lane).slug,
        candidates=tuple(weighed),
        chosen=chosen,
        why="drawn by chance to be checked"
        + ("" if chosen else "; of the desk and the volunteers nobody is free"),
    )


def _hindrance(
    member: Member,
    rules: RoutingRules,
    experience: Mapping[MemberId, Experience],
    now: datetime,
) -> str | None:
    if not member.active:
        return "no longer active"
    if until := absent_until(member, now, rules.holidays):
        return f"absent until {until.isoformat()}"
    # The desk does this for a living; of a rep it is asked whether it would cost them their trust.
    return None if Role.DESK in member.roles else experience.get(member.id, Experience()).reason


def _order(member: Member, who: ProspectId, loads: Mapping[MemberId, Load]) -> tuple[int, bytes]:
    lot = hashlib.sha256(f"{who}:{member.id}".encode()).digest()
    return loads.get(member.id, Load()).open, lot
