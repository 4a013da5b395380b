"""Who may enter a flow: by something new, once for each thing, and again only as the flow allows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nurture.advance import enter
from nurture.enrollment import Enrollment, EnrollmentState, Published, entry
from nurture.flow import Flow
from prospects.ids import EnrollmentId, new_id
from prospects.values import Activity, Lifecycle, Reason, StageClaim
from tests.nurture.flows_for_tests import activity, flow, person

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [{"id": "hi", "mail": {"template": "hi"}}]


def published(enter: Any, since: datetime = NOW - DAY) -> Published:
    return Published(flow(STEPS, enter=enter), 1, since)


def was_inside(found: Flow, key: str, entered: datetime, left: datetime | None) -> Enrollment:
    return Enrollment(
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
