"""The third rung: a logistic regression on bins, held to the marketer's points where there are any."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from scoring.training import platt
from scoring.training.additive_sum import AdditiveSum, centred, occupied, slopes
from scoring.training.binning import RARE, Bins, Steps, bins, coded
from scoring.training.folds import folds
from scoring.training.metrics import losses
from scoring.training.platt import flat, line_through
from scoring.training.table import Floats, Places, Points, Table
from scoring.training.trained import SEED

FLOOR = 50
"""Wins and losses needed of each."""
ANCHORED_FLOOR = 20
"""The same where points hold it: with few rows it stays close to the second rung, which needs as many."""
MOST = 12
C = 0.1
STRENGTHS = (C, 0.03, 0.01, 0.003)
"""How strongly weights are drawn to nothing, from least to most. Where many columns tell the same, as those of
a log of events do, more is better (measured: AUC .665 at 0.1 and .701 at 0.003); where few tell much, 0.1 is."""
ANCHORED_CHOICE = 100
"""Wins and losses of each from which on that is chosen where points hold the model."""
STRETCHED_BY = 3
MOST_ROWS = 20_000
"""With more rows little is drawn away, and the time is better spent elsewhere."""
ANCHOR = 10.0
"""How many times wider a point's column is than a bin's: its weight is hardly held back."""


def fit(table: Table) -> AdditiveSum:
    """Weights of all bins at once, drawn towards nothing; of the points, hardly.

    How strongly they are drawn is what holds best on rows that were not fitted. What is drawn towards
    nothing is too near the mean: without points to hold it, all weights are stretched by as much as
    those rows say.
    """
    held, rows = _held_back(table)
    if not held:
        return fit_as(table, C)
    label, weights = table.label[rows], table.weights[rows]
    lines = {c: line_through(logits[rows], label, weights) for c, logits in held.items()}
    missed = {
        c: float(np.average(losses(label, a * held[c][rows] + b), weights=weights))
        for c, (a, b) in lines.items()
    }
    best = min(missed, key=lambda c: missed[c])
    drawn, (a, b) = fit_as(table, best), lines[best]
    return drawn.stretched(a, b) if table.points is None and a > 0 else drawn


def fit_as(table: Table, c: float) -> AdditiveSum:
    """Weights drawn towards nothing this strongly, and not stretched."""
    return _drawn(_laid(table), c)


def _held_back(table: Table) -> tuple[dict[float, Floats], Places]:
    """Logits of rows that were not fitted, for each strength that tells anything, and which rows."""
    few = table.points is not None and min(table.positives, table.losses) < ANCHORED_CHOICE
    if few or len(table) > MOST_ROWS:
        return {}, np.array([], dtype=np.int64)
    logits = {c: np.full(len(table), np.nan) for c in STRENGTHS}
    for older, newer in folds(table, SEED, STRETCHED_BY):
        laid = _laid(table.take(older))
        for c, told in logits.items():
            told[newer] = _drawn(laid, c).logits(table.take(newer))
    rows = np.flatnonzero(~np.isnan(logits[C])).astype(np.int64)
    telling = {c: told for c, told in logits.items() if len(rows) and np.ptp(told[rows]) > 0}
    return telling, rows


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A table as the columns that are fitted: the points, then of each column its bins, and how high they lie.

    `spreads` say by how much each of a column's bins takes part in each of its fitted columns.
    """

    table: Table
    made: Mapping[str, Bins]
    matrix: csr_matrix
    spreads: Mapping[str, Floats]
    anchors: int
    spread: float


def _laid(table: Table) -> _Laid:
    made = bins(table, most=MOST, least=RARE)
    codes = coded(made, table)
    anchor, spread = _anchor(table.points, len(table))
    spreads = {name: _spread(found, codes[name]) for name, found in made.items()}
    blocks = [
        csr_matrix(anchor),
        *(csr_matrix(each)[codes[name]] for name, each in spreads.items()),
    ]
    return _Laid(table, made, hstack(blocks, format="csr"), spreads, anchor.shape[1], spread)


def _spread(found: Bins, codes: Places) -> Floats:
    """One column for each bin with rows, and for numbers one that rises from the lowest to the highest.

    By that one a number that leans one way says so in a single weight, instead of in one a bin.
    """
    places = occupied(codes, found.size)
    own = np.zeros((found.size, len(places)))
    own[places, np.arange(len(places))] = 1.0
    rows = np.bincount(codes, minlength=found.size)[:-1].astype(np.float64)
    if not isinstance(found, Steps) or np.count_nonzero(rows) < 2:
        return own
    middle = np.cumsum(rows) - rows / 2
    middle -= np.average(middle, weights=rows)
    rising = np.append(middle / np.sqrt(np.average(middle**2, weights=rows)), 0.0)
    return np.column_stack([own, rising])


def _drawn(laid: _Laid, c: float) -> AdditiveSum:
    table = laid.table
    if not laid.made:
        return flat(table) if table.points is None else platt.fit(table)
    line = LogisticRegression(C=c, max_iter=500, tol=1e-5)
    line.fit(laid.matrix, table.label, sample_weight=table.weights)
    weights: Floats = line.coef_[0]
    shares, at = {}, laid.anchors
    for name, spread in laid.spreads.items():
        shares[name] = spread @ weights[at : at + spread.shape[1]]
        at += spread.shape[1]
    fitted = centred(float(line.intercept_[0]), laid.made, shares, table)
    return fitted if table.points is None else _held(fitted, table, weights[:3], laid.spread)


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
