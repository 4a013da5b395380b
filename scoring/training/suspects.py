"""Columns that may be known only after the fact: found by how well they tell the outcome, and named for a person to judge.

Measured on five leaky tables (docs/scoring.md): a column by which alone, on rows not learned from, won
rows can be told from others with an AUC of .78, or whose values of nearly certain success hold 3 % of all
wins, was filled afterwards more often than not. Weak leaks are not found; looking back to an instant is
what keeps those out.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scoring.training.table import MISSING, Column, Floats, Numbers, Places, Table

TELLING = 0.78
"""From this cross-fitted AUC of one column on it is a suspect."""
ALL_TELLING = 0.9
"""The same for what cannot have been filled later, unless the instant itself is wrong."""
SURE = 0.95
"""The conversion of a value that is nearly certain to win."""
WINS_IN_SURE = 0.03
ROWS_OF_SURE = 30
ROWS_OF_BLANK = 8
BY_CHANCE = 1e-4
"""How unlikely it must be that rows that are filled in (or empty) end alike by chance."""
ODDS_OF_SURE = 10.0
"""How many times its odds must be those of all rows: where nearly everybody wins, 95 % says nothing."""
LEAST = 5
"""Rows of each outcome below which nothing can be suspected."""
_DEVIATIONS = 2.33
_NOISE = 0.70
"""What the lower bound of a suspect's AUC must reach, so that few rows make no suspects by chance."""
_FOLDS = 5
_BINS = 24
_ROWS_A_BIN = 20
_PRIOR = 10.0
_SEED = 7


@dataclass(frozen=True, slots=True)
class Suspect:
    """A column that may be known only after the fact, why, and its own cross-fitted AUC."""

    name: str
    why: str
    auc: float


def suspects(
    table: Table, *, on_arrival: Collection[str] = (), before: Collection[str] = ()
) -> tuple[Suspect, ...]:
    """The suspects among a table's columns, the most telling first.

    `on_arrival` are filled the moment a lead arrives (its source, its country): they are honest however
    surely one of their values wins, and suspect only by their AUC. `before` were counted up to the row's
    instant and are suspect only where they tell nearly all.
    """
    won = table.label > 0
    if not _enough(won):
        return ()
    folds = _folds(won)
    found = []
    for name, column in table.columns.items():
        codes = _codes(column)
        auc = _cross_fitted(codes, won, folds)
        reason = _why(codes, won, auc, ALL_TELLING if name in before else TELLING)
        if reason is None and name not in before:
            reason = _one_sided(column.known(), won)
        if reason is None and name not in {*on_arrival, *before} and _has_values(column):
            reason = _sure_values(codes, won)
        if reason is not None:
            found.append(Suspect(name, reason, round(auc, 3)))
    return tuple(sorted(found, key=lambda each: -each.auc))


def aucs(table: Table) -> Mapping[str, float]:
    """What each column tells of the outcome by itself, on rows that it was not learned from."""
    won = table.label > 0
    if not _enough(won):
        return {}
    folds = _folds(won)
    return {n: _cross_fitted(_codes(each), won, folds) for n, each in table.columns.items()}


def _enough(won: NDArray[np.bool_]) -> bool:
    return bool(min(won.sum(), (~won).sum()) >= LEAST)


def _why(codes: Places, won: NDArray[np.bool_], auc: float, telling: float) -> str | None:
    if auc < telling or auc - _DEVIATIONS * _error(auc, won) < _NOISE:
        return None
    pairs = round(100 * auc)
    return f"it tells the outcome too well by itself: right for {pairs} of 100 pairs of a win and a loss"


def _one_sided(known: NDArray[np.bool_], won: NDArray[np.bool_]) -> str | None:
    """Whether being filled in, or being empty, is nearly the outcome itself."""
    states, sides = ((known, "filled in"), (~known, "empty")), ((won, "won"), (~won, "not won"))
    for (there, state), (side, word) in product(states, sides):
        rows, n = int(there.sum()), int((there & side).sum())
        if rows < len(won) and _tells(n, rows, side):
            return f"it is {state} almost only where the row was {word} ({n:,} of {rows:,})"
    return None


