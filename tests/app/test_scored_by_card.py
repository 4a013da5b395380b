"""An active card scores whoever is looked at: what is written down adds up, and the points stand beside it."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app import pipeline
from prospects import configuration
from prospects.rows import AssessmentRow, ProspectRow
from scoring import current
from tests.app.test_pipeline import arrive
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.support.in_force import put_in_force


def test_what_is_written_down_adds_up_and_names_the_card(session: Session, now: datetime) -> None:
    card = a_card(SENIOR, DID, SIZE)
    put_in_force(session, card, now)
    (ann,) = arrive(session, now, "ann", form="demo")
    pipeline.react(session, [ann], now)
    session.expire_all()
    row = session.get_one(ProspectRow, ann)
    kept = session.get_one(AssessmentRow, (ann, row.assessment_id))
    assert kept.scored_by == card.id
    assert kept.logit == pytest.approx(sum(each["value"] for each in kept.reasons), abs=1e-9)
    assert row.score is not None
    assert kept.own_points is not None
    assert current.current(session) is current.current(session)


def test_without_the_card_the_points_score(session: Session, now: datetime) -> None:
    configuration.write(
        session, "scoring", "scoring", {"model": "card-0123456789ab"}, now, by="test"
    )
    assert current.current(session).card is None
