"""A training tries every rung that has the rows, and says what it found in words and figures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from scoring.card.card import dumped
from scoring.training import carding
from scoring.training.calibrating import correction
from scoring.training.choosing import Evidence, choose
from scoring.training.judging import Bench, bench
from scoring.training.metrics import probability
from scoring.training.table import Numbers, Points, Table, numbers, words
from scoring.training.train import TooLittleError, train
from scoring.training.trained import Candidate, Trained
from tests.scoring.training.tables import PLAN, auc_of, buyers, by_chance, places


@cache
def many() -> Trained:
    return train(buyers(2500, points=True), replace(PLAN, slices=("source",)))


def of(trained: Trained, name: Candidate) -> str:
    return next(each.why_not for each in trained.candidates if each.name is name)


def test_with_many_rows_everything_is_tried_and_a_rung_that_learned_wins() -> None:
    trained = many()
    assert [each.name for each in trained.candidates] == list(Candidate)
    assert all(each.cv and each.time_split for each in trained.candidates)
    assert trained.champion in (Candidate.SCORECARD, Candidate.ADDITIVE)
    assert trained.signal
    assert not trained.drift
    assert trained.card is not None
    assert str(trained.card.rung) == trained.champion
    assert trained.card.calibration.passed, trained.card.calibration.why


def test_the_two_peers_are_never_served() -> None:
    assert [each.name for each in many().candidates if not each.served] == [
        Candidate.FULL_BOOSTING,
        Candidate.NAIVE_BAYES,
    ]


def test_the_same_table_and_plan_give_the_same_card_to_the_byte() -> None:
    table = buyers(260, points=True)
    one, other = train(table, PLAN).card, train(buyers(260, points=True), PLAN).card
    assert one is not None
    assert other is not None
    assert dumped(one) == dumped(other)
    assert one.id == other.id
    changed = train(buyers(260, points=True, seed=2), PLAN).card
    assert changed is not None
    assert changed.window.sha256 != one.window.sha256


def test_the_simplest_within_the_noise_wins() -> None:
    """What the points say is all there is: nothing learned can beat them."""
    table = buyers(230, points=True)
    assert table.points is not None
    rng = np.random.default_rng(9)
    chance = 1 / (1 + np.exp(-(table.points.total - 30) / 8))
    told = Table(
        {"noise": numbers(rng.normal(size=230)), "shade": table.columns["shade"]},
        (rng.random(230) < chance).astype(np.float64),
        points=table.points,
    )
    trained = train(told, PLAN)
    assert trained.champion is Candidate.PLATT
    assert not trained.signal
    assert any("beats the points" in sentence for sentence in trained.words)


def test_outcomes_by_chance_are_said_to_have_no_signal_and_the_points_stay() -> None:
    trained = train(by_chance(230), PLAN)
    assert (trained.champion, trained.signal, trained.card) == (Candidate.POINTS, False, None)
    assert trained.words[0].startswith("There is no signal")


@pytest.mark.parametrize(
    ("rows", "share", "waits"),
    [
        (30, 0.3, Candidate.PLATT),
        (100, 0.3, Candidate.ADDITIVE),
        (260, 0.3, Candidate.ADDITIVE),
    ],
)
def test_a_rung_waits_for_its_rows_and_says_how_many_are_missing(
    rows: int, share: float, waits: Candidate
) -> None:
    table = buyers(rows, points=True, share=share)
    trained = train(table, PLAN)
    missing = of(trained, waits)
    assert f"there are {table.positives} and {table.losses}" in missing
    assert "more wins" in missing
    assert any(sentence.startswith("Not yet") for sentence in trained.words)


def test_without_points_the_scorecard_needs_more_and_platt_has_nothing_to_go_by() -> None:
    table = buyers(100)
    trained = train(table, PLAN)
    assert table.positives < 50
    assert "50 wins" in of(trained, Candidate.SCORECARD)
    assert "no points" in of(trained, Candidate.PLATT)
    anchored = train(buyers(100, points=True), PLAN)
    assert of(anchored, Candidate.SCORECARD) == ""


def test_all_rows_decide_where_the_newest_are_too_few_to_be_sure_and_never_against_them() -> None:
    rng = np.random.default_rng(21)
    label = (rng.random(2000) < 0.5).astype(np.float64)
    plain = 1.5 * (label - 0.5) + rng.normal(0, 1, 2000)
    logits = {Candidate.SCORECARD: plain, Candidate.ADDITIVE: plain + 0.25 * (label - 0.5)}
    rows = np.arange(2000, dtype=np.int64)
    folded = Evidence(rows, label, logits, newest=False, seed=7)
    few = folded.only(rows[-30:])
    for_it = replace(few, newest=True)
    mirrored = {
        Candidate.SCORECARD: few.logits[Candidate.SCORECARD],
        Candidate.ADDITIVE: few.logits[Candidate.SCORECARD] - 0.05 * (few.label - 0.5),
    }
    against = replace(for_it, logits=mirrored)
    assert choose(for_it, folded).champion is Candidate.ADDITIVE
    assert choose(against, folded).champion is Candidate.SCORECARD


def test_a_rung_that_says_chances_better_and_orders_people_worse_does_not_take_the_place() -> None:
    rng = np.random.default_rng(5)
    label = (rng.random(2000) < 0.5).astype(np.float64)
    plain = 1.5 * (label - 0.5) + rng.normal(0, 1, 2000)
    blurred = 0.5 * (plain + rng.normal(0, 0.8, 2000))
    rows = np.arange(2000, dtype=np.int64)
    logits = {Candidate.SCORECARD: 6 * plain, Candidate.ADDITIVE: blurred}
    seen = Evidence(rows, label, logits, newest=True, seed=7)
    drawn = seen.beats(blurred, 6 * plain)
    assert drawn.loss_better == 1.0
    assert drawn.auc < -0.02
    assert choose(seen, replace(seen, newest=False)).champion is Candidate.SCORECARD


def test_what_columns_tell_only_together_is_said_and_no_card_made_of_it() -> None:
    rng = np.random.default_rng(31)
    one, other = rng.normal(size=270), rng.normal(size=270)
    label = (one * other > 0).astype(np.float64)
    trained = train(Table({"one": numbers(one), "other": numbers(other)}, label), PLAN)
    assert trained.card is None
    assert any("tell more together" in sentence for sentence in trained.words)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: replace(table, groups=np.zeros(300, dtype=np.int64)),
        lambda table: replace(table, groups=np.arange(300, dtype=np.int64) // 100),
        lambda table: replace(table, weight=(np.arange(300) > 150).astype(np.float64)),
        lambda table: replace(table, instants=np.zeros(300)),
        lambda table: replace(table, label=np.sort(table.label)),
        lambda table: replace(table, measurable=np.arange(300) < 20),
        lambda table: replace(table, columns={}, points=None),
    ],
)
def test_odd_tables_are_survived(change: Callable[[Table], Table]) -> None:
    trained = train(change(buyers(300, points=True)), PLAN)
    assert len(trained.candidates) == len(Candidate)
    assert trained.words


def test_fewer_than_two_of_an_outcome_are_refused() -> None:
    table = buyers(50)
    label = np.zeros(50)
    label[3] = 1
    with pytest.raises(TooLittleError, match="two wins"):
        train(Table(table.columns, label), PLAN)


def test_points_that_are_the_same_for_all_are_none() -> None:
    table = buyers(160)
    nothing = Points(np.zeros(160), np.zeros(160))
    trained = train(replace(table, points=nothing), PLAN)
    assert "no points" in of(trained, Candidate.POINTS)


def test_drift_is_flagged_in_words_and_hides_the_percentage() -> None:
    table = buyers(720)
    rng = np.random.default_rng(4)
    lost = (np.arange(720) < 576) & (rng.random(720) < 0.75)
    drifted = replace(table, label=np.where(lost, 0.0, table.label))
    trained = train(drifted, PLAN)
    assert trained.drift
    assert any("share of wins has drifted" in sentence for sentence in trained.words)
    assert trained.card is not None
    assert not trained.card.calibration.passed
    assert trained.card.calibration.why.startswith("No percentage")


def test_a_column_that_looks_different_is_named_and_stops_nothing() -> None:
    table = buyers(260)
    shifted = numbers(np.arange(260.0))
    trained = train(replace(table, columns={**table.columns, "clock": shifted}), PLAN)
    assert any("“clock”" in sentence for sentence in trained.words)
    assert trained.looked is not None
    assert trained.looked.psi["clock"] > 0.25


def test_the_newest_rows_correct_what_is_said_where_that_holds_on_still_newer_ones() -> None:
    table = buyers(1800)
    rng = np.random.default_rng(6)
    truth = rng.normal(-0.5, 1.5, 1800)
    told = replace(table, label=(rng.random(1800) < probability(truth)).astype(np.float64))
    on = bench(told, 7)
    a, b = correction(on, truth - 1.0)
    assert (a, b) == (pytest.approx(1, abs=0.3), pytest.approx(1, abs=0.3))
    assert correction(on, truth) in (
        (1.0, 0.0),
        (pytest.approx(1, abs=0.3), pytest.approx(0, abs=0.3)),
    )
    without_newest = Bench(told, on.cuts, None, 7)
    assert correction(without_newest, truth - 1.0) == (1.0, 0.0)


def test_rows_that_are_still_open_teach_and_are_not_measured() -> None:
    table = buyers(300)
    known = np.arange(300) < 240
    trained = train(replace(table, measurable=known), PLAN)
    scorecard = next(each for each in trained.candidates if each.name is Candidate.SCORECARD)
    assert scorecard.cv is not None
    assert scorecard.cv.rows == 240
    assert scorecard.time_split is not None
    assert scorecard.time_split.rows == 48
    assert trained.positives == int(table.label[:240].sum())


def test_against_an_active_card_the_gate_looks_at_grades_that_would_jump() -> None:
    day = 86400.0
    table = replace(buyers(500, points=True), instants=np.arange(500) * day)
    told = replace(PLAN, until=datetime.fromtimestamp(200 * day, tz=UTC))
    active = train(table.take(places(range(200))), told).card
    trained = train(table, PLAN, active=active)
    assert trained.gate is not None
    checks = {check.name: check for check in trained.gate.checks}
    assert 0 <= checks["churn"].figures["share"] <= 1
    assert trained.looked is not None
    assert trained.looked.rows == 299, "only what the active card was not trained on"


def test_the_champion_ranks_as_the_pairs_say() -> None:
    trained = many()
    assert trained.card is not None
    table = buyers(1500, seed=77, points=True)
    assert auc_of(table.label, carding.logits(trained.card, table)) > 0.73
    column = table.columns["visits"]
    assert isinstance(column, Numbers)
    assert words(["b", None, ""]).codes.tolist() == [0, -1, -1]
