"""What we believe is kept whenever a person would notice the change, and told to who wants to know."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import announcing, beliefs, configuration, timeline
from prospects.ids import ActivityId, ProspectId
from prospects.message import MessageRow
from prospects.rows import ActivityRow, AssessmentRow
from prospects.topics import Topic
from prospects.values import Assessment, Snapshot, StageClaim
from tests.prospects.test_timeline import known, view

BELIEF = Assessment(
    claim=None, points=32.0, fit=40.0, engagement=24.0, grade="B3", warm=False, gate=None
)


@pytest.fixture
def seen(session: Session, now: datetime) -> Snapshot:
    """Somebody of whom this is believed already."""
    (ann,) = known(session, now, "ann")
    return believe(session, look(session, ann, now), BELIEF, now)


def look(session: Session, who: ProspectId, now: datetime) -> Snapshot:
    (found,) = timeline.lock_and_see(session, [who], now).snapshots
    return found


def believe(session: Session, seen: Snapshot, belief: Assessment, now: datetime) -> Snapshot:
    beliefs.record(session, [(seen, belief)], now)
    session.expire_all()
    return look(session, seen.prospect_id, now)


def claim(stage: str, now: datetime) -> StageClaim:
    return StageClaim(stage=stage, confidence=0.8, at=now, expires_at=None, model="points/1")


def written(session: Session) -> int:
    return session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ({}, False),
        ({"points": 32.9}, False),
        ({"points": 31.0}, True),
        ({"grade": "B2"}, True),
        ({"warm": True}, True),
        ({"gate": "rival"}, True),
        ({"engagement": 24.4}, False),
    ],
)
def test_history_is_kept_of_what_a_person_would_notice(
    session: Session, now: datetime, seen: Snapshot, change: Mapping[str, Any], noticed: bool
) -> None:
    assert written(session) == 1
    believe(session, seen, replace(BELIEF, **change), now + timedelta(hours=1))
    assert written(session) == 1 + noticed


def test_a_stage_that_is_claimed_moves_and_goes_is_history_each_time(
    session: Session, now: datetime, seen: Snapshot
) -> None:
    stages = ("evaluation", "evaluation", "decision", None)
    for n, stage in enumerate(stages, start=1):
        at = now + n * timedelta(hours=1)
        belief = replace(BELIEF, claim=claim(stage, at) if stage else None)
        seen = believe(session, seen, belief, at)
        assert (seen.claim.stage if seen.claim else None) == stage
    assert written(session) == 1 + 3


def test_who_grows_warm_is_announced_once(session: Session, now: datetime, seen: Snapshot) -> None:
    hook = {"events": [announcing.WARMED], "active": True}
    configuration.write(session, announcing.HOOK, "crm", hook, now, by="test")
    for n, warm in enumerate((True, True, False, True), start=1):
        belief = replace(BELIEF, warm=warm, points=40.0 + 2 * n)
        seen = believe(session, seen, belief, now + n * timedelta(hours=1))
    query = select(MessageRow.ref).where(MessageRow.topic == Topic.ANNOUNCE)
    refs = session.execute(query).scalars().all()
    assert [ref.rpartition("/")[2] for ref in refs] == [announcing.WARM] * 2


def test_an_act_that_turns_out_to_be_a_robots_is_marked_once_and_looked_at(
    session: Session, now: datetime
) -> None:
    ann, bob = known(session, now, "ann", "bob")
    timeline.record(session, [view(ann, now, "1"), view(ann, now, "2"), view(bob, now, "1")], now)
    mine = select(ActivityRow).where(ActivityRow.prospect_id == ann, ActivityRow.key == "1")
    act = session.execute(mine).scalar_one()
    rung = select(func.count()).select_from(MessageRow).where(MessageRow.topic == Topic.REACT)
    before = session.execute(rung).scalar_one()
    for _ in range(2):
        timeline.suspect(session, ann, [ActivityId(act.id)], now)
        assert session.execute(rung).scalar_one() == before + 1
    session.expire_all()
    marked = select(ActivityRow.id).where(ActivityRow.suspect_robot)
    assert list(session.execute(marked).scalars()) == [act.id]
