"""A change of points takes nobody over the warm line until a person releases it; what people do themselves does."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import pipeline
from app.jobs import reassess
from prospects import configuration, people, timeline
from prospects.identity import Identity, Lead
from prospects.ids import MemberId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import AssessmentRow, ProspectRow
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import Person
from scoring.changes import releases, rules_changes
from scoring.changes.releases import NotWaitingError
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.models import By

HOUR = timedelta(hours=1)
NO_SETTINGS: Any = None
POINTS: Mapping[str, Any] = {
    "engagement": {
        "cap": 100,
        "half_life": "20w",
        "rules": [{"name": "form", "activity": "form", "points": 40}],
    },
    "fit": {"cap": 0, "rules": []},
    "evidence": [],
}


def ruled(session: Session, now: datetime, warm_from: float, **more: Any) -> None:
    warm = {"points": warm_from, "leave_points": warm_from / 2}
    body = {**POINTS, "warm": warm, **more}
    configuration.write(session, "scoring", "scoring", body, now, by="mia@acme.example")


def came(session: Session, now: datetime, *names: str) -> list[ProspectId]:
    leads = [
        Lead(
            ref=name,
            identities=(Identity("email", f"{name}@{name}.example"),),
            person=Person(email=f"{name}@{name}.example"),
            happened_at=now,
            domain=f"{name}.example",
        )
        for name in names
    ]
    found = [
        ProspectId(each.prospect_id) for each in people.resolve(session, leads, now, secret="s")
    ]
    did(session, now, *found)
    return found


def did(session: Session, now: datetime, *who: ProspectId) -> None:
    facts = [
        Fact(
            prospect_id=each, kind=Kind.FORM, happened_at=now, source="site", key=f"{now}", body={}
        )
        for each in who
    ]
    timeline.record(session, facts, now)
    pipeline.react(session, who, now)


def looked_at_all(session: Session, now: datetime) -> RulesChangeRow:
    """What the sweep and the job do until everybody was looked at."""
    assert reassess.due(session, now)
    reassess.plan(session, now)
    while refs := promised(session, Topic.REASSESS):
        session.query(MessageRow).filter_by(ref=refs[0]).delete()
        reassess.look(session, refs[:1], now, NO_SETTINGS)
    change = session.execute(
        select(RulesChangeRow).order_by(RulesChangeRow.version.desc())
    ).scalars()
    return next(iter(change))


def promised(session: Session, topic: Topic) -> list[str]:
    return list(session.execute(select(MessageRow.ref).where(MessageRow.topic == topic)).scalars())


def warm(session: Session) -> set[ProspectId]:
    query = select(ProspectRow.id).where(ProspectRow.warm)
    return {ProspectId(each) for each in session.execute(query).scalars()}


@pytest.fixture
def before(session: Session, now: datetime) -> list[ProspectId]:
    """Three people with 40 points each, under rules that ask for 60."""
    ruled(session, now - HOUR, 60)
    return came(session, now - HOUR, "ann", "bob", "cleo")


def test_lower_points_list_who_would_become_warm_and_take_nobody_over(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    change = looked_at_all(session, now)
    assert (change.state, change.by, change.people, change.looked) == (
        State.WAITING, "mia@acme.example", 3, 3
    )  # fmt: skip
    rows = session.execute(select(CrossingRow)).scalars().all()
    assert {row.prospect_id for row in rows if row.up} == set(before)
    assert [row.points_after for row in rows] == pytest.approx([40] * 3, abs=0.1)
    assert warm(session) == set()


def test_whoever_does_something_after_the_change_crosses_by_themselves(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    looked_at_all(session, now)
    later = now + HOUR
    did(session, later, before[0])
    assert warm(session) == {before[0]}
    pipeline.react(session, before, later + HOUR)
    assert warm(session) == {before[0]}
    held = select(CrossingRow.prospect_id).where(CrossingRow.state == "held")
    assert set(session.execute(held).scalars()) == set(before[1:])


def test_the_rules_are_noticed_even_if_a_person_is_looked_at_before_the_sweep_looks(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    pipeline.react(session, before, now)
    assert warm(session) == set()
    assert session.execute(select(RulesChangeRow.state)).scalars().all() == [State.LOOKING]


def test_a_release_is_paced_those_with_most_points_first(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    version = looked_at_all(session, now).version
    most = before[1]
    session.query(CrossingRow).filter_by(prospect_id=most).update({"points_after": 50})
    releases.release(session, version, MemberId(new_id(now)), now, pace=1)
    session.query(MessageRow).delete()
    reassess.let_over(session, [str(version)], now, NO_SETTINGS)
    assert promised(session, Topic.REACT) == [str(most)]
    pipeline.react(session, [most], now)
    assert warm(session) == {most}
    (due,) = session.execute(
        select(MessageRow.due_at).where(MessageRow.topic == Topic.RELEASE)
    ).scalars()
    assert due == now + HOUR
    for hours in (1, 2, 3):
        reassess.let_over(session, [str(version)], now + hours * HOUR, NO_SETTINGS)
    pipeline.react(session, before, now + 4 * HOUR)
    assert warm(session) == set(before)
    assert session.get_one(RulesChangeRow, version).state == State.RELEASED
    with pytest.raises(NotWaitingError):
        releases.release(session, version, MemberId(new_id(now)), now, pace=None)


def test_a_release_that_is_stopped_leaves_who_is_over_and_goes_on_at_its_own_pace(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    version, mia = looked_at_all(session, now).version, By("mia", MemberId(new_id(now)))
    with pytest.raises(NotWaitingError):
        rules_changes.stop(session, version, now, by=mia)
    rules_changes.release(session, version, now, by=mia, pace=1)
    session.query(MessageRow).delete()
    reassess.let_over(session, [str(version)], now, NO_SETTINGS)
    pipeline.react(session, before, now)
    (over,) = warm(session)
    rules_changes.stop(session, version, now, by=mia)
    assert promised(session, Topic.RELEASE) == []
    reassess.let_over(session, [str(version)], now + HOUR, NO_SETTINGS)
    pipeline.react(session, before, now + HOUR)
    assert warm(session) == {over}
    rules_changes.release(session, version, now + HOUR, by=mia, pace=1)
    assert promised(session, Topic.RELEASE) == [str(version)], (
        "one chain, or it would go twice as fast"
    )


def test_higher_points_cool_nobody_by_themselves_and_what_is_kept_stays_so(
    session: Session, now: datetime
) -> None:
    ruled(session, now - HOUR, 30)
    who = came(session, now - HOUR, "ann", "bob")
    assert warm(session) == set(who)
    ruled(session, now, 95)
    version = looked_at_all(session, now).version
    releases.keep(session, version, MemberId(new_id(now)), now)
    pipeline.react(session, who, now + HOUR)
    assert warm(session) == set(who)


def test_a_new_gate_shuts_at_once(session: Session, now: datetime) -> None:
    ruled(session, now - HOUR, 30)
    ann, bob = came(session, now - HOUR, "ann", "bob")
    rival = {"field": "account.domain", "op": "eq", "value": "ann.example"}
    ruled(session, now, 30, gates=[{"name": "competitor", "if": rival}])
    change = looked_at_all(session, now)
    assert change.state == State.RELEASED
    assert warm(session) == {bob}
    assert session.get_one(ProspectRow, ann).gate == "competitor"


def test_a_second_change_overtakes_the_first_and_judges_everybody_anew(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    first = looked_at_all(session, now).version
    ruled(session, now + HOUR, 55)
    second = looked_at_all(session, now + HOUR)
    assert session.get_one(RulesChangeRow, first).state == State.OVERTAKEN
    assert second.state == State.RELEASED
    assert session.execute(select(func.count()).select_from(CrossingRow)).scalar_one() == 0


def test_rules_with_nobody_assessed_by_others_are_released_at_once(
    session: Session, now: datetime
) -> None:
    ruled(session, now, 30)
    assert reassess.due(session, now)
    reassess.plan(session, now)
    assert not reassess.due(session, now)
    came(session, now, "ann")
    assert len(warm(session)) == 1
    assert promised(session, Topic.REASSESS) == []


def test_a_look_that_is_done_twice_changes_nothing_more(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 55, fit={"cap": 20, "rules": []})
    change = looked_at_all(session, now)
    written = session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()
    reassess.look(session, [str(change.version)], now, NO_SETTINGS)
    assert session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one() == written
    versions = session.execute(select(ProspectRow.rules_version)).scalars()
    assert set(versions) == {change.version}
