"""How strongly weights are drawn to nothing is decided on rows that were not fitted, and signal is told from noise."""

import numpy as np
import pytest

from scoring.training import boosted, peers, scorecard
from scoring.training.binning import bins
from scoring.training.choosing import Evidence, choose
from scoring.training.metrics import auc, ece, probability
from scoring.training.table import Floats, Table, numbers
from scoring.training.trained import Candidate
from tests.scoring.training.tables import places


def told_many_times(rows: int, columns: int = 12) -> Table:
    """One faint trait, told by many columns, each with noise of its own, as a log of events tells it."""
    rng = np.random.default_rng(4)
    trait = rng.normal(size=rows)
    label = (rng.random(rows) < 1 / (1 + np.exp(1 - 0.5 * trait))).astype(np.float64)
    made = {f"n{n}": numbers(trait + rng.normal(size=rows)) for n in range(columns)}
    return Table(made, label)


def test_what_many_columns_tell_alike_is_not_lost_in_their_noise() -> None:
    table = told_many_times(3000)
    older, newer = table.take(places(range(1500))), table.take(places(range(1500, 3000)))
    fits = (scorecard.fit(older), peers.naive_bayes(older), scorecard.fit_as(older, scorecard.C))
    chosen, peer, as_ever = (auc(newer.label, each.logits(newer)) for each in fits)
    assert chosen >= peer - 0.01
    assert chosen >= as_ever + 0.03


def test_boosting_stops_where_more_trees_would_only_learn_noise() -> None:
    table = told_many_times(2500)
    older, newer = table.take(places(range(1000))), table.take(places(range(1000, 2500)))
    rounds, _, _ = boosted.held_back(bins(older, most=boosted.MOST), older, 7)
    assert rounds < boosted.ROUNDS / 2
    at = probability(boosted.fit(older, 7).logits(newer))
    assert ece(newer.label, at, newer.weights) <= 0.05


def evidence(lean: float, rows: int, *, newest: bool, seed: int = 5) -> Evidence:
    """Logits that lean so far towards the outcome."""
    rng = np.random.default_rng(seed)
    label = (rng.random(rows) < 0.3).astype(np.float64)
    logits: Floats = rng.normal(size=rows) + lean * label
    return Evidence(np.arange(rows), label, {Candidate.SCORECARD: logits}, newest=newest, seed=seed)


@pytest.mark.parametrize(
    ("newest", "all_rows", "signal", "words"),
    [
        # Far too few newest rows to be sure by themselves; all rows are.
        (0.2, 0.25, True, ""),
        (-1.0, 0.8, False, "There is no signal that lasts"),
        (0.02, 0.5, False, "There is no signal that lasts"),
        (0.2, 0.0, False, "There is no signal:"),
    ],
)
def test_a_faint_signal_is_seen_over_all_rows_and_must_not_be_gone_on_the_newest(
    newest: float, all_rows: float, signal: bool, words: str
) -> None:
    found = choose(
        evidence(newest, 400, newest=True), evidence(all_rows, 2000, newest=False, seed=6)
    )
    assert found.signal is signal
    assert not words or found.words[0].startswith(words)
