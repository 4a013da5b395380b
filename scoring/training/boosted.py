"""The fourth rung: boosted trees that may not combine columns, so that their sum can be written as a card."""

from collections.abc import Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring.training.additive_sum import AdditiveSum, centred, occupied
from scoring.training.binning import Bins, Steps, bins, coded
from scoring.training.platt import flat
from scoring.training.table import Floats, Numbers, Places, Table

FLOOR = 200
"""Wins and losses needed of each."""
MOST = 24


def fit(table: Table, seed: int) -> AdditiveSum:
    """Shares of every bin, read off the trees one column at a time: exact, because they only add.

    The marketer's points are columns like all others, which never speak against.
    """
    table = table.with_points()
    made = bins(table, most=MOST)
    if not made:
        return flat(table)
    model = trees(made, table, seed)
    return _read_off(model, made, table)


def trees(made: Mapping[str, Bins], table: Table, seed: int) -> HistGradientBoostingClassifier:
    """The trees themselves, over the columns of `inputs`."""
    model = HistGradientBoostingClassifier(
        interaction_cst="no_interactions",
        max_iter=300,
        learning_rate=0.06,
        max_leaf_nodes=4,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=[not isinstance(found, Steps) for found in made.values()],
        monotonic_cst=[int(_rises(table, name)) for name in made],
        random_state=seed,
    )
    return model.fit(inputs(made, coded(made, table)), table.label, sample_weight=table.weights)


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
