"""The third rung: a logistic regression on bins, held to the marketer's points where there are any."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.special import chdtrc
from sklearn.linear_model import LogisticRegression

from scoring.training import platt
from scoring.training.additive_sum import AdditiveSum, centred, occupied, slopes
from scoring.training.binning import Bins, bins, coded
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
LEAST = 20
"""Rows in each bin of a number."""
C = 0.1
STRENGTHS = (C, 0.03, 0.01, 0.003)
"""How strongly weights are drawn to nothing, from least to most. Where many columns tell the same, as those of
a log of events do, more is better (measured: AUC .663 at 0.1 and .689 at 0.003); where few tell much, 0.1 is."""
CHOICE = 100
"""Wins and losses of each from which on that is chosen: by fewer it would be by chance."""
STRETCHED_BY = 3
MOST_ROWS = 20_000
"""With more rows little is drawn away, and the time is better spent elsewhere."""
BY_CHANCE = 0.01
"""What a column of noise tells is as much once in a hundred. Where most tell no more, as in an export of 300
columns, many small weights drown the few that matter (measured: AUC .60 with all, .75 without them)."""
ANCHOR = 10.0
"""How many times wider a point's column is than a bin's: its weight is hardly held back."""


def fit(table: Table) -> AdditiveSum:
    """Weights of all bins at once, drawn towards nothing; of the points, hardly.

    How strongly they are drawn, and whether columns that tell nothing by themselves are left out, is
    what holds best on rows that were not fitted. What is drawn towards
    nothing is too near the mean: without points to hold it, all weights are stretched by as much as
    those rows say.
    """
    held, rows = _held_back(table)
    if not held:
        return fit_as(table, C)
    label, weights = table.label[rows], table.weights[rows]
    lines = {way: line_through(logits[rows], label, weights) for way, logits in held.items()}
    missed = {
        way: float(np.average(losses(label, a * held[way][rows] + b), weights=weights))
        for way, (a, b) in lines.items()
    }
    best = min(missed, key=lambda way: missed[way])
    drawn, (a, b) = fit_as(_heard(table) if best.heard else table, best.c), lines[best]
    return drawn.stretched(a, b) if table.points is None and a > 0 else drawn


def fit_as(table: Table, c: float) -> AdditiveSum:
    """Weights drawn towards nothing this strongly, and not stretched."""
    return _drawn(_laid(table), c)


class _Way(NamedTuple):
    """How strongly weights are drawn to nothing, and whether only columns that tell by themselves are `heard`."""

    c: float
    heard: bool


def _held_back(table: Table) -> tuple[dict[_Way, Floats], Places]:
    """Logits of rows that were not fitted, for each way that tells anything, and which rows."""
    few = min(table.positives, table.losses) < CHOICE
    if (few and table.points is not None) or len(table) > MOST_ROWS:
        return {}, np.array([], dtype=np.int64)
    choose = (False, True) if 2 * len(_heard(table).columns) < len(table.columns) else (False,)
    ways = [_Way(c, heard) for heard in choose for c in ((C,) if few else STRENGTHS)]
    logits = {way: np.full(len(table), np.nan) for way in ways}
    for older, newer in folds(table, SEED, STRETCHED_BY):
        part = table.take(older)
        laid = {heard: _laid(_heard(part) if heard else part) for heard in choose}
        for way, told in logits.items():
            told[newer] = _drawn(laid[way.heard], way.c).logits(table.take(newer))
    rows = np.flatnonzero(~np.isnan(logits[ways[0]])).astype(np.int64)
    telling = {way: told for way, told in logits.items() if len(rows) and np.ptp(told[rows]) > 0}
    return telling, rows


def _heard(table: Table) -> Table:
    """The table without columns that chance alone would have tell as much; as it is where none tells more."""
    made = bins(table, most=MOST, least=LEAST)
    silent = [
        name for name, codes in coded(made, table).items() if _by_chance(codes, table) > BY_CHANCE
    ]
    return table.without(silent) if len(silent) < len(made) else table


def _by_chance(codes: Places, table: Table) -> float:
    """How often wins would be spread over these bins as unevenly if the column told nothing (χ²)."""
    rows = np.bincount(codes, table.weights)
    won = np.bincount(codes, table.weights * table.label)[rows > 0]
    rows = rows[rows > 0]
    share = won.sum() / rows.sum()
    spread = ((won - rows * share) ** 2 / (rows * share * (1 - share))).sum()
    return float(chdtrc(max(len(rows) - 1, 1), spread))


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A table as what is fitted: the points, then for each column its bins that have rows (`places`)."""

    table: Table
    made: Mapping[str, Bins]
    matrix: csr_matrix
    places: Mapping[str, Places]
    anchors: int
    spread: float


def _laid(table: Table) -> _Laid:
    made = bins(table, most=MOST, least=LEAST)
    codes = coded(made, table)
    anchor, spread = _anchor(table.points, len(table))
    places = {name: occupied(codes[name], found.size) for name, found in made.items()}
    blocks = [csr_matrix(anchor), *(_one_hot(codes[name], places[name]) for name in made)]
    return _Laid(table, made, hstack(blocks, format="csr"), places, anchor.shape[1], spread)


def _one_hot(codes: Places, places: Places) -> csr_matrix:
    column = np.searchsorted(places, codes)
    rows = len(codes)
    return csr_matrix(
        (np.ones(rows), (np.arange(rows), column)), shape=(rows, len(places)), dtype=np.float64
    )


def _drawn(laid: _Laid, c: float) -> AdditiveSum:
    table = laid.table
    if not laid.made:
        return flat(table) if table.points is None else platt.fit(table)
    line = LogisticRegression(C=c, max_iter=500, tol=1e-5)
    line.fit(laid.matrix, table.label, sample_weight=table.weights)
    weights: Floats = line.coef_[0]
    shares, at = {}, laid.anchors
    for name, places in laid.places.items():
        shares[name] = np.zeros(laid.made[name].size)
        shares[name][places] = weights[at : at + len(places)]
        at += len(places)
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