def _tells(n: int, rows: int, side: NDArray[np.bool_]) -> bool:
    unlikely = rows >= ROWS_OF_BLANK and side.mean() ** rows < BY_CHANCE
    return bool(unlikely and n >= WINS_IN_SURE * side.sum() and _is_sure(n, rows, side))


def _has_values(column: Column) -> bool:
    """Whether it has values that mean something each; the upper end of a good number may honestly win."""
    return not isinstance(column, Numbers) or len(np.unique(column.values)) <= _BINS


def _sure_values(codes: Places, won: NDArray[np.bool_]) -> str | None:
    rows = np.bincount(codes).astype(np.float64)
    wins = np.bincount(codes, weights=won)
    sure = [
        k
        for k in range(1, len(rows))
        if rows[k] >= ROWS_OF_SURE and _is_sure(int(wins[k]), int(rows[k]), won)
    ]
    held, among = int(wins[sure].sum()), int(rows[sure].sum())
    if not held or held < WINS_IN_SURE * won.sum():
        return None
    return f"some of its values nearly always win ({held:,} of {among:,} rows with them)"


def _is_sure(wins: int, rows: int, won: NDArray[np.bool_]) -> bool:
    if wins < SURE * rows:
        return False
    usual = won.mean() / (1 - won.mean())
    return bool((wins + 0.5) / (rows - wins + 0.5) >= ODDS_OF_SURE * usual)


def _codes(column: Column) -> Places:
    """A column as places from 0, which is missing: words by their level, numbers by at most 24 bins of like size."""
    if not isinstance(column, Numbers):
        return column.codes - MISSING
    known = column.known()
    told = column.values[known]
    if not len(told):
        return np.zeros(len(known), dtype=np.int64)
    different, bins = np.unique(told), min(_BINS, max(2, len(told) // _ROWS_A_BIN))
    if len(different) > bins:
        different = np.unique(np.quantile(told, np.linspace(0, 1, bins + 1)[1:-1]))
    codes = np.zeros(len(known), dtype=np.int64)
    codes[known] = np.searchsorted(different, told) + 1
    return codes


def _folds(won: NDArray[np.bool_]) -> Places:
    """Five folds with as many wins in each."""
    drawn = np.random.default_rng(_SEED)
    folds = np.empty(len(won), dtype=np.int64)
    for side in (won, ~won):
        places = drawn.permutation(np.flatnonzero(side))
        folds[places] = np.arange(len(places)) % _FOLDS
    return folds


def _cross_fitted(codes: Places, won: NDArray[np.bool_], folds: Places) -> float:
    """The AUC of the share of wins at each value, learned on the other folds, without a row's own outcome."""
    size = int(codes.max()) + 1
    told = np.empty(len(codes))
    rows = np.bincount(codes, minlength=size).astype(np.float64)
    wins = np.bincount(codes, weights=won, minlength=size)
    for fold in range(_FOLDS):
        held = folds == fold
        base = won[~held].mean()
        n = rows - np.bincount(codes[held], minlength=size)
        w = wins - np.bincount(codes[held], weights=won[held], minlength=size)
        told[held] = ((w + _PRIOR * base) / (n + _PRIOR))[codes[held]] - base
    return auc_of(told, won)


def auc_of(told: Floats, won: NDArray[np.bool_]) -> float:
    """The share of pairs of a win and a loss in which the win is told to be likelier; ties count half."""
    _, places, counts = np.unique(told, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    n = int(won.sum())
    return float((ranks[won].sum() - n * (n + 1) / 2) / (n * (len(won) - n)))


def _error(auc: float, won: NDArray[np.bool_]) -> float:
    """The standard error of an AUC (Hanley and McNeil 1982)."""
    n, m = int(won.sum()), int((~won).sum())
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (n - 1) * (one - auc * auc) + (m - 1) * (two - auc * auc)
    return math.sqrt(max(spread, 0.0) / (n * m))
