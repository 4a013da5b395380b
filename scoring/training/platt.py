"""The second rung: the marketer's points as a probability, by a straight line through them (Platt)."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from scoring.learning.delay import FEW
from scoring.training.additive_sum import AdditiveSum, slopes
from scoring.training.table import Floats, Table

FLOOR = FEW
"""Wins and losses needed of each."""


def fit(table: Table) -> AdditiveSum:
    """a + b · points, b never below nothing. The table has points and both outcomes."""
    assert table.points is not None
    total, weights = table.points.total, table.weights
    spread = float(total.std()) or 1.0
    line = LogisticRegression(C=100.0, max_iter=200, tol=1e-8)
    line.fit(((total - total.mean()) / spread)[:, None], table.label, sample_weight=weights)
    slope = max(0.0, float(line.coef_[0, 0]) / spread)
    if slope == 0.0:
        return flat(table)
    both = slopes(table.points, weights, slope, slope)
    shift = both[0].centre + both[1].centre - float(total.mean())
    return AdditiveSum(float(line.intercept_[0]) + slope * shift, {}, *both)


def line_through(logits: Floats, label: Floats, weights: Floats) -> tuple[float, float]:
    """a and b of the a · logit + b under which these outcomes are likeliest."""
    line = LogisticRegression(C=1e6, max_iter=200, tol=1e-8)
    line.fit(logits[:, None], label, sample_weight=weights)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def flat(table: Table) -> AdditiveSum:
    """The share of wins for everybody."""
    share = float(np.average(table.label, weights=table.weights))
    return AdditiveSum(float(np.log(share / (1 - share))), {})
