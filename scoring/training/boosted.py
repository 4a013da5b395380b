"""The fourth rung: boosted trees that may not combine columns, so that their sum can be written as a card."""

from collections.abc import Mapping
from itertools import islice

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring.training.additive_sum import AdditiveSum, centred, occupied
from scoring.training.binning import Bins, Steps, bins, coded
from scoring.training.folds import folds
from scoring.training.metrics import losses
from scoring.training.platt import flat, line_through
from scoring.training.table import Floats, Numbers, Places, Table
from scoring.training.trained import SEED

FLOOR = 200
"""Wins and losses needed of each."""
MOST = 24
ROUNDS = 300
"""Trees at most."""
A_STEP = 10
HELD_BACK_BY = 3
MOST_ROWS = 20_000
"""With more rows all trees are needed and hold (measured); the time is better spent elsewhere."""


def fit(table: Table, seed: int) -> AdditiveSum:
    """Shares of every bin, read off the trees one column at a time: exact, because they only add.

    The marketer's points are columns like all others, which never speak against.
    """
    table = table.with_points()
    made = bins(table, most=MOST)
    if not made:
        return flat(table)
    rounds, a, b = held_back(made, table, seed)
    return _read_off(trees(made, table, seed, rounds), made, table).stretched(a, b)


def held_back(made: Mapping[str, Bins], table: Table, seed: int) -> tuple[int, float, float]:
    """How many trees hold best on rows that were not fitted, and the a and b of a · logit + b that hold there."""
    if len(table) > MOST_ROWS:
        return ROUNDS, 1.0, 0.0
    told = np.full((ROUNDS // A_STEP, len(table)), np.nan)
    for older, newer in folds(table, SEED, HELD_BACK_BY):
        model = trees(made, table.take(older), seed)
        rows = inputs(made, coded(made, table.take(newer)))
        stages = islice(model.staged_decision_function(rows), A_STEP - 1, None, A_STEP)
        told[:, newer] = [logits.ravel() for logits in map(np.copy, stages)]
    measured = np.flatnonzero(~np.isnan(told[0]))
    if not len(measured):
        return ROUNDS, 1.0, 0.0
    label, weights = table.label[measured], table.weights[measured]
    missed = [np.average(losses(label, each[measured]), weights=weights) for each in told]
    best = int(np.argmin(missed))
    if np.ptp(told[best][measured]) == 0:
        return A_STEP * (best + 1), 1.0, 0.0
    a, b = line_through(told[best][measured], label, weights)
    return A_STEP * (best + 1), *((a, b) if a > 0 else (1.0, 0.0))


def trees(
    made: Mapping[str, Bins], table: Table, seed: int, rounds: int = ROUNDS
) -> HistGradientBoostingClassifier:
    """The trees themselves, over the columns of `inputs`."""
    model = HistGradientBoostingClassifier(
        interaction_cst="no_interactions",
        max_iter=rounds,
        learning_rate=0.06,
        max_leaf_nodes=4,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=[not isinstance(found, Steps) for found in made.values()],
        monotonic_cst=[int(_rises(table, name)) for name in made],
        random_state=seed,
    )
    given = guarded(inputs(made, coded(made, table)))
    return model.fit(given, table.label, sample_weight=table.weight)


def guarded(given: Floats) -> Floats:
    """Columns as they can be fitted: one that is missing in all of these rows says the same in each, for 1.9 falls over it."""
    given[:, np.isnan(given).all(axis=0)] = 0.0
    return given


def inputs(made: Mapping[str, Bins], codes: Mapping[str, Places]) -> Floats:
    """Bins as numbers; a missing number is no number, a missing word a word like any other."""
    columns = []
    for name, found in made.items():
        column = codes[name].astype(np.float64)
        if isinstance(found, Steps):
            column[codes[name] == found.size - 1] = np.nan
        columns.append(column)
    return np.stack(columns, axis=1)


def _read_off(
    model: HistGradientBoostingClassifier, made: Mapping[str, Bins], table: Table
) -> AdditiveSum:
    """One row with every column's first bin, and one for each other bin of each column."""
    codes = coded(made, table)
    places = {name: occupied(codes[name], found.size) for name, found in made.items()}
    probes = {name: [int(places[name][0])] for name in made}
    for name in made:
        for other in made:
            own = places[name].tolist()
            probes[other] += own if other == name else [int(places[other][0])] * len(own)
    asked = {name: np.array(each, dtype=np.int64) for name, each in probes.items()}
    logits: Floats = model.decision_function(inputs(made, asked))
    shares, at = {}, 1
    for name, found in made.items():
        shares[name] = np.zeros(found.size)
        shares[name][places[name]] = logits[at : at + len(places[name])] - logits[0]
        at += len(places[name])
    return centred(float(logits[0]), made, shares, table)


def _rises(table: Table, name: str) -> bool:
    column = table.columns[name]
    return isinstance(column, Numbers) and column.rising
