"""Where the points stay, findings pull the buying stage all the same: a card of stages alone, tried and switched on like any other."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import training
from app.learning import pulled
from prospects.rows import AssessmentRow, ProspectRow
from scoring import current, models
from scoring.assess import assess
from scoring.card.card import Card, Rung
from scoring.card.stage_table import StageTable
from scoring.learning import evaluating, watching
from scoring.models import State
from scoring.rules import built_in
from scoring.training.stages import FittedStages
from scoring.training.table import Table
from scoring.training.trained import Candidate, Gate, Outcome, Plan, Trained
from tests.app.learning.market import a_market
from tests.app.learning.test_shadow import everybody, look
from tests.app.learning.test_training import MARA, now_of, the_model, trained
from tests.app.test_releases import looked_at_all
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.people import NOW, form, pricing, somebody

WEEK = timedelta(days=7)
FEW = 44
LADDER = built_in().ladder


def table(**more: object) -> StageTable:
    return StageTable.model_validate(
        {"ladder": LADDER, "cuts": [-1.0, 0.0, 6.0, 6.0, 6.0], "verdicts": 100, **more}
    )


def of_stages(stages: StageTable) -> Card:
    scales = {"fit": (), "engagement": (), "points": ()}
    own = a_card().model_dump() | {"rung": "stages", "terms": (), "intercept": 0.0}
    return Card.model_validate(own | {"scales": scales, "stage": stages})


def test_the_points_score_and_only_the_claim_moves() -> None:
    seen, rules = somebody(form("demo"), pricing(), title="CEO"), built_in()
    card = of_stages(table())
    alone, with_it = (
        assess(seen, rules, NOW),
        assess(seen, replace(rules, card=card, card_id=card.id), NOW),
    )
    assert alone.claim is not None
    assert with_it.claim is not None
    assert (alone.claim.stage, with_it.claim.stage) == ("evaluation", "consideration")
    assert with_it.claim.model == card.id
    same = {"claim": None, "warm": False, "look_again_at": None}
    assert replace(with_it, **same) == replace(alone, **same)
    assert replace(rules, card=card).explore == 0.0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_few_findings_make_a_card_of_stages_that_is_switched_on_and_left(
    database: Database,
) -> None:
    now = now_of(database)
    perform(database, lambda session: a_market(session, FEW, now))
    came = trained(database, now)
    row, card = the_model(database, came)
    assert (card.rung, row.state, card.stage and card.stage.verdicts) == (
        Rung.STAGES,
        "trained",
        39,
    )
    assert row.report["gate"]["outcome"] == "ask"
    assert "A person decides" in came.words[-1]
    perform(database, lambda session: switched_on(session, card.id))
    # There is nothing new to ask anybody.
    assert trained(database, now).model is None
    with reading(database) as session:
        assert evaluating.basis(session, now).row is None
        assert watching.due(session, now) is None
    perform(database, lambda session: models.retire(session, card.id, now, by=MARA))
    with reading(database) as session:
        assert current.current(session).card is None


def switched_on(session: Session, model_id: str) -> None:
    """Tried on everybody, then in force: the points are by the points, the claims by it."""
    now = models.one(session, model_id).trained_at  # type: ignore[union-attr]
    who = everybody(session)
    look(session, who, now)
    before = points(session)
    models.approve(session, model_id, now, by=MARA)
    look(session, who, now)
    models.activate(session, model_id, now + WEEK, by=MARA, shadow=WEEK)
    training.plan(session, now + WEEK)
    assert models.one(session, model_id).state == State.ACTIVE  # type: ignore[union-attr]
    rules = current.current(session)
    assert (rules.card_id, rules.scoring_card) == (model_id, None)
    looked_at_all(session, now)
    assert points(session) == before
    made = session.execute(select(AssessmentRow.model).distinct()).scalars()
    assert model_id in set(made)


def points(session: Session) -> dict[object, object]:
    return dict(session.execute(select(ProspectRow.id, ProspectRow.points)).all())


def test_the_sum_that_scores_gets_other_stages_once_findings_have_grown_by_a_tenth() -> None:
    stands = a_card().model_copy(update={"stage": table(verdicts=100)})
    rules = replace(built_in(), card=stands, card_id=stands.id)
    plan = Plan(label=stands.label, feature_version=stands.feature_version, trained_at=NOW)
    empty = Table({}, np.zeros(0))

    def of(verdicts: int, goes: Outcome | None = None) -> pulled.Pulled | None:
        fitted = FittedStages(
            table=table(verdicts=verdicts), verdicts=verdicts, prior_loss=0.6, loss=0.4, ece=0.02
        )
        trained = None if goes is None else a_training(Gate(outcome=goes, checks=()))
        return pulled.pulled(rules, fitted, trained, plan, empty)

    assert of(109) is None
    for goes, kept_apart in ((Outcome.PROMOTE, False), (Outcome.ASK, True), (Outcome.STAY, True)):
        assert (of(110, goes) is not None) is kept_apart, goes
    found = of(110)
    assert found is not None
    assert found.outcome is Outcome.PROMOTE
    assert (found.card.terms, found.card.parent) == (stands.terms, stands.id)
    assert found.card.stage == table(verdicts=110)


def a_training(gate: Gate) -> Trained:
    """One whose sum has come so far."""
    return Trained(
        rows=90,
        positives=40,
        losses=50,
        candidates=(),
        champion=Candidate.SCORECARD,
        signal=True,
        drift=False,
        card=a_card(),
        gate=gate,
        looked=None,
        dropped={},
        words=(),
    )
