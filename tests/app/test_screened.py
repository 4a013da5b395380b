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
from scoring import current, screening
from scoring.card.card import Card
from scoring.release_rows import RulesChangeRow
from scoring.rows import ModelRow
from tests.app.test_pipeline import arrive
from tests.app.test_scored_by_card import put_in_force
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.scoring.test_screen import by

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
    session.query(ModelRow).filter_by(state="active").update({"state": "retired"})
    put_in_force(session, changed, now)
    reassess.plan(session, now)


def looked(session: Session, now: datetime) -> RulesChangeRow:
    """What workers do until everybody was looked at."""
    while refs := list(session.execute(PROMISED).scalars()):
        session.query(MessageRow).filter_by(topic=Topic.REASSESS).delete()
        waiting = reassess.look(session, refs, now, NO_SETTINGS)
        assert len(set(waiting)) == len(set(refs)) - 1
        session.query(MessageRow).filter(MessageRow.ref.in_(waiting)).delete()
    session.expire_all()
    newest = select(RulesChangeRow).order_by(RulesChangeRow.version.desc()).limit(1)
    return session.execute(newest).scalar_one()


PROMISED = select(MessageRow.ref).where(MessageRow.topic == Topic.REASSESS)


def beliefs(session: Session) -> int:
    return session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()


def screened(session: Session, now: datetime) -> screening.Seen:
    rules = current.current(session)
    return screening.screen(session, rules, now, after=None, most=10, most_rest=10)


def test_whom_the_card_does_not_move_is_noted_and_nothing_is_written(
    session: Session, people: list[ProspectId], now: datetime
) -> None:
    in_force(session, card(1e-4), now)
    before = beliefs(session)
    seen = screened(session, now)
    assert (seen.people, seen.rest) == (people, [])
    assert not screening.left(session, current.current(session))
    # With their histories they would not have moved either.
    pipeline.believe(session, people, current.current(session), now)
    assert beliefs(session) == before


def test_whom_it_moves_is_looked_at_with_the_history(
    session: Session, people: list[ProspectId], now: datetime
) -> None:
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


def test_who_was_passed_by_is_looked_for_from_the_start(
    session: Session, people: list[ProspectId], now: datetime
) -> None:
    in_force(session, card(1e-4), now)
    change = session.get_one(RulesChangeRow, current.current(session).version)
    # Another worker, that was ended in the middle, had noted how far it was to come.
    change.after_id = people[-1]
    looked(session, now)
    marks = select(ProspectRow.rules_version).distinct()
    assert session.execute(marks).scalars().all() == [change.version]
