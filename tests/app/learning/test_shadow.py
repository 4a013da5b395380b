"""What the approved model says of everybody beside the active one, when it takes over, and what is watched then."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.jobs import training
from app.pipeline import believe
from prospects import configuration
from prospects.ids import ProspectId
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.topics import Topic
from scoring import current, models
from scoring.card.card import Card
from scoring.learning import shadowing, taking_over, watching
from scoring.learning.rows import DriftRow, ShadowRow
from scoring.models import By, ModelMoveError, Origin, State
from scoring.written.learning import Learning
from tests.app.learning.market import a_market
from tests.scoring.card.test_adding_up import STEPS, a_card

MARA, WEEK = By("mara@acme.example"), timedelta(days=7)
PASSED: dict[str, Any] = {"gate": {"outcome": "promote", "checks": []}}


def kept(session: Session, now: datetime, card: Card, report: dict[str, Any] | None = None) -> str:
    models.keep(session, card, report or PASSED, now, origin=Origin.RECORD, by=MARA)
    return card.id


def everybody(session: Session) -> list[ProspectId]:
    return [ProspectId(who) for who in session.execute(select(ProspectRow.id)).scalars()]


def look(session: Session, who: Sequence[ProspectId], now: datetime) -> None:
    believe(session, who, current.current(session), now)


def test_everybody_who_is_assessed_is_scored_by_both(session: Session, now: datetime) -> None:
    a_market(session, 12, now)
    who = everybody(session)
    look(session, who, now)
    assert session.execute(select(func.count()).select_from(ShadowRow)).scalar_one() == 0
    model = kept(session, now, a_card())
    models.approve(session, model, now, by=MARA)
    for _ in range(2):
        look(session, who, now)
    rows = session.execute(select(ShadowRow)).scalars().all()
    assert {row.prospect_id for row in rows} == set(who)
    assert {row.model_id for row in rows} == {model}
    named = shadowing.furthest(session, model, 5)
    moved = [abs(row.points - row.was_points) for row in named if row.warm == row.was_warm]
    assert (len(named), moved) == (5, sorted(moved, reverse=True))
    # As it will say once it scores, while the points still do.
    models.activate(session, model, now + WEEK, by=MARA, shadow=WEEK)
    look(session, who, now)
    by_it = dict(session.execute(select(ProspectRow.id, ProspectRow.grade)).all())
    assert {row.prospect_id: row.grade for row in rows} == by_it


def test_what_passed_every_check_takes_over_after_its_time(session: Session, now: datetime) -> None:
    model = kept(session, now, a_card())
    models.approve(session, model, now, by=models.ITSELF)
    assert not training.due(session, now + WEEK / 2)
    training.plan(session, now + WEEK / 2)
    assert state(session, model) == State.APPROVED
    assert training.due(session, now + WEEK)
    training.plan(session, now + WEEK)
    assert state(session, model) == State.ACTIVE
    assert current.current(session).card_id == model


def test_one_that_moves_many_grades_far_waits_for_a_person(session: Session, now: datetime) -> None:
    a_market(session, 8, now)
    model = kept(session, now, a_card())
    models.approve(session, model, now, by=models.ITSELF)
    look(session, everybody(session), now)
    says(session, model, grade="D4", was_grade="A1", warm=False, was_warm=True)
    churn = shadowing.churn(session, model)
    assert (churn.people, churn.moved, churn.warmer, churn.colder) == (8, 8, 0, 8)
    training.plan(session, now + WEEK)
    row = models.one(session, model)
    assert row is not None
    assert (row.state, row.waits is not None) == (State.APPROVED, True)
    assert not training.due(session, now + WEEK)
    models.activate(session, model, now + WEEK, by=MARA, shadow=WEEK)
    assert state(session, model) == State.ACTIVE


def test_grades_one_step_away_are_no_other_grades(session: Session, now: datetime) -> None:
    a_market(session, 4, now)
    model = kept(session, now, a_card())
    models.approve(session, model, now, by=MARA)
    look(session, everybody(session), now)
    says(session, model, grade="B3", was_grade="A2")
    assert shadowing.churn(session, model).moved == 0
    says(session, model, grade="B4", was_grade="A2")
    assert shadowing.churn(session, model).moved == 4


@pytest.mark.parametrize(
    ("report", "card", "words"),
    [
        (
            {
                "gate": {
                    "outcome": "stay",
                    "checks": [{"name": "points", "passed": False, "words": "No better."}],
                }
            },
            a_card(),
            "No better.",
        ),
        ({}, a_card(STEPS.model_copy(update={"feature": "TotalVisits"})), "TotalVisits"),
    ],
)
def test_what_did_not_earn_it_or_knows_other_columns_is_not_tried(
    session: Session, now: datetime, *, report: dict[str, Any], card: Card, words: str
) -> None:
    model = kept(session, now, card, {"x": 1, **report})
    with pytest.raises(ModelMoveError, match=words):
        taking_over.approve(session, model, now, by=MARA)


@pytest.mark.parametrize(("check", "tried"), [("points", True), ("leaks", False)])
def test_a_person_may_try_what_was_kept_back_for_a_reason_but_not_what_saw_the_outcome(
    session: Session, now: datetime, *, check: str, tried: bool
) -> None:
    checks = [{"name": check, "passed": False, "words": "It failed."}]
    model = kept(session, now, a_card(), {"gate": {"outcome": "stay", "checks": checks}})
    try:
        taking_over.approve(session, model, now, by=MARA, reason="percentages are what we need")
    except ModelMoveError:
        assert not tried
    assert state(session, model) == (State.APPROVED if tried else State.TRAINED)


def test_a_person_may_have_everything_decided_by_people(session: Session, now: datetime) -> None:
    model = kept(session, now, a_card())
    models.approve(session, model, now, by=MARA)
    assert taking_over.ready(session, Learning(by_itself=False), now + WEEK) is None
    assert taking_over.ready(session, Learning(), now + WEEK) is not None


def test_term_by_term_it_is_said_what_changed(now: datetime) -> None:
    one = a_card()
    other = one.model_copy(
        update={"terms": (STEPS.model_copy(update={"weights": (-1, 0.5, 5)}), *one.terms[1:2])}
    )
    assert taking_over.differences(one, one) == []
    first, second = taking_over.differences(other, one)
    assert (first.feature, first.furthest) == ("points.fit", 3.0) or first.feature == STEPS.feature
    assert {first.feature, second.feature} == {"did.form.count", "points.fit"}
    assert first.furthest >= second.furthest


def test_once_a_day_the_newest_leads_are_held_against_those_it_learned_from(
    session: Session, now: datetime
) -> None:
    a_market(session, 150, now)
    shares = {"did.form.count": {"0": 1.0}, "person.seniority": {"= vp": 1.0}}
    model = kept(session, now, a_card(), {**PASSED, "shares": shares})
    configuration.write(session, "scoring", "scoring", {"model": model}, now, by="apply")
    training.plan(session, now)
    assert state(session, model) == State.ACTIVE
    promised = select(MessageRow.ref).where(MessageRow.topic == Topic.DRIFT)
    assert session.execute(promised).scalars().all() == [model]
    training.plan(session, now)
    assert session.execute(promised).scalars().all() == [model]
    watching.look(session, model, now)
    (day,) = session.execute(select(DriftRow)).scalars()
    assert day.body["people"] > 10
    assert day.body["psi"]["did.form.count"] > 0
    assert 0 <= day.body["predicted"] <= 1
    session.execute(delete(MessageRow))
    assert watching.due(session, now) is None
    assert watching.due(session, now + timedelta(days=1, hours=2)) == model


def test_what_is_counted_as_it_is_written_is_what_counting_would_find(
    session: Session, now: datetime
) -> None:
    a_market(session, 20, now)
    dice, people = Random(3), everybody(session)
    one, other = (kept(session, now, a_card().model_copy(update={"intercept": n})) for n in (1, 2))
    for turn in range(12):
        model = one if turn < 8 else other
        if turn == 8:
            before = shadowing.churn(session, one)
        some = dice.sample(people, dice.randint(0, 9))
        shadowing.keep(session, model, [by_chance(dice, who, model, now) for who in some])
        query = select(ShadowRow).where(ShadowRow.model_id == model)
        stands = session.execute(query.execution_options(populate_existing=True)).scalars().all()
        assert shadowing.churn(session, model) == shadowing.Churn(
            people=len(stands),
            moved=sum(shadowing.moves_far(row.grade, row.was_grade) for row in stands),
            warmer=sum(row.warm and not row.was_warm for row in stands),
            colder=sum(row.was_warm and not row.warm for row in stands),
        )
    assert shadowing.churn(session, one) == before, "what it came to while it was tried"


def by_chance(dice: Random, who: ProspectId, model: str, now: datetime) -> dict[str, Any]:
    grades = {name: dice.choice("ABCD") + dice.choice("1234") for name in ("grade", "was_grade")}
    warm = {name: dice.random() < 0.5 for name in ("warm", "was_warm")}
    points = {name: dice.uniform(0, 100) for name in ("points", "was_points")}
    return {
        "prospect_id": who, "model_id": model, "score": None, "at": now, **grades, **warm, **points
    }  # fmt: skip


def says(session: Session, model: str, **said: Any) -> None:
    """The model says this of everybody it was tried on."""
    rows = [dict(row._mapping) for row in session.execute(select(*ShadowRow.__table__.c))]
    shadowing.keep(session, model, [{**row, **said} for row in rows])


def state(session: Session, model_id: str) -> str:
    row = models.one(session, model_id)
    assert row is not None
    return row.state
