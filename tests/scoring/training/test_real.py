"""Real data sets, where they are at hand: what the reference reaches is reached, and said truly."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from scoring.card.adding import add_up
from scoring.training import carding
from scoring.training.judging import bench, fit_of, try_out
from scoring.training.metrics import auc
from scoring.training.table import Table
from scoring.training.train import train
from scoring.training.trained import Candidate, Judged, Measured, Trained
from tests.scoring.training.tables import PLAN, bank, education, features, maven, some

# What was measured elsewhere with Odoo's method on the same rows.
ODOO_BANK, ODOO_EDUCATION = 0.782, 0.804


@cache
def of_bank() -> Trained:
    return train(bank(), PLAN)


@cache
def of_education() -> Trained:
    return train(replace(education(), points=None), PLAN)


def by_folds(trained: Trained, name: Candidate) -> Measured:
    found = next(each for each in trained.candidates if each.name is name)
    assert found.cv is not None
    return found.cv


def newest(trained: Trained, name: Candidate) -> Measured:
    found = next(each for each in trained.candidates if each.name is name)
    assert found.time_split is not None
    return found.time_split


@pytest.mark.soak
@pytest.mark.parametrize(
    ("of", "later", "odoo", "above"),
    [(of_bank, 0.762, ODOO_BANK, 0.01), (of_education, 0.901, ODOO_EDUCATION, 0.06)],
)
def test_the_champion_reaches_what_was_measured(
    of: object, later: float, odoo: float, above: float
) -> None:
    assert callable(of)
    trained = of()
    champion = by_folds(trained, trained.champion)
    assert champion.auc >= by_folds(trained, Candidate.FULL_BOOSTING).auc - 0.015
    assert champion.ece is not None
    assert champion.ece <= 0.035
    assert newest(trained, trained.champion).auc >= later - 0.015
    peer = by_folds(trained, Candidate.NAIVE_BAYES).auc
    assert champion.auc >= max(peer, odoo) + above


@pytest.mark.soak
def test_where_the_share_of_wins_drifts_the_scorecard_wins_and_no_percentage_is_shown() -> None:
    trained = of_bank()
    assert trained.champion is Candidate.SCORECARD
    assert trained.drift
    assert trained.card is not None
    assert not trained.card.calibration.passed


@pytest.mark.soak
@pytest.mark.parametrize(("of", "on"), [(of_bank, bank), (of_education, education)])
def test_everybody_is_served_as_trained(of: object, on: object) -> None:
    assert callable(of)
    assert callable(on)
    trained, table = of(), replace(on(), points=None)
    card = trained.card
    told = fit_of(trained.champion, PLAN.seed)(table.without(tuple(trained.dropped))).logits(table)
    corrected = card.calibration.a * told + card.calibration.b
    for row in range(len(table)):
        assert abs(add_up(card, features(table, row)).logit - corrected[row]) <= 1e-9


def test_drift_is_seen_on_a_part_of_the_rows_as_well() -> None:
    table = some(bank(), 850)
    trained = train(table, PLAN)
    assert trained.drift
    assert trained.card is not None
    assert not trained.card.calibration.passed


def test_made_up_deals_have_no_signal() -> None:
    table = some(maven(), 520)
    trained = train(table, PLAN)
    assert (trained.champion, trained.signal, trained.card) == (Candidate.POINTS, False, None)


@pytest.mark.soak
def test_made_up_deals_have_no_signal_however_many() -> None:
    trained = train(maven(), PLAN)
    assert (trained.champion, trained.signal) == (Candidate.POINTS, False)
    assert trained.words[0].startswith("There is no signal")


def test_a_scorecard_on_a_part_of_the_leads_is_as_good_as_it_should_be() -> None:
    table = some(replace(education(), points=None), 2500)
    tried = try_out(Candidate.SCORECARD, bench(table, 7))
    assert not isinstance(tried, Judged)
    assert tried.judged.cv is not None
    assert tried.judged.cv.auc >= 0.85
    assert (tried.judged.cv.ece or 0) <= 0.06


@pytest.mark.parametrize(
    ("labels", "least"),
    [
        (30, 0.805),
        (120, 0.825),
        pytest.param(500, 0.850, marks=pytest.mark.soak),
    ],
)
def test_with_few_labels_points_hold_the_model(labels: int, least: float) -> None:
    table = education()
    reached = [_reached(table, labels, draw) for draw in range(6)]
    assert np.mean(reached) >= least


def _reached(table: Table, labels: int, draw: int) -> float:
    """The champion's AUC on everybody else; the points' where they stay."""
    drawn = np.random.default_rng(draw).permutation(len(table)).astype(np.int64)
    trained = train(table.take(np.sort(drawn[:labels])), PLAN)
    others = table.take(drawn[labels:])
    assert others.points is not None
    scores = others.points.total if trained.card is None else carding.logits(trained.card, others)
    return auc(others.label, scores)
