"""The third rung: a logistic regression on bins, held to the marketer's points where there are any."""

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from scoring.training import platt
from scoring.training.additive_sum import AdditiveSum, centred, occupied, slopes
from scoring.training.binning import RARE, bins, coded
from scoring.training.folds import folds
from scoring.training.platt import flat, line_through
from scoring.training.table import Floats, Places, Points, Table
from scoring.training.trained import SEED

FLOOR = 50
"""Wins and losses needed of each."""
ANCHORED_FLOOR = 20
"""The same where points hold it: with few rows it stays close to the second rung, which needs as many."""
MOST = 12
C = 0.1
"""Measured: at 0.05 the same order, but probabilities too close to the mean (ECE .032 for .025)."""
STRETCHED_BY = 3
MOST_ROWS = 20_000
"""With more rows little is drawn away, and the time is better spent elsewhere."""
ANCHOR = 10.0
"""How many times wider a point's column is than a bin's: its weight is hardly held back."""


def fit(table: Table) -> AdditiveSum:
    """Weights of all bins at once, drawn towards nothing; of the points, hardly.

    What is drawn towards nothing is too near the mean: without points to hold it, all weights are
    stretched by as much as rows that were not fitted say.
    """
    drawn = _drawn(table)
    if table.points is not None or len(table) > MOST_ROWS:
        return drawn
    logits = np.full(len(table), np.nan)
    for older, newer in folds(table, SEED, STRETCHED_BY):
        logits[newer] = _drawn(table.take(older)).logits(table.take(newer))
    known = ~np.isnan(logits)
    if not known.any() or np.ptp(logits[known]) == 0:
        return drawn
    a, b = line_through(logits[known], table.label[known], table.weights[known])
    return drawn.stretched(a, b) if a > 0 else drawn


def _drawn(table: Table) -> AdditiveSum:
    made = bins(table, most=MOST, least=RARE)
    if not made:
        return flat(table) if table.points is None else platt.fit(table)
    codes = coded(made, table)
    places = {name: occupied(codes[name], found.size) for name, found in made.items()}
    anchor, spread = _anchor(table.points, len(table))
    blocks = [csr_matrix(anchor), *(_one_hot(codes[name], places[name]) for name in made)]
    line = LogisticRegression(C=C, max_iter=500, tol=1e-5)
    line.fit(hstack(blocks, format="csr"), table.label, sample_weight=table.weights)
    weights: Floats = line.coef_[0]
    shares, at = {}, anchor.shape[1]
    for name, found in made.items():
        shares[name] = np.zeros(found.size)
        shares[name][places[name]] = weights[at : at + len(places[name])]
        at += len(places[name])
    fitted = centred(float(line.intercept_[0]), made, shares, table)
    return fitted if table.points is None else _held(fitted, table, weights[:3], spread)


def _anchor(points: Points | None, rows: int) -> tuple[Floats, float]:
    """All points in one wide column, and each part in one of the usual width."""
    if points is None:
        return np.zeros((rows, 0)), 1.0
    spread = float(points.total.std()) or 1.0
    columns = (points.total * ANCHOR, points.fit, points.engagement)
    return np.stack([(each - each.mean()) / spread for each in columns], axis=1), spread


def _held(fitted: AdditiveSum, table: Table, weights: Floats, spread: float) -> AdditiveSum:
    assert table.points is not None
    both = ANCHOR * weights[0]
    lines = slopes(
        table.points,
        table.weights,
        float(both + weights[1]) / spread,
        float(both + weights[2]) / spread,
    )
    # The columns stood around plain means, the lines stand around weighted ones.
    plain = (float(table.points.fit.mean()), float(table.points.engagement.mean()))
    moved = sum(line.slope * (line.centre - mean) for line, mean in zip(lines, plain, strict=True))
    return AdditiveSum(fitted.intercept + moved, fitted.parts, *lines)


def _one_hot(codes: Places, places: Places) -> csr_matrix:
    column = np.searchsorted(places, codes)
    rows = len(codes)
    return csr_matrix(
        (np.ones(rows), (np.arange(rows), column)), shape=(rows, len(places)), dtype=np.float64
    )
