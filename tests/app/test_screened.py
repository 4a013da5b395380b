"""After a change of card only whom it moves is looked at with their history; everybody else is noted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import pipeline
from app.jobs import reassess
from prospects import overrides, timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.overrides import Wanted
from prospects.rows import AssessmentRow, ProspectRow
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import Snapshot
from scoring import current, feature_states
from scoring.card.card import Card
from scoring.changes import screening
from scoring.changes.rows import RulesChangeRow, State
from scoring.feature_rows import FeatureStateRow
from tests.app.test_pipeline import arrive
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.scoring.test_screen import by
from tests.support.in_force import put_in_force

HOUR = timedelta(hours=1)
NO_SETTINGS: Any = None


def card(shift: float) -> Card:
    found = by(shift).card
    assert found is not None
    return found


@pytest.fixture
def people(session: Session, now: datetime) -> list[ProspectId]:
    """Three people, assessed by one card."""
    put_in_force(session, a_card(SENIOR, DID, SIZE), now)
    in_force(session, card(0), now)
    found = sorted(arrive(session, now, "ann", "ben", "eve"))
    pipeline.react(session, found, now)
    return found


def in_force(session: Session, changed: Card, now: datetime) -> None:
    put_in_force(session, changed, now)
    reassess.plan(session, now)


def looked(session: Session, now: datetime) -> RulesChangeRow:
    """What workers do until everybody was looked at."""
    while refs := list(session.execute(PROMISED).scalars()):
        waiting = reassess.look(session, refs, now, NO_SETTINGS)
        assert len(waiting) == len(refs) - 1
        done = set(refs) - set(waiting)
        session.query(MessageRow).filter(MessageRow.ref.in_(done)).delete()
    session.expire_all()
    newest = select(RulesChangeRow).order_by(RulesChangeRow.version.desc()).limit(1)
    return session.execute(newest).scalar_one()


PROMISED = select(MessageRow.ref).where(MessageRow.topic == Topic.REASSESS)


def beliefs(session: Session) -> int:
    return session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()


def screened(session: Session, now: datetime) -> screening.Seen:
    rules = current.current(session)
    part = screening.next_part(session, rules, None, people=10)
    assert part is not None
    return screening.screen(session, rules, now, part=part, most_rest=10)


@pytest.mark.parametrize("many", [1, 100])
def test_whom_the_card_does_not_move_is_noted_and_nothing_is_written(
    session: Session,
    people: list[ProspectId],
    now: datetime,
    many: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(screening, "MANY", many)
    in_force(session, card(1e-4), now)
    before = beliefs(session)
    seen = screened(session, now)
    assert (seen.looked, seen.rest, seen.busy, seen.left) == (3, [], [], None)
    change = looked(session, now)
    assert (change.looked, change.state, beliefs(session)) == (3, "released", before)
    # With their histories they would not have moved either.
    pipeline.believe(session, people, current.current(session), now)
    assert beliefs(session) == before


def test_what_waits_beside_a_long_tally_counts_as_well(
    session: Session, people: list[ProspectId], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_states, "SHORT", 0)
    at = now + HOUR
    timeline.record(
        session,
        [
            Fact(prospect_id=who, kind=Kind.REPLY, happened_at=at, source="site", key="r", body={})
            for who in people
        ],
        at,
    )
    pipeline.believe(session, people, current.current(session), at)
    assert all(session.execute(select(FeatureStateRow.beside)).scalars())
    in_force(session, card(1e-4), at)
    assert screened(session, at).rest == []


@pytest.mark.parametrize("many", [1, 100])
def test_whom_it_moves_is_looked_at_with_the_history(
    session: Session,
    people: list[ProspectId],
    now: datetime,
    many: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(screening, "MANY", many)
    in_force(session, card(-1), now)
    before = beliefs(session)
    change = looked(session, now)
    assert (change.looked, change.state) == (3, "released")
    assert beliefs(session) == before + 3
    newest = session.execute(select(AssessmentRow).order_by(AssessmentRow.id.desc())).scalars()
    assert next(iter(newest)).reasons


def test_whom_a_rep_met_and_whom_somebody_pushed_is_looked_at_with_the_history(
    session: Session, people: list[ProspectId], now: datetime
) -> None:
    met, pushed, _ = people
    fact = Fact(
        prospect_id=met,
        kind=Kind.VERDICT,
        happened_at=now,
        source="desk",
        key="1",
        body={"verdict": "not_a_buyer"},
    )
    timeline.record(session, [fact], now)
    wanted = Wanted(value=1.0, reason="met at the fair", until=now + HOUR, by="Mia")
    overrides.add(session, pushed, wanted, now)
    in_force(session, card(1e-4), now)
    assert screened(session, now).rest == [met, pushed]


def test_two_workers_share_the_parts_and_who_was_in_other_hands_is_come_back_to(
    session: Session, people: list[ProspectId], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassess, "PART", 1)
    in_force(session, card(-1), now)
    ann, ben, eve = people
    free = screening.locked
    held = {ben}
    monkeypatch.setattr(
        screening, "locked", lambda *asked: [who for who in free(*asked) if who not in held]
    )
    (whole,) = session.execute(PROMISED).scalars()
    step(session, whole, now)
    first, second = sorted(session.execute(PROMISED).scalars())
    assert (first, second) == (part(session, None, ann), part(session, ann, ben))
    step(session, second, now)
    again, third = part(session, ann, ben, "+"), part(session, ben, eve)
    assert set(session.execute(PROMISED).scalars()) == {first, again, third}
    step(session, third, now)
    step(session, first, now)
    # Whom somebody holds is waited for, however much else is done.
    step(session, again, now)
    assert list(session.execute(PROMISED).scalars()) == [again]
    held.clear()
    change = looked(session, now)
    assert (change.looked, change.state) == (3, "released")
    assert set(session.execute(select(ProspectRow.rules_version)).scalars()) == {change.version}


def step(session: Session, ref: str, now: datetime) -> None:
    own = session.execute(select(MessageRow.id).where(MessageRow.ref == ref)).scalar_one()
    reassess.look(session, [ref], now, NO_SETTINGS)
    session.query(MessageRow).filter_by(id=own).delete()


def part(session: Session, after: ProspectId | None, upto: ProspectId, sign: str = "-") -> str:
    version = current.current(session).version
    return f"{version}/{after.hex if after else ''}{sign}{upto.hex}"


@pytest.mark.parametrize("state", [State.LOOKING, State.RELEASED, State.WAITING])
def test_whom_a_changed_card_did_not_move_crosses_by_time_once_everybody_was_looked_at(
    session: Session, people: list[ProspectId], now: datetime, state: State
) -> None:
    for n, shift in enumerate((-1, -1 + 1e-4), start=1):
        in_force(session, card(shift), now + n * HOUR)
        looked(session, now + n * HOUR)
    rules, later = current.current(session), now + 3 * HOUR
    row = session.get_one(ProspectRow, people[0])
    assert row.rules_version != rules.version
    # As if time alone had made them less than warm.
    row.warm = True
    session.flush()
    session.get_one(RulesChangeRow, rules.version).state = state
    pipeline.judge(session, seen(session, people[0], later), rules, later)
    session.refresh(row)
    assert row.warm is (state is State.LOOKING)


def seen(session: Session, who: ProspectId, now: datetime) -> list[Snapshot]:
    return timeline.lock_and_see(session, [who], now).snapshots
