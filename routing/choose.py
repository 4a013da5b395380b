"""Chooses the rep for a lead: who was weighed, who was not free and why, whose turn it is. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from prospects.bidi import isolated
from prospects.ids import MemberId
from prospects.member import Member, Role
from prospects.values import Snapshot
from routing.availability import Load, absent_until, back_at, hindrance, outside_hours
from routing.pointers import Pointers
from routing.rules import Clock, RoutingRules, Rule
from routing.targets import ToOwner, ToPerson, ToTeam


@dataclass(frozen=True, slots=True)
class Staff:
    """The sales side as it stands: colleagues by e-mail, their loads, each team's turn."""

    members: Mapping[str, Member]
    loads: Mapping[MemberId, Load] = field(default_factory=dict)
    turns: Mapping[str, Pointers] = field(default_factory=dict)

    def load(self, member: Member) -> Load:
        return self.loads.get(member.id, Load())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who was weighed. `reason` says why not; `pointer` is their level in the team's turn."""

    member: Member
    reason: str | None = None
    pointer: Fraction | None = None
    standing: bool = False
    """Whether the reason holds for every lead now, not only for this one."""
    back: datetime | None = None
    """When somebody who is away is at work again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who gets the lead and why. `chosen` None means that there is nobody at all to answer for it."""

    rule: str | None
    lane: str
    candidates: tuple[Candidate, ...]
    chosen: Member | None
    why: str
    team: str | None = None
    turn: int | None = None
    fallback: bool = False
    moved: Pointers | None = None


def choose(
    seen: Snapshot,
    rules: RoutingRules,
    staff: Staff,
    *,
    passed_over: Mapping[MemberId, str],
    lane: str | None,
    now: datetime,
) -> Decision:
    """The rule that matches decides whom to weigh; of those free, the one whose turn it is.

    If nobody is free, the fallback owner answers for the lead, whatever their hours.
    `passed_over` says of members what became of this lead with them; `lane` is a flow's wish.
    """
    weighed: list[Candidate] = []
    rule = None
    for rule in rules.matching(seen):
        candidates = _weigh(rule, rules, seen, staff, passed_over=passed_over, lane=lane, now=now)
        weighed.extend(candidates)
        free = [each.member for each in candidates if each.reason is None]
        if free:
            return _by_turn(rule, rules, staff, weighed, free=free, lane=lane)
    return _fall_back(rule, rules, staff, weighed, lane=lane, now=now)


def after(staff: Staff, decision: Decision) -> Staff:
    """The sales side once this decision is carried out, so that the next one in a batch sees it."""
    if decision.chosen is None:
        return staff
    load = staff.load(decision.chosen).one_more()
    turns = staff.turns
    if decision.moved is not None:
        turns = {**turns, decision.moved.team: decision.moved}
    return replace(staff, loads={**staff.loads, decision.chosen.id: load}, turns=turns)


def _weigh(
    rule: Rule,
    rules: RoutingRules,
    seen: Snapshot,
    staff: Staff,
    *,
    passed_over: Mapping[MemberId, str],
    lane: str | None,
    now: datetime,
) -> list[Candidate]:
    turns = _turns(rule, staff)
    found = []
    for member in _whom(rule, rules, seen, staff):
        reason = hindrance(member, staff.load(member), now, rules.holidays)
        found.append(
            Candidate(
                member=member,
                reason=reason or passed_over.get(member.id),
                standing=reason is not None,
                pointer=turns.level(member) if turns else None,
                back=back_at(member, now, rules.holidays),
            )
        )
    if rules.lane(lane or rule.lane).clock is Clock.REAL:
        return _those_at_work(found, rules, now)
    return found


def _those_at_work(
    candidates: list[Candidate], rules: RoutingRules, now: datetime
) -> list[Candidate]:
    """In a lane against the real clock those at work come first; at night the others are asked all the same."""
    away = {
        each.member.id: outside_hours(each.member, now, rules.holidays)
        for each in candidates
        if not each.reason
    }
    if all(away.values()):
        return candidates
    return [
        replace(each, reason=away[each.member.id], standing=True)
        if away.get(each.member.id)
        else each
        for each in candidates
    ]


def _whom(rule: Rule, rules: RoutingRules, seen: Snapshot, staff: Staff) -> list[Member]:
    match rule.to:
        case ToTeam(team):
            return rules.people(team, staff.members)
        case ToPerson(email):
            return [staff.members[email]] if email in staff.members else []
        case ToOwner():
            owner = seen.company.owner if seen.company else None
            return [member for member in staff.members.values() if member.id == owner]


def _turns(rule: Rule, staff: Staff) -> Pointers | None:
    if not isinstance(rule.to, ToTeam):
        return None
    return staff.turns.get(rule.to.team, Pointers(rule.to.team))


def _by_turn(
    rule: Rule,
    rules: RoutingRules,
    staff: Staff,
    weighed: list[Candidate],
    *,
    free: list[Member],
    lane: str | None,
) -> Decision:
    turns = _turns(rule, staff)
    chosen = turns.next(free) if turns else free[0]
    present = [each.member for each in weighed if not each.standing and each.pointer is not None]
    moved = turns.after(chosen, present) if turns else None
    why = f"rule {isolated(rule.name)} sends to {rule.to}"
    if turns:
        why += f"; of {len(free)} free, it is their turn"
    return Decision(
        rule=rule.name,
        lane=rules.lane(lane or rule.lane).slug,
        candidates=tuple(weighed),
        chosen=chosen,
        why=why,
        team=turns.team if turns else None,
        turn=moved.turn if moved else None,
        moved=moved,
    )


def _fall_back(
    rule: Rule | None,
    rules: RoutingRules,
    staff: Staff,
    weighed: list[Candidate],
    *,
    lane: str | None,
    now: datetime,
) -> Decision:
    owner = _fallback_owner(rules, staff.members.values(), now)
    why = "no rule matches" if rule is None else f"rule {isolated(rule.name)}: nobody is free"
    then = "the fallback owner answers for it" if owner else "and there is no fallback owner"
    return Decision(
        rule=rule.name if rule else None,
        lane=rules.lane(lane or (rule.lane if rule else None)).slug,
        candidates=tuple(weighed),
        chosen=owner,
        why=f"{why}; {then}",
        fallback=True,
    )


def _fallback_owner(rules: RoutingRules, members: Iterable[Member], now: datetime) -> Member | None:
    """The named one; else a manager, else an administrator, the first by e-mail.

    Who is away comes after everybody who is not, and still before nobody at all.
    """
    active = sorted((each for each in members if each.active), key=lambda member: member.email)
    here = [each for each in active if absent_until(each, now, rules.holidays) is None]
    ranks = (
        lambda member: member.email == rules.fallback,
        lambda member: Role.MANAGER in member.roles,
        lambda member: Role.ADMIN in member.roles,
    )
    found = (each for among in (here, active) for rank in ranks for each in among if rank(each))
    return next(found, None)
