"""Figures are what their definitions say, and their errors what repeating would show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from scoring.training.bootstrap import paired
from scoring.training.calibrating import worst
from scoring.training.metrics import (
    auc_error,
    ece,
    lift,
    losses,
    measured,
    probability,
    reliability,
)
from tests.scoring.training.tables import auc_of

ROWS = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=4, max_size=40).filter(
    lambda rows: len({won for won, _ in rows}) == 2
)


@settings(max_examples=40)
@given(ROWS)
def test_the_auc_counts_pairs(rows: list[tuple[bool, int]]) -> None:
    label = np.array([float(won) for won, _ in rows])
    scores = np.array([float(score) for _, score in rows])
    found = measured(label, scores, np.ones(len(rows)))
    assert found.auc == pytest.approx(auc_of(label, scores))
    drawn = paired(label, scores, np.zeros(len(rows)), 1)
    assert drawn.auc == pytest.approx(found.auc - 0.5)
    assert found.log_loss == pytest.approx(losses(label, scores).mean())


def test_the_error_of_the_auc_is_what_repeating_shows() -> None:
    rng = np.random.default_rng(3)
    found, said = [], []
    for _ in range(150):
        scores = rng.normal(size=200)
        label = (rng.random(200) < probability(scores)).astype(np.float64)
        found.append(roc_auc_score(label, scores))
        said.append(auc_error(label, scores))
    assert np.mean(said) == pytest.approx(np.std(found), rel=0.2)


def test_a_prediction_that_is_always_a_tenth_too_high_is_off_by_a_tenth() -> None:
    label = np.array([1.0] * 30 + [0.0] * 70)
    at = np.full(100, 0.4)
    assert ece(label, at, np.ones(100)) == pytest.approx(0.1)
    (row,) = reliability(label, at, np.ones(100))
    assert (row["rows"], row["predicted"], row["won"]) == pytest.approx((100, 0.4, 0.3))


def test_a_weight_counts_as_so_many_rows() -> None:
    label, at = np.array([1.0, 0.0, 0.0]), np.array([0.2, 0.2, 0.9])
    weighted = ece(label, at, np.array([2.0, 1.0, 1.0]))
    repeated = ece(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0.2, 0.2, 0.2, 0.9]), np.ones(4))
    assert weighted == pytest.approx(repeated)


def test_lift_shares_the_places_of_equal_scores() -> None:
    label = np.array([1.0] * 10 + [0.0] * 90)
    assert lift(label, label, np.ones(100)) == pytest.approx(10)
    assert lift(label, np.zeros(100), np.ones(100)) == pytest.approx(1)


def test_points_are_an_order_and_no_probability() -> None:
    found = measured(
        np.array([1.0, 0, 1, 0]), np.array([9.0, 1, 5, 2]), np.ones(4), probabilities=False
    )
    assert (found.auc, found.log_loss, found.ece) == (1.0, None, None)


def test_on_few_rows_true_probabilities_may_look_off_and_on_many_they_may_not() -> None:
    rng = np.random.default_rng(5)
    few, many = (probability(rng.normal(-1, 1, rows)) for rows in (200, 20_000))
    assert 0.05 < worst(few, np.ones(200), 7) <= 0.1
    assert worst(many, np.ones(20_000), 7) == 0.05


def test_more_sure_that_one_is_better_the_more_rows_say_so() -> None:
    rng = np.random.default_rng(11)
    truth = rng.normal(size=2000)
    label = (rng.random(2000) < probability(truth)).astype(np.float64)
    poor = truth + rng.normal(0, 1.5, 2000)
    drawn = paired(label, truth, poor, 7)
    assert drawn.loss_better == 1.0
    assert 0 < drawn.auc_low < drawn.auc < drawn.auc_high
    same = paired(label, truth, truth, 7)
    assert (same.loss, same.auc, same.loss_better) == (0, 0, 0)
