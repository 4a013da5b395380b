"""Chance draws of those who are not warm: the same for whoever looks, and as often as was said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.ids import ActivityId, MemberId, ProspectId
from prospects.kinds import Kind
from prospects.member import Member, Role
from prospects.values import Activity, Lifecycle, Person, Snapshot
from routing.availability import Load
from routing.checkers import Experience, choose_checker, who_checks
from routing.drawing import PERIOD, QUIET, Lottery, due, may_be_drawn, next_draw
from routing.rules import RoutingRules

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ALL, SOME = Lottery(1.0, "card-1"), Lottery(0.05, "card-1")


def act(kind: Kind, days_ago: float, *, robot: bool = False) -> Activity:
    at = NOW - days_ago * DAY
    which = ActivityId(uuid5(UUID(int=1), f"{kind}{days_ago}"))
    return Activity(which, kind, at, at, "site", {}, robot)


def person(*acts: Activity, n: int = 1, email: str | None = "ida@firm.example") -> Snapshot:
    return Snapshot(
        prospect_id=ProspectId(UUID(int=n)),
        as_of=NOW,
        person=Person(email=email),
        company=None,
        activities=acts,
        lifecycle=Lifecycle.NURTURING,
        stages=(),
    )


def test_about_as_many_are_drawn_as_the_chance_says_each_at_a_moment_of_its_own() -> None:
    drawn = [
        at
        for n in range(4000)
        if (at := next_draw(person(act(Kind.FORM, 0), n=n), SOME, NOW)) and at < NOW + PERIOD
    ]
    assert 150 < len(drawn) < 250
    middle = sum((at - NOW) / PERIOD for at in drawn) / len(drawn)
    assert 0.4 < middle < 0.6
    assert len(set(drawn)) == len(drawn)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**9), st.lists(st.floats(0, 29.9), max_size=6))
def test_a_draw_is_the_same_however_often_somebody_looks(n: int, looks: list[float]) -> None:
    seen = person(act(Kind.FORM, 0), n=n)
    first = next_draw(seen, ALL, NOW)
    assert first is not None
    for days in looks:
        now = NOW + days * DAY
        assert (next_draw(seen, ALL, now) == first) == (now < first)
        found = due(seen, ALL, now)
        assert (found is not None and found.at == first) == (first <= now < first + 2 * DAY)


def test_with_no_chance_nobody_is_drawn() -> None:
    assert next_draw(person(act(Kind.FORM, 0)), Lottery(0.0, ""), NOW) is None


@pytest.mark.parametrize(
    ("seen", "may"),
    [
        (person(act(Kind.FORM, 3)), True),
        (replace(person(act(Kind.FORM, 3)), warm=True), False),
        (replace(person(act(Kind.FORM, 3)), gate="rival"), False),
        (replace(person(act(Kind.FORM, 3)), profiled=False), False),
        (replace(person(act(Kind.FORM, 3)), lifecycle=Lifecycle.WON), False),
        (person(act(Kind.FORM, 3), email=None), False),
        (person(act(Kind.FORM, 3, robot=True)), False),
        (person(act(Kind.OPEN, 3)), False),
        (person(act(Kind.FORM, QUIET / DAY + 1)), False),
        (person(act(Kind.FORM, 30), act(Kind.VERDICT, 20)), False),
        (person(act(Kind.FORM, 3), act(Kind.UNSUBSCRIBED, 2)), False),
    ],
)
def test_only_who_could_be_a_lead_and_is_none_can_be_drawn(seen: Snapshot, may: bool) -> None:
    assert may_be_drawn(seen) is may


def member(name: str, *roles: Role, n: int = 1) -> Member:
    return Member(
        id=MemberId(UUID(int=n)), email=f"{name}@us.example", name=name, roles=frozenset(roles)
    )


DORA, RITA, TOM = (
    member("dora", Role.DESK, n=1), member("rita", Role.REP, n=2), member("tom", Role.REP, n=3)
)  # fmt: skip
RULES = RoutingRules.model_validate(
    {"spot_checks": {"volunteers": ["rita@us.example", "TOM@us.example"]}}
)
SEASONED = Experience(findings=40, looked_at=20, wrong=3)


def chosen(experience: dict[MemberId, Experience], **loads: int) -> str | None:
    everybody = {each.email: each for each in (DORA, RITA, TOM)}
    decision = choose_checker(
        ProspectId(UUID(int=9)),
        who_checks(everybody, RULES),
        RULES,
        loads={each.id: Load(open=loads.get(each.name, 0)) for each in (DORA, RITA, TOM)},
        experience=experience,
        passed_over={},
        now=NOW,
    )
    assert (decision.team, decision.moved, decision.fallback) == (None, None, False)
    return decision.chosen.name if decision.chosen else None


def test_the_desk_checks_and_volunteers_who_know_the_trade_and_trust_the_claims() -> None:
    doubting = Experience(findings=40, looked_at=20, wrong=10)
    new = Experience(findings=9, looked_at=9, wrong=0)
    assert chosen({RITA.id: SEASONED, TOM.id: doubting}, dora=5, rita=1) == "rita"
    assert chosen({RITA.id: new, TOM.id: doubting}, dora=5) == "dora"
    assert chosen({}, dora=5) == "dora"


def test_a_colleague_who_neither_volunteered_nor_is_of_the_desk_is_never_asked() -> None:
    everybody = {each.email: each for each in (RITA, TOM)}
    assert who_checks(everybody, RoutingRules()) == []
