"""Two that are tried beside the rungs and never served: what adding up costs, and what others do.

`full_boosting` may combine columns freely. `naive_bayes` is the way of Odoo's predictive scoring:
wins and losses counted for each value of each field (numbers by the quarter of the rows they lie in, since it
counts fields of choice only), a tenth added to every count, what is unset or was never seen left out, and all shares multiplied as if fields knew nothing of each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring.training.additive_sum import AdditiveSum
from scoring.training.binning import Bins, Levels, Steps, bins, bins_of, coded
from scoring.training.metrics import probability
from scoring.training.platt import flat
from scoring.training.table import Column, Floats, Numbers, Places, Table, Words

FLOOR = 100
"""Wins and losses that freely combining trees need of each to be worth a look."""
ADDED = 0.1
QUARTERS = 4
SUREST = 0.9999
MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class FullBoosting:
    """Boosted trees over numbers as they are and pooled words."""

    made: Mapping[str, Bins]
    model: HistGradientBoostingClassifier

    def logits(self, table: Table) -> Floats:
        """The logit of each row."""
        found: Floats = self.model.decision_function(_raw(self.made, table.with_points()))
        return found


def full_boosting(table: Table, seed: int) -> FullBoosting | AdditiveSum:
    """Trees without the additive rung's bounds, over the same columns."""
    table = table.with_points()
    made = bins(table, most=MOST)
    if not made:
        return flat(table)
    model = HistGradientBoostingClassifier(
        max_iter=300,
        learning_rate=0.06,
        max_leaf_nodes=15,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=[not isinstance(found, Steps) for found in made.values()],
        random_state=seed,
    )
    # Weights of one each would cost many times as long: 1.9 finds weighted quantiles one by one.
    return FullBoosting(made, model.fit(_raw(made, table), table.label, table.weight))


@dataclass(frozen=True, slots=True, eq=False)
class NaiveBayes:
    """The log of wins over losses for each bin, and for all."""

    prior: float
    made: Mapping[str, Bins]
    shares: Mapping[str, Floats]

    def logits(self, table: Table) -> Floats:
        """The logit of each row."""
        codes = coded(self.made, table)
        total = np.full(len(table), self.prior)
        for name, share in self.shares.items():
            total += share[codes[name]]
        # Its probabilities are per cents with two decimals, never 0 and never 100.
        rounded = np.clip(np.round(probability(total), 4), 1 - SUREST, SUREST)
        return np.log(rounded / (1 - rounded))


def naive_bayes(table: Table) -> NaiveBayes:
    """Count wins and losses for every value."""
    made = {name: _values(column) for name, column in table.columns.items()}
    won, lost = table.weights * table.label, table.weights * (1 - table.label)
    shares = {}
    for name, codes in coded(made, table).items():
        size = made[name].size
        seen = np.bincount(codes, minlength=size) > 0
        seen[-1] = False
        of_won, of_lost = _share(codes, won, seen), _share(codes, lost, seen)
        shares[name] = np.zeros(size)
        shares[name][seen] = np.log(of_won[seen] / of_lost[seen])
    return NaiveBayes(float(np.log(won.sum() / lost.sum())), made, shares)


def _values(column: Column) -> Bins:
    match column:
        case Numbers():
            return bins_of(column, QUARTERS, 1)
        case Words():
            return Levels(column.levels)
        case _:
            assert_never(column)


def _share(codes: Places, weights: Floats, seen: NDArray[np.bool_]) -> Floats:
    counts = np.where(seen, np.bincount(codes, weights=weights, minlength=len(seen)) + ADDED, 0.0)
    found: Floats = counts / max(ADDED, counts.sum())
    return found


def _raw(made: Mapping[str, Bins], table: Table) -> Floats:
    columns = []
    for name, found in made.items():
        column = table.columns[name]
        columns.append(
            column.values if isinstance(column, Numbers) else found.of(column).astype(np.float64)
        )
    return np.stack(columns, axis=1).astype(np.float64)
