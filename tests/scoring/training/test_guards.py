"""The traps of training, each with what would happen without its guard."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from scoring.training import boosted, peers, scorecard
from scoring.training.binning import RARE, Levels, Steps, bins, bins_of, coded, says_nothing
from scoring.training.folds import by_time, folds
from scoring.training.judging import Tried, bench, try_out
from scoring.training.metrics import probability
from scoring.training.platt import line_through
from scoring.training.table import Table, numbers, sha256, words
from scoring.training.train import train
from scoring.training.trained import Candidate
from tests.scoring.training.tables import PLAN, auc_of, buyers, places

SOURCES = sorted((Path(__file__).parents[3] / "scoring" / "training").glob("*.py"))


def with_column(table: Table, **columns: object) -> Table:
    return replace(table, columns={**table.columns, **columns})


def test_a_column_empty_on_every_row_is_dropped_and_named_before_anything_is_fitted() -> None:
    table = with_column(
        buyers(260),
        empty=numbers(np.full(260, np.nan)),
        silent=words([None] * 260),
        same=words(["yes"] * 260),
        one=numbers(np.ones(260)),
    )
    assert set(says_nothing(table)) == {"empty", "silent", "same", "one"}
    trained = train(table, PLAN)
    assert trained.dropped["empty"] == "it is empty on every row"
    assert trained.dropped["same"] == "it says the same on every row"


def test_the_trees_alone_would_fail_on_an_empty_column() -> None:
    """If this one fails the library has mended it; the guard may stay all the same."""
    rows = np.column_stack([np.full(80, np.nan), np.arange(80.0)])
    with pytest.raises(ValueError, match="window shape"):
        HistGradientBoostingClassifier(max_iter=2).fit(rows, np.arange(80) % 2)


@pytest.mark.parametrize("fit", [scorecard.fit, lambda t: boosted.fit(t, 7), peers.naive_bayes])
def test_a_column_that_is_empty_in_one_part_only_harms_nothing(fit: object) -> None:
    """It says something on later rows only: in the older part it is not fitted."""
    late = np.where(np.arange(400) < 320, np.nan, np.arange(400.0))
    table = with_column(buyers(400), late=numbers(late))
    assert callable(fit)
    fitted = fit(table.take(np.arange(320, dtype=np.int64)))
    assert np.isfinite(fitted.logits(table)).all()


def test_a_column_that_is_filled_in_by_the_newest_rows_alone_harms_no_fold() -> None:
    """Its bins are known from all rows, and no row of an older part has anything there."""
    late = np.where(np.arange(400) < 396, np.nan, np.arange(400.0))
    table = with_column(buyers(400), late=numbers(late))
    made = bins(table, most=24)
    older = table.take(np.arange(320, dtype=np.int64))
    assert "late" in made
    model = boosted.trees(made, older, 7, 20)
    told = model.decision_function(boosted.inputs(made, coded(made, table)))
    assert np.isfinite(told).all()


def test_many_columns_of_noise_do_not_drown_the_few_that_tell() -> None:
    """As in an export of a whole CRM. With all columns the same weights come to .07 less."""
    table = buyers(1200)
    rng = np.random.default_rng(8)
    noise = {f"noise {n}": numbers(rng.normal(size=1200)) for n in range(60)}
    table = with_column(table, **noise)
    older, newer = (
        table.take(np.arange(*ends, dtype=np.int64)) for ends in ((0, 800), (800, 1200))
    )
    heard, all_of_them = scorecard.fit(older), scorecard.fit_as(older, 0.1)
    told = [auc_of(newer.label, each.logits(newer)) for each in (all_of_them, heard)]
    assert told[1] > told[0] + 0.03
    assert not set(heard.parts) - {"visits", "level", "source", *noise}
    assert len(heard.parts) < 10


def test_full_boosting_harms_nothing_on_it_either() -> None:
    late = np.where(np.arange(400) < 320, np.nan, np.arange(400.0))
    table = with_column(buyers(400), late=numbers(late))
    older = table.take(np.arange(320, dtype=np.int64))
    assert np.isfinite(peers.full_boosting(older, 7).logits(table)).all()


def test_nothing_calibrates_by_folds_that_mix_old_and_new() -> None:
    named = {
        getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute | ast.alias)
    }
    assert "LogisticRegression" in named
    assert "CalibratedClassifierCV" not in named


def test_words_that_mean_nothing_give_no_figure_away_whatever_is_learned_of_them() -> None:
    """What is known of a word's wins comes from the rows trained on: else 40 words of 25 rows would tell."""
    rng = np.random.default_rng(12)
    label = (rng.random(1000) < 0.5).astype(np.float64)
    code = rng.permutation(1000) % 40
    table = Table({"code": words([f"code {each}" for each in code])}, label)
    peeking = np.array([label[code == each].mean() for each in range(40)])[code]
    assert auc_of(label, peeking) > 0.58
    on = bench(table, 7)
    for name in (Candidate.SCORECARD, Candidate.ADDITIVE, Candidate.NAIVE_BAYES):
        tried = try_out(name, on)
        assert isinstance(tried, Tried)
        assert auc_of(label, tried.folded) < 0.54


