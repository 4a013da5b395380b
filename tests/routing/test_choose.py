"""Whom a lead goes to: everybody weighed is listed with why not, and nobody is chosen who cannot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.ids import AccountId, MemberId, ProspectId
from prospects.member import Member, Role
from prospects.values import Company, Lifecycle, Person, Snapshot
from routing.availability import Load, deadline
from routing.choose import Decision, Staff, after, choose
from routing.rules import Clock, RoutingRules

NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)  # a Tuesday, noon in Berlin
OFFICE = {"mon-fri": ["09:00-17:00"]}


def member(name: str, *roles: Role, **more: Any) -> Member:
    return Member(
        id=MemberId(UUID(bytes=name.encode().ljust(16))),
        email=f"{name}@us.example",
        name=name,
        roles=frozenset(roles or {Role.REP}),
        **{"zone": "Europe/Berlin", **more},
    )


def person(owner: MemberId | None = None, country: str | None = None) -> Snapshot:
    company = Company(id=AccountId(UUID(int=1)), domain="firm.example", name=None, owner=owner)
    return Snapshot(
        prospect_id=ProspectId(UUID(int=2)),
        as_of=NOON,
        person=Person(country=country),
        company=company,
        activities=(),
        lifecycle=Lifecycle.WARM,
        stages=("awareness",),
    )


def team_rules(*names: str, **more: Any) -> RoutingRules:
    written = {
        "teams": [{"slug": "t", "people": [f"{name}@us.example" for name in names]}],
        "rules": [{"name": "all", "to": "team:t"}],
        **more,
    }
    return RoutingRules.model_validate(written)


def decide(
    staff: Staff,
    rules: RoutingRules,
    *,
    seen: Snapshot | None = None,
    passed_over: dict[MemberId, str] | None = None,
    lane: str | None = None,
    now: datetime = NOON,
) -> Decision:
    seen = seen or person()
    return choose(seen, rules, staff, passed_over=passed_over or {}, lane=lane, now=now)


def office(*members: Member, **loads: Load) -> Staff:
    by_mail = {each.email: each for each in members}
    return Staff(by_mail, {by_mail[f"{name}@us.example"].id: load for name, load in loads.items()})


def reasons(decision: Decision) -> dict[str, str | None]:
    return {each.member.name: each.reason for each in decision.candidates}


def test_everybody_weighed_is_listed_with_why_not() -> None:
    away = [{"from": "2026-03-01", "until": "2026-03-03", "reason": "leave"}]
    staff = office(
        member("ann"),
        member("bob", active=False),
        member("cid", Role.MARKETER),
        member("dan", absences=away),
        member("eve", capacity={"open": 5}),
        member("fay", capacity={"per_day": 2}),
        member("gus"),
        member("max", Role.MANAGER),
        eve=Load(open=5),
        fay=Load(today=2),
    )
    names = ("ann", "bob", "cid", "dan", "eve", "fay", "gus")
    passed = {staff.members["gus@us.example"].id: "passed this lead on"}
    decision = decide(staff, team_rules(*names), passed_over=passed)
    assert decision.chosen is not None
    assert decision.chosen.name == "ann"
    assert reasons(decision) == {
        "ann": None,
        "bob": "no longer active",
        "cid": "not a rep",
        "dan": "absent until 2026-03-03",
        "eve": "at capacity: 5 of 5 open leads",
        "fay": "at capacity: 2 of 2 offers today",
        "gus": "passed this lead on",
    }


def test_an_absence_ends_with_its_last_day_where_the_rep_is() -> None:
    away = [{"from": "2026-03-01", "until": "2026-03-03"}]
    staff = office(member("ann", absences=away), member("max", Role.MANAGER))
    evening = datetime(2026, 3, 3, 22, 59, tzinfo=UTC)
    assert decide(staff, team_rules("ann"), now=evening).fallback
    assert not decide(staff, team_rules("ann"), now=evening + timedelta(minutes=1)).fallback


def test_in_a_fast_lane_those_at_work_come_first_and_at_night_everybody_is_asked() -> None:
    staff = office(
        member("ann", hours=OFFICE), member("bob", hours=OFFICE, zone="America/Los_Angeles")
    )
    rules = team_rules("ann", "bob", rules=[{"name": "all", "to": "team:t", "lane": "fast"}])
    assert reasons(decide(staff, rules)) == {"ann": None, "bob": "outside their hours"}
    night = NOON.replace(hour=4)
    assert reasons(decide(staff, rules, now=night)) == {"ann": None, "bob": None}
    slow = team_rules("ann", "bob")
    assert reasons(decide(staff, slow)) == {"ann": None, "bob": None}


def test_the_owner_of_the_account_comes_first_and_moves_no_turn() -> None:
    ann, bob = member("ann"), member("bob")
    rules = team_rules(
        "ann",
        "bob",
        rules=[{"name": "known", "to": "account_owner"}, {"name": "all", "to": "team:t"}],
    )
    decision = decide(office(ann, bob), rules, seen=person(owner=bob.id))
    assert decision.chosen == bob
    assert (decision.rule, decision.turn) == ("known", None)


@pytest.mark.parametrize("owner", [None, "gone", "away"])
def test_without_an_owner_who_is_free_the_next_rule_speaks(owner: str | None) -> None:
    gone = member("gone", active=False)
    away = member("away", absences=[{"from": "2026-01-01", "until": "2027-01-01"}])
    staff = office(member("ann"), gone, away)
    rules = team_rules(
        "ann", rules=[{"name": "known", "to": "account_owner"}, {"name": "all", "to": "team:t"}]
    )
    whose = staff.members[f"{owner}@us.example"].id if owner else None
    decision = decide(staff, rules, seen=person(owner=whose))
    assert decision.chosen is not None
    assert (decision.chosen.name, decision.rule) == ("ann", "all")


def test_the_first_rule_that_matches_speaks_alone() -> None:
    staff = office(member("ann", active=False), member("bob"), member("max", Role.MANAGER))
    german = {"field": "country", "op": "eq", "value": "DE"}
    rules = team_rules(
        "bob",
        rules=[
            {"name": "german", "if": german, "to": "person:ann@us.example"},
            {"name": "rest", "to": "team:t"},
        ],
    )
    decision = decide(staff, rules, seen=person(country="DE"))
    assert decision.fallback
    assert decision.chosen is not None
    assert decision.chosen.name == "max"
    assert decision.why == "rule german: nobody is free; the fallback owner answers for it"


@pytest.mark.parametrize(
    ("named", "expected"),
    [("zoe", "zoe"), (None, "max"), ("gone", "max"), ("nobody", "max")],
)
def test_somebody_always_answers_for_a_lead(named: str | None, expected: str) -> None:
    staff = office(
        member("adm", Role.ADMIN),
        member("zoe", Role.MARKETER),
        member("max", Role.MANAGER),
        member("gone", active=False),
    )
    more = {"fallback": f"{named}@us.example"} if named else {}
    decision = decide(staff, team_rules("gone", **more))
    assert decision.chosen is not None
    assert decision.chosen.name == expected


def test_a_flow_may_choose_the_lane_and_an_unknown_one_is_the_normal_one() -> None:
    staff, rules = office(member("ann")), team_rules("ann")
    assert decide(staff, rules).lane == "normal"
    assert decide(staff, rules, lane="fast").lane == "fast"
    assert decide(staff, rules, lane="warp").lane == "normal"


names = st.sampled_from(["ann", "bob", "cid", "dan"])


@given(
    weights=st.fixed_dictionaries(
        {}, optional={n: st.sampled_from([0.5, 1, 2, 3]) for n in "abcd"}
    ),
    batch=st.lists(st.tuples(st.sets(names), st.sets(names)), min_size=1, max_size=40),
)
def test_a_batch_is_decided_as_if_one_by_one_and_never_against_a_reason(
    weights: dict[str, float], batch: list[tuple[set[str], set[str]]]
) -> None:
    """Each lead has those who are away and those who have passed it on."""
    people = ["ann", "bob", "cid", "dan"]
    staff = office(
        *(member(name, weight=weights.get(name[0], 1)) for name in people),
        member("max", Role.MANAGER),
    )
    rules = team_rules(*people)
    turn = 0
    for away, passed in batch:
        members = {
            email: replace(each, active=each.name not in away)
            for email, each in staff.members.items()
        }
        staff = replace(staff, members=members)
        over = {members[f"{name}@us.example"].id: "passed this lead on" for name in passed}
        decision = decide(staff, rules, passed_over=over)
        free = set(people) - away - passed
        assert decision.chosen is not None
        assert decision.fallback == (not free)
        if free:
            turn += 1
            assert decision.chosen.name in free
            assert decision.turn == turn
            levels = {c.member.name: c.pointer for c in decision.candidates if c.reason is None}
            lowest = min(level for level in levels.values() if level is not None)
            assert levels[decision.chosen.name] == lowest
        staff = after(staff, decision)


def test_each_decision_of_a_batch_counts_against_the_capacity_of_the_next() -> None:
    staff = office(member("ann", capacity={"open": 2}), member("max", Role.MANAGER))
    chosen = []
    for _ in range(3):
        decision = decide(staff, team_rules("ann"))
        staff = after(staff, decision)
        chosen.append(decision.chosen.name if decision.chosen else None)
    assert chosen == ["ann", "ann", "max"]


def test_an_offer_made_counts_against_the_day_once() -> None:
    staff = office(member("ann", capacity={"per_day": 2, "open": 2}), member("max", Role.MANAGER))
    chosen = []
    for _ in range(3):
        decision = decide(staff, team_rules("ann"))
        staff = after(staff, decision)
        chosen.append(decision.chosen.name if decision.chosen else None)
    assert chosen == ["ann", "ann", "max"]


def test_who_cannot_take_a_lead_at_all_does_not_hold_the_floor_down_and_who_passed_on_does() -> (
    None
):
    ann, bo, cy = member("ann"), member("bo"), member("cy")
    for gone, floor in ((replace(cy, active=False), 1), (cy, 0)):
        staff = office(ann, bo, gone)
        for _ in range(2):
            staff = after(
                staff,
                decide(staff, team_rules("ann", "bo", "cy"), passed_over={cy.id: "passed on"}),
            )
        assert staff.turns["t"].floor == floor


@pytest.mark.parametrize(
    ("start", "within", "end"),
    [
        # Friday 16:00 in Berlin, before and after the clocks go forward on 29 March 2026.
        ("2026-03-20T15:00Z", 2, "2026-03-23T09:00Z"),
        ("2026-03-27T15:00Z", 2, "2026-03-30T08:00Z"),
        # and before they go back on 25 October 2026.
        ("2026-10-23T14:00Z", 2, "2026-10-26T09:00Z"),
        ("2026-03-28T12:00Z", 8, "2026-03-30T15:00Z"),
    ],
)
def test_business_time_is_the_reps_own_also_when_the_clocks_change(
    start: str, within: int, end: str
) -> None:
    ann = member("ann", hours=OFFICE)
    begun = datetime.fromisoformat(start)
    found = deadline(ann, begun, timedelta(hours=within), Clock.BUSINESS)
    assert found == datetime.fromisoformat(end)
    real = deadline(ann, begun, timedelta(hours=within), Clock.REAL)
    assert real == begun + timedelta(hours=within)
