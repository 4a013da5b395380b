"""The routing rules of a workspace, read from routing.yaml; every slip is named with its mend. Pure."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from prospects.conditions import Condition, compile_tree, look
from prospects.conditions.predicate import Predicate
from prospects.durations import Duration
from prospects.faults import Fault, nearest, shown
from prospects.member import Member, Role
from prospects.public_holidays import unknown
from prospects.values import Snapshot
from routing.targets import Target, ToOwner, ToPerson, ToTeam, faulty

EVERYONE = "everyone"
"""The built-in team of all active reps."""


class Clock(StrEnum):
    """How an offer's time runs: without a break, or only in the rep's working hours."""

    REAL = "real"
    BUSINESS = "business"


def _read_email(written: object) -> object:
    return written.strip().lower() if isinstance(written, str) else written


Email = Annotated[str, BeforeValidator(_read_email)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Team(_Written):
    """Colleagues who share leads by turns."""

    slug: Slug
    people: tuple[Email, ...] = Field(min_length=1)


class Rule(_Written):
    """Whom leads of one kind go to. Without a condition it matches everybody."""

    name: str = Field(min_length=1, max_length=100)
    when: Condition | None = Field(default=None, alias="if")
    to: Target
    lane: str | None = None

    @cached_property
    def _test(self) -> Predicate:
        return compile_tree(self.when) if self.when is not None else lambda sight: True

    def matches(self, seen: Snapshot) -> bool:
        """Whether this lead is of that kind."""
        return self._test(look(seen))


class Lane(_Written):
    """How long a rep may take to accept, and when to remind them, counted from the offer."""

    slug: str = ""
    accept_within: Duration
    clock: Clock = Clock.BUSINESS
    remind: tuple[Duration, ...] = ()

    @field_validator("remind")
    @classmethod
    def _before_the_end(
        cls, remind: tuple[timedelta, ...], info: ValidationInfo
    ) -> tuple[timedelta, ...]:
        within = info.data.get("accept_within")
        if within and any(each >= within for each in remind):
            mend = "remind before accept_within is over, or leave it out"
            raise faulty(Fault("", "a reminder after the offer has run out", mend))
        return tuple(sorted(remind))


BUILT_IN_LANES = {
    # 15 minutes: the first rung of Chili Piper's published ladder; 24 h: Forrester's best practice.
    "fast": Lane(slug="fast", accept_within=timedelta(minutes=15), clock=Clock.REAL),
    "normal": Lane(slug="normal", accept_within=timedelta(hours=24), clock=Clock.BUSINESS),
}


class Transfers(_Written):
    """Whom won customers go to, and within how many of their working days they are to be accepted.

    Without `to` they go by turns to everybody on the account team.
    """

    to: Target | None = None
    business_days: int = Field(default=2, ge=1, le=60)


class Desk(_Written):
    """Within how many working days the desk writes up what it is asked for, and about how many leads a day
    it is asked by itself what nobody could find out.
    """

    business_days: int = Field(default=1, ge=1, le=60)
    research_per_day: int = Field(default=0, ge=0, le=10_000)


class SpotChecks(_Written):
    """Who besides the desk checks people drawn by chance (`explore` in scoring.yaml), and in which lane."""

    volunteers: tuple[Email, ...] = ()
    lane: str = "normal"


class RoutingRules(_Written):
    """Everything routing.yaml says. With no rule of its own, leads go by turns to every active rep.

    Validate with `context={"people": emails}` to have unknown colleagues named.
    """

    teams: tuple[Team, ...] = ()
    rules: tuple[Rule, ...] = ()
    lanes: Mapping[Slug, Lane] = Field(default_factory=lambda: BUILT_IN_LANES)
    confirm_within: Duration = timedelta(days=3)
    fallback: Email | None = None
    holidays: tuple[str, ...] = ()
    transfers: Transfers = Transfers()
    desk: Desk = Desk()
    spot_checks: SpotChecks = SpotChecks()

    @field_validator("lanes")
    @classmethod
    def _named(cls, lanes: Mapping[str, Lane]) -> Mapping[str, Lane]:
        named = {slug: lane.model_copy(update={"slug": slug}) for slug, lane in lanes.items()}
        return named or BUILT_IN_LANES

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> "RoutingRules":
        context = info.context if isinstance(info.context, dict) else {}
        faults = [*_doubled(self), *_dangling(self), *_strangers(self, context.get("people"))]
        # Asked when it is written, never when it is read: the library's list may change beneath us.
        faults += _nowhere(self) if context else []
        if faults:
            raise faulty(*faults)
        return self

    def matching(self, seen: Snapshot) -> list[Rule]:
        """The rules that may speak for this lead: the first that matches.

        A rule that sends to the account's owner lets the next one speak as well, for when there is no
        owner or they are not free.
        """
        found = []
        for rule in (each for each in self.rules or (_TO_EVERYONE,) if each.matches(seen)):
            found.append(rule)
            if not isinstance(rule.to, ToOwner):
                break
        return found

    def lane(self, slug: str | None) -> Lane:
        """The lane of that name; else `normal`, else the first."""
        for name in (slug, "normal"):
            if name is not None and name in self.lanes:
                return self.lanes[name]
        return next(iter(self.lanes.values()))

    def people(self, team: str, members: Mapping[str, Member]) -> list[Member]:
        """The team's colleagues, by e-mail; somebody who is not on record is left out."""
        for each in self.teams:
            if each.slug == team:
                return [members[email] for email in sorted(set(each.people)) if email in members]
        everyone = sorted(members.values(), key=lambda member: member.email)
        return [each for each in everyone if Role.REP in each.roles and each.active]


