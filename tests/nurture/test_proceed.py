"""People enter flows, move on, are mailed once, and leave: written down set-based, in one transaction."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture import flows
from nurture.proceed import proceed
from nurture.rows import EnrollmentRow, FlowVersionRow, SendRow, VisitRow
from prospects import configuration, timeline
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow
from prospects.topics import Topic
from tests.nurture.flows_for_tests import CONSIDERED
from tests.nurture.world import World

DAY = timedelta(days=1)


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return World(session, now)


def test_a_form_lets_somebody_in_and_the_first_mail_is_planned_with_its_promise(
    world: World,
) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    plan = world.react(who)[who]
    (send,) = world.rows(SendRow, who)
    assert (send.step, send.visit, send.state, send.template) == ("hello", 1, "planned", "hello")
    refs = world.session.execute(
        select(MessageRow.ref).where(MessageRow.topic == Topic.MAIL)
    ).scalars()
    assert list(refs) == [f"{who}/{send.id}"]
    assert plan.enrolled
    assert plan.wake_at == world.now + 2 * DAY
    assert [mail.template for mail in plan.upcoming] == ["nudge"]
    kinds = {row.kind for row in world.rows(ActivityRow, who)}
    assert Kind.ENTERED_FLOW in kinds


def test_a_reaction_that_is_repeated_changes_nothing(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.react(who)
    for _ in range(3):
        world.react(who)
    assert len(world.rows(SendRow, who)) == 1
    assert len(world.rows(EnrollmentRow, who)) == 1
    assert len(world.rows(VisitRow, who)) == 2


def test_another_form_does_not_let_anybody_in(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="demo")
    assert not world.react(who)[who].enrolled


def test_who_did_it_before_the_flow_was_published_does_not_enter(world: World) -> None:
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.now += DAY
    world.flow(CONSIDERED)
    assert not world.react(who)[who].enrolled


def test_the_whole_way_of_somebody_silent(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.react(who)
    world.react(who, after=2 * DAY)
    assert world.enrollment(who).step == "look"
    world.react(who, after=5 * DAY)
    assert world.steps_mailed(who) == ["hello", "nudge"]
    found = world.enrollment(who)
    assert (found.state, found.reason, found.left_at) == ("exited", "done", world.now)
    left = [row for row in world.rows(ActivityRow, who) if row.kind == Kind.LEFT_FLOW]
    assert left[0].body["reason"] == "done"


def test_a_click_leads_the_other_way_and_warmth_leads_to_sales(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody(points=70.0)
    world.happens(who, "form", form="guide")
    world.react(who)
    world.react(who, after=2 * DAY)
    world.now += timedelta(hours=1)
    world.happens(who, "click", url="https://acme.example")
    plan = world.react(who)[who]
    assert world.steps_mailed(who) == ["hello", "deep"]
    assert plan.request is not None
    assert (plan.request.step, plan.request.visit, plan.request.lane) == ("go", 1, "fast")
    assert world.enrollment(who).state == "held"
    assert world.react(who)[who].request is None


def test_a_handoff_does_not_end_the_enrollment_and_a_verdict_frees_it(world: World) -> None:
    document = {
        **CONSIDERED,
        "steps": [
            {"id": "go", "hand_off": {"lane": "fast"}},
            {"id": "after", "mail": {"template": "after"}},
        ],
    }
    world.flow(document)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    assert world.react(who)[who].request is not None
    world.now += timedelta(minutes=5)
    world.happens(who, "offered", handoff="h", rep="r")
    world.happens(who, "accepted", handoff="h", rep="r")
    world.react(who)
    assert world.enrollment(who).state == "held"
    world.now += timedelta(minutes=5)
    world.happens(who, "verdict", handoff="h", verdict="earlier", stage_found="awareness")
    world.react(who)
    assert world.steps_mailed(who) == ["after"]
    assert world.enrollment(who).state == "finished"


def test_a_verdict_starts_the_flow_that_waits_for_it(world: World) -> None:
    world.flow(
        {
            "flow": "back",
            "enter": {"verdict": "earlier"},
            "steps": [{"id": "sorry", "mail": {"template": "sorry"}}],
        }
    )
    who, other = world.somebody(), world.somebody()
    world.happens(who, "verdict", handoff="h", verdict="earlier")
    world.happens(other, "verdict", handoff="h", verdict="confirmed")
    plans = world.react(who, other)
    assert world.steps_mailed(who) == ["sorry"]
    assert world.steps_mailed(other) == []
    assert len(plans) == 2


def test_an_edit_of_a_live_flow_neither_skips_nor_repeats_for_those_inside(world: World) -> None:
    world.flow(CONSIDERED)
    inside = world.somebody()
    world.happens(inside, "form", form="guide")
    world.react(inside)
    shorter = {
        **CONSIDERED,
        "steps": [
            {"id": "welcome", "mail": {"template": "welcome"}},
            {"id": "rest", "wait": "1d"},
            {"id": "nudge", "mail": {"template": "nudge"}},
        ],
    }
    world.now += DAY
    world.flow(shorter)
    newcomer = world.somebody()
    world.happens(newcomer, "form", form="guide")
    world.react(inside, newcomer)
    world.react(inside, newcomer, after=6 * DAY)
    assert world.steps_mailed(newcomer) == ["welcome", "nudge"]
    assert world.steps_mailed(inside) == ["hello"]
    world.react(inside, after=5 * DAY)
    assert world.steps_mailed(inside) == ["hello", "nudge"]
    assert world.enrollment(inside).version == 1


def test_publishing_the_same_again_is_no_new_version(world: World) -> None:
    assert flows.publish(world.session, "considered", CONSIDERED, world.now) == 1
    assert flows.publish(world.session, "considered", CONSIDERED, world.now + DAY) == 1
    changed = {**CONSIDERED, "exits": []}
    assert flows.publish(world.session, "considered", changed, world.now + DAY) == 2
    rows = list(world.session.execute(select(FlowVersionRow)).scalars())
    assert {row.version: row.entering_since for row in rows} == {1: world.now, 2: world.now}


def test_a_changed_entry_lets_nobody_in_for_what_they_did_before(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="demo")
    world.react(who)
    world.now += DAY
    world.flow({**CONSIDERED, "enter": {"activity": "form"}})
    assert not world.react(who)[who].enrolled


def test_a_flow_that_was_only_configured_is_published_on_first_need(world: World) -> None:
    configuration.write(world.session, "flow", "considered", CONSIDERED, world.now, by="test")
    who = world.somebody()
    world.react(who)
    world.happens(who, "form", form="guide")
    assert world.react(who)[who].enrolled


def test_a_removed_flow_lets_nobody_in_and_those_inside_go_on(world: World) -> None:
    world.flow(CONSIDERED)
    inside, outside = world.somebody(), world.somebody()
    world.happens(inside, "form", form="guide")
    world.react(inside)
    configuration.remove(world.session, "flow", "considered")
    world.happens(outside, "form", form="guide")
    assert not world.react(outside)[outside].enrolled
    world.react(inside, after=2 * DAY)
    world.react(inside, after=5 * DAY)
    assert world.steps_mailed(inside) == ["hello", "nudge"]


@pytest.mark.parametrize(
    ("again", "days", "times"),
    [
        ("never", 100, 1),
        ("always", 1, 2),
        ("90d", 89, 1),
        ("90d", 91, 2),
    ],
)
def test_somebody_may_come_again_as_the_flow_says(
    world: World, again: str, days: int, times: int
) -> None:
    world.flow(
        {
            "flow": "short",
            "enter": {"activity": "form", "again": again},
            "steps": [{"id": "hello", "mail": {"template": "hello"}}],
        }
    )
    who = world.somebody()
    world.happens(who, "form")
    world.react(who)
    world.react(who, after=timedelta(days=days))
    assert len(world.rows(EnrollmentRow, who)) == 1
    world.happens(who, "form")
    world.react(who)
    world.react(who, after=timedelta(minutes=1))
    assert len(world.rows(EnrollmentRow, who)) == times
    assert len(world.rows(SendRow, who)) == times


def test_what_a_reaction_writes_rings_no_bell(world: World) -> None:
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    asked = select(MessageRow.id).where(MessageRow.topic == Topic.REACT)
    before = len(list(world.session.execute(asked)))
    world.react(who)
    assert len(list(world.session.execute(asked))) == before


def test_two_hundred_people_cost_no_more_queries_than_two(world: World) -> None:
    from sqlalchemy import event

    world.flow(CONSIDERED)

    def queries(count: int) -> int:
        people = [world.somebody() for _ in range(count)]
        for who in people:
            world.happens(who, "form", form="guide")
        seen = timeline.lock_and_see(world.session, people, world.now).snapshots
        proceed(world.session, [], world.now)
        told: list[str] = []
        connection = world.session.connection()

        def tell(*args: Any) -> None:
            told.append(args[2])

        event.listen(connection, "before_cursor_execute", tell)
        proceed(world.session, seen, world.now)
        event.remove(connection, "before_cursor_execute", tell)
        return len(told)

    assert queries(2) == queries(100)
