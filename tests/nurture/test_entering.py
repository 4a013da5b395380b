"""Who may enter a flow: by something new, once for each thing, and again only as the flow allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from nurture.advance import enter
from nurture.enrollment import Enrollment, EnrollmentState, Published, entry
from nurture.flow import Flow
from nurture.rows import EnrollmentRow
from prospects import configuration
from prospects.conditions import compile_tree, parse
from prospects.ids import EnrollmentId, ProspectId, new_id
from prospects.values import Activity, Lifecycle, Person, Reason, StageClaim
from tests.nurture.flows_for_tests import activity, flow, person
from tests.nurture.world import World

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [{"id": "hi", "mail": {"template": "hi"}}]


def published(enter: Any, since: datetime = NOW - DAY) -> Published:
    return Published(flow(STEPS, enter=enter), 1, since)


def was_inside(found: Flow, key: str, entered: datetime, left: datetime | None) -> Enrollment:
    return Enrollment(
        whose=ProspectId(new_id(NOW)),
        id=EnrollmentId(new_id(entered)),
        flow=found.flow,
        version=1,
        state=EnrollmentState.FINISHED if left else EnrollmentState.ACTIVE,
        reason=None,
        entry=key,
        entered_at=entered,
        left_at=left,
        place=enter(person(entered), found, entered),
        due_at=None,
    )


def claim(stage: str, *acts: Activity) -> StageClaim:
    reason = Reason("said so", "rule", 1.0, tuple(each.id for each in acts))
    return StageClaim(
        stage=stage, confidence=0.8, at=NOW, expires_at=None, model="m", reasons=(reason,)
    )


def test_an_act_that_fits_lets_somebody_in_and_another_does_not() -> None:
    guide = published(
        {"activity": "form", "where": {"field": "form", "op": "eq", "value": "guide"}}
    )
    fits, other = activity("form", NOW, form="guide"), activity("form", NOW, form="demo")
    assert entry(person(NOW, fits), guide, []) == f"activity:{fits.id}"
    assert entry(person(NOW, other), guide, []) is None


def test_what_was_learned_before_the_flow_was_published_lets_nobody_in() -> None:
    late = activity("form", NOW - 9 * DAY, learned=NOW)
    early = activity("form", NOW - 9 * DAY)
    assert entry(person(NOW, late), published({"activity": "form"}), []) is not None
    assert entry(person(NOW, early), published({"activity": "form"}), []) is None


def test_a_robot_and_somebody_disqualified_stay_outside() -> None:
    act = activity("form", NOW)
    robot = Activity(act.id, act.kind, NOW, NOW, "t", {}, True)
    assert entry(person(NOW, robot), published({"activity": "form"}), []) is None
    out = person(NOW, act, lifecycle=Lifecycle.DISQUALIFIED)
    assert entry(out, published({"activity": "form"}), []) is None


@pytest.mark.parametrize("again", ["always", "1d"])
def test_nobody_is_inside_twice_and_what_happened_inside_lets_nobody_in_later(again: str) -> None:
    always = published({"activity": "form", "again": again}, since=NOW - 9 * DAY)
    first, second = activity("form", NOW - 5 * DAY), activity("form", NOW - 4 * DAY)
    key = f"activity:{first.id}"
    inside = was_inside(always.flow, key, NOW - 5 * DAY, None)
    left = was_inside(always.flow, key, NOW - 5 * DAY, NOW - DAY)
    seen = person(NOW, first, second)
    assert entry(seen, always, [inside]) is None
    assert entry(seen, always, [left]) is None
    third = activity("form", NOW)
    assert entry(person(NOW, first, second, third), always, [left]) == f"activity:{third.id}"


def test_a_claimed_stage_lets_in_by_the_newest_act_behind_it() -> None:
    by_stage = published({"stage": "evaluation", "again": "always"})
    old, new = activity("page_view", NOW - 9 * DAY), activity("form", NOW - HOUR)
    before = person(NOW, old, claim=claim("evaluation", old))
    after = person(NOW, old, new, claim=claim("evaluation", old, new))
    assert entry(before, by_stage, []) is None
    key = entry(after, by_stage, [])
    assert key == f"stage:evaluation:{new.id}"
    left = was_inside(by_stage.flow, key, NOW, NOW)
    assert entry(after, by_stage, [left]) is None
    assert entry(person(NOW, new, claim=claim("decision", new)), by_stage, []) is None


def test_a_segment_lets_in_by_the_newest_own_act_of_somebody_in_it() -> None:
    germans = compile_tree(parse({"field": "country", "op": "eq", "value": "DE"}))
    by_segment = replace(published({"segment": "germans"}), belongs=germans)
    old, new = activity("form", NOW - 9 * DAY), activity("page_view", NOW - HOUR)
    ours = activity("mail_sent", NOW)
    mia = person(NOW, old, new, ours, about=Person(country="DE"))
    assert entry(mia, by_segment, []) == f"segment:germans:{new.id}"
    assert entry(person(NOW, old, ours, about=Person(country="DE")), by_segment, []) is None
    assert entry(person(NOW, new, about=Person(country="FR")), by_segment, []) is None
    assert entry(mia, published({"segment": "germans"}), []) is None, "a segment that is not there"


def test_a_flow_follows_its_segment(session: Session, now: datetime) -> None:
    world = World(session, now)
    dach = {"slug": "dach", "name": "D-A-CH", "if": {"field": "country", "op": "eq", "value": "DE"}}
    configuration.write(session, "segment", "dach", dach, now, by="test")
    world.flow({"flow": "f", "enter": {"segment": "dach"}, "steps": [{"id": "w", "wait": "2d"}]})
    mia, ann = world.somebody(country="DE"), world.somebody(country="AT")
    for who in (mia, ann):
        world.happens(who, "form")
    world.react(mia, ann)
    assert world.enrollment(mia).entry.startswith("segment:dach:")
    assert world.rows(EnrollmentRow, ann) == []
    wider = {"field": "country", "op": "in", "value": ["DE", "AT"]}
    configuration.write(session, "segment", "dach", {**dach, "if": wider}, now, by="test")
    world.react(ann, after=HOUR)
    assert world.enrollment(ann).flow == "f"