def test_bins_are_made_of_the_rows_trained_on_alone() -> None:
    table = buyers(300)
    older = table.take(np.arange(200, dtype=np.int64))
    spiked = with_column(table, noise=numbers(np.where(np.arange(300) < 200, 0.5, 1e6)))
    assert "noise" not in bins(spiked.take(np.arange(200, dtype=np.int64)), most=12)
    assert set(bins(older, most=12)) == set(table.columns)


def test_rare_words_share_a_bin_and_a_missing_word_has_its_own() -> None:
    said = ["often"] * RARE + ["rare"] * (RARE - 1) + [None] * 5 + ["rarer"]
    column = words(said)
    made = bins_of(column, 24, 1)
    assert isinstance(made, Levels)
    assert made.kept == ("often",)
    places = made.of(column)
    assert places[RARE] == places[-1] == 1
    assert places[-2] == 2


def test_numbers_of_few_values_keep_them_and_others_are_cut_into_equal_parts() -> None:
    few = bins_of(numbers([1.0, 2.0, 2.0, 7.0]), 24, 1)
    assert isinstance(few, Steps)
    assert few.edges.tolist() == [1.5, 4.5]
    many = bins_of(numbers(np.arange(1000.0)), 24, 1)
    assert isinstance(many, Steps)
    assert len(many.edges) == 23
    counts = np.bincount(many.of(numbers(np.arange(1000.0))))
    assert counts.min() > 35


def test_numbers_at_the_end_of_what_floats_hold_are_told_apart() -> None:
    low = 5e-324
    values = [-1.7e308, 0.0, low, 2 * low, 3 * low, 1.7e308]
    made = bins_of(numbers(values), 24, 1)
    assert isinstance(made, Steps)
    assert made.of(numbers(values)).tolist() == [0, 1, 2, 3, 4, 5]
    assert numbers([float("inf"), None]).known().tolist() == [False, False]


def test_people_with_several_rows_stand_on_one_side_only() -> None:
    table = replace(buyers(600), groups=np.arange(600, dtype=np.int64) // 7)
    assert table.groups is not None
    cuts = [*folds(table, 7), by_time(table)]
    assert len(cuts) == 6
    for cut in cuts:
        assert cut is not None
        assert not set(table.groups[cut.older]) & set(table.groups[cut.newer])


def test_the_newest_fifth_is_later_than_all_that_is_trained_on() -> None:
    table = buyers(500)
    shuffled = replace(table, instants=np.random.default_rng(2).permutation(500).astype(np.float64))
    ordered = shuffled.in_time()
    cut = by_time(ordered)
    assert cut is not None
    assert ordered.instants is not None
    assert ordered.instants[cut.older].max() < ordered.instants[cut.newer].min()
    assert len(cut.newer) == 100


def test_more_of_a_good_act_never_speaks_against() -> None:
    table = buyers(1500)
    against = np.where(np.arange(1500) % 7 == 0, 9.0, np.nan)
    acts = numbers(np.where(np.isnan(against), table.label * 3, against), rising=True)
    fitted = boosted.fit(Table({"acts": acts}, table.label), 7)
    assert (np.diff(fitted.parts["acts"].shares[:-1]) >= -1e-9).all()


def test_trees_are_the_same_each_time() -> None:
    table = buyers(900)
    one, other = boosted.fit(table, 7), boosted.fit(table, 7)
    assert (one.logits(table) == other.logits(table)).all()


def test_the_hash_of_a_table_tells_every_change() -> None:
    table = buyers(100, points=True)
    changed = [
        table.without(["noise"]),
        replace(table, label=1 - table.label),
        replace(table, weight=np.full(100, 0.5)),
        replace(table, points=None),
        with_column(table, level=words(["vp"] * 100)),
        with_column(
            table, visits=replace(table.columns["visits"], side=table.columns["level"].side)
        ),
    ]
    hashes = {sha256(each) for each in (table, *changed)}
    assert len(hashes) == 1 + len(changed)
    assert sha256(buyers(100, points=True)) == sha256(table)


def test_a_few_hundred_rows_do_not_draw_chances_towards_the_mean() -> None:
    """Bins are held back from fitting noise; what rows not fitted on say undoes it on the whole."""
    rng = np.random.default_rng(14)
    plain = rng.normal(0, 1, (800, 6))
    label = (rng.random(800) < probability(plain.sum(axis=1) * 1.5)).astype(np.float64)
    table = Table({f"one {n}": numbers(plain[:, n].copy()) for n in range(6)}, label)
    older, newer = table.take(places(range(400))), table.take(places(range(400, 800)))
    a, _ = line_through(scorecard.fit(older).logits(newer), newer.label, newer.weights)
    assert a == pytest.approx(1, abs=0.25)
