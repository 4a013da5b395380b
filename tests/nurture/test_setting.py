"""A flow sets fields and tags: once, seen at once by itself, by everybody else at one more look."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.advance import Mail, Set, advance, enter
from nurture.rows import EnrollmentRow
from nurture.setting import MOST_IN_A_ROW
from prospects.change import Change, SetField, SetTag, changed
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow, ProspectRow
from prospects.topics import Topic
from tests.nurture.flows_for_tests import flow, person
from tests.nurture.world import World

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
NAMES = st.sampled_from(["a", "b"])
VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x"])
CHANGES: st.SearchStrategy[Change] = st.builds(SetField, NAMES, VALUES) | st.builds(
    SetTag, NAMES, st.booleans()
)


@pytest.fixture
def world(session: Session) -> World:
    return World(session, NOW)


def sets(*settings: dict[str, Any], name: str = "f", **more: Any) -> dict[str, Any]:
    steps = [{"id": f"s{n}", "set": each} for n, each in enumerate(settings)]
    return {"flow": name, "enter": {"activity": "form"}, "steps": steps, **more}


def looks(world: World) -> int:
    query = select(MessageRow).where(MessageRow.topic == Topic.REACT)
    return len(list(world.session.execute(query).scalars()))


def person_row(world: World, who: Any) -> ProspectRow:
    found = world.session.get(ProspectRow, who)
    assert found is not None
    return found


@given(st.lists(CHANGES, max_size=8))
def test_a_change_twice_is_a_change_once_and_the_last_one_stands(changes: list[Change]) -> None:
    seen = person(NOW)
    for change in changes:
        seen = changed(seen, change)
        assert changed(seen, change) is seen
    for name in ("a", "b"):
        tagged = [each.on for each in changes if isinstance(each, SetTag) and each.name == name]
        assert (name in seen.tags) is (tagged[-1] if tagged else False)
        given_values = [
            each.value for each in changes if isinstance(each, SetField) and each.name == name
        ]
        assert seen.person.fields.get(name) == (given_values[-1] if given_values else None)


def test_the_steps_that_follow_see_it_at_once() -> None:
    branch = {"when": [{"if": {"field": "tags", "op": "contains", "value": "hot"}, "then": "yes"}]}
    steps = [
        {"id": "note", "set": {"tag": "hot"}},
        {"id": "look", "branch": {**branch, "else": "no"}},
        {"id": "yes", "mail": {"template": "yes"}},
        {"id": "no", "mail": {"template": "no"}},
    ]
    seen = person(NOW)
    progress = advance(seen, flow(steps), enter(seen, flow(steps), NOW), NOW)
    assert [each.template for each in progress.effects if isinstance(each, Mail)] == ["yes", "no"]
    assert [each.change for each in progress.effects if isinstance(each, Set)] == [
        SetTag("hot", True)
    ]


def test_what_is_set_stands_on_the_person_and_in_their_history(world: World) -> None:
    world.flow(
        sets(
            {"field": "fields.size", "value": 50},
            {"tag": "hot"},
            {"field": "fields.old", "value": None},
        )
    )
    who = world.somebody(fields={"old": "x", "kept": "y"})
    world.happens(who, "form")
    before = looks(world)
    world.react(who)
    row = person_row(world, who)
    assert row.fields == {"kept": "y", "size": 50}
    assert row.tags == ["hot"]
    facts = [each for each in world.rows(ActivityRow, who) if each.kind == Kind.SET]
    assert sorted((each.body.get("field") or each.body["tag"]) for each in facts) == [
        "fields.old",
        "fields.size",
        "hot",
    ]
    assert looks(world) == before + 1, "one more look, however much was set"
    world.react(who)
    assert looks(world) == before + 1
    assert person_row(world, who).set_depth == 0


def test_what_stands_already_is_no_news(world: World) -> None:
    world.flow(sets({"tag": "hot"}, {"field": "fields.size", "value": 50}))
    who = world.somebody(tags=["hot"], fields={"size": 50})
    world.happens(who, "form")
    before = looks(world)
    world.react(who)
    assert looks(world) == before
    assert not [each for each in world.rows(ActivityRow, who) if each.kind == Kind.SET]
    assert world.enrollment(who).state == "finished"


def test_another_flow_enters_by_what_was_set(world: World) -> None:
    world.flow(sets({"tag": "hot"}))
    enter_by = {"activity": "set", "where": {"field": "tag", "op": "eq", "value": "hot"}}
    mail = [{"id": "m", "mail": {"template": "m"}}]
    world.flow({"flow": "g", "enter": enter_by, "steps": mail})
    who = world.somebody()
    world.happens(who, "form")
    world.react(who)
    assert world.steps_mailed(who) == []
    world.react(who)
    assert world.steps_mailed(who) == ["m"]


def test_flows_that_set_one_another_off_are_parked_after_five_looks(world: World) -> None:
    for name, on in (("on", True), ("off", False)):
        where = {"field": "value", "op": "eq", "value": not on}
        enter_by = {"activity": "set", "where": where, "again": "always"}
        world.flow(sets({"tag": "hot", "value": on}, name=name, enter=enter_by))
    world.flow(sets({"tag": "hot"}, name="first"))
    who = world.somebody()
    world.happens(who, "form")
    before = promised = looks(world)
    for _ in range(12):
        world.react(who, after=timedelta(milliseconds=10))
        if looks(world) == promised:
            break
        promised = looks(world)
    assert looks(world) == before + MOST_IN_A_ROW
    facts = [each for each in world.rows(ActivityRow, who) if each.kind == Kind.SET]
    assert len(facts) == MOST_IN_A_ROW + 1
    parked = [each for each in world.rows(EnrollmentRow, who) if each.state == "parked"]
    assert len(parked) == 1
    assert "set one another off" in (parked[0].reason or "")
    assert person_row(world, who).set_depth == 0, "what comes from outside may set again"