_TO_EVERYONE = Rule.model_validate({"name": EVERYONE, "to": f"team:{EVERYONE}"})


def _doubled(rules: RoutingRules) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for index, team in enumerate(rules.teams):
        if team.slug in seen or team.slug == EVERYONE:
            reason = f"there is another team {shown(team.slug)}"
            faults.append(Fault(f"teams.{index}.slug", reason, "give it a name of its own"))
        seen.add(team.slug)
    return faults


def _dangling(rules: RoutingRules) -> list[Fault]:
    teams = {team.slug for team in rules.teams} | {EVERYONE}
    faults = []
    for index, rule in enumerate(rules.rules):
        if isinstance(rule.to, ToTeam) and rule.to.team not in teams:
            reason = f"there is no team {shown(rule.to.team)}"
            faults.append(Fault(f"rules.{index}.to", reason, nearest(rule.to.team, teams)))
        if rule.lane is not None and rule.lane not in rules.lanes:
            reason = f"there is no lane {shown(rule.lane)}"
            faults.append(Fault(f"rules.{index}.lane", reason, nearest(rule.lane, rules.lanes)))
    to = rules.transfers.to
    if isinstance(to, ToTeam) and to.team not in teams - {EVERYONE}:
        reason = f"there is no team {shown(to.team)}"
        faults.append(Fault("transfers.to", reason, nearest(to.team, teams - {EVERYONE})))
    return faults


def _nowhere(rules: RoutingRules) -> list[Fault]:
    """Holidays of places the library does not know."""
    found = [(n, unknown(place)) for n, place in enumerate(rules.holidays)]
    return [Fault(f"holidays.{n}", *wrong) for n, wrong in found if wrong]


def _strangers(rules: RoutingRules, people: Collection[str] | None) -> list[Fault]:
    if people is None:
        return []
    named: dict[str, Any] = {
        f"teams.{n}.people.{m}": email
        for n, team in enumerate(rules.teams)
        for m, email in enumerate(team.people)
    }
    named |= {
        f"spot_checks.volunteers.{n}": email for n, email in enumerate(rules.spot_checks.volunteers)
    }
    named |= {
        f"rules.{n}.to": rule.to.email
        for n, rule in enumerate(rules.rules)
        if isinstance(rule.to, ToPerson)
    }
    if rules.fallback:
        named["fallback"] = rules.fallback
    if isinstance(rules.transfers.to, ToPerson):
        named["transfers.to"] = rules.transfers.to.email
    return [
        Fault(place, f"nobody here is {shown(email)}", nearest(email, people))
        for place, email in named.items()
        if email not in people
    ]
