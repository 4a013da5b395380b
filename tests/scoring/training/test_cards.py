"""What is served is what was trained: every rung becomes a card that says the same of every row."""

import timeit
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scoring.card.adding import add_up, on_scale, sigmoid
from scoring.card.card import Calibration, Card, Rung, dumped, read, sha256_of_learned, written
from scoring.card.terms import Side
from scoring.training import boosted, carding, platt, scorecard
from scoring.training.additive_sum import AdditiveSum
from scoring.training.binning import bins, coded
from scoring.training.table import POINTS_ENGAGEMENT, POINTS_FIT, Table
from tests.scoring.training.tables import PLAN, buyers, education, features, places, some


def card_of(fitted: AdditiveSum, table: Table, rung: Rung) -> Card:
    return carding.card_of(fitted, table, plan=PLAN, rung=rung, calibration=Calibration())


def assert_served_as_trained(card: Card, table: Table, trained: np.ndarray) -> None:
    for row in range(len(table)):
        added = add_up(card, features(table, row))
        assert added.logit == pytest.approx(trained[row], abs=1e-9)
        lines = sum(share for *_, share in added.lines)
        assert card.intercept + lines == pytest.approx(added.logit, abs=1e-9)
    assert np.abs(carding.logits(card, table) - trained).max() <= 1e-9


@pytest.mark.parametrize("points", [True, False])
def test_boosted_trees_are_served_to_the_ninth_decimal(points: bool) -> None:
    table = buyers(1500, points=points)
    whole = table.with_points()
    made = bins(whole, most=boosted.MOST)
    rounds, a, b = boosted.held_back(made, whole, 7)
    trees = boosted.trees(made, whole, 7, rounds)
    trained = a * trees.decision_function(boosted.inputs(made, coded(made, whole))) + b
    assert_served_as_trained(
        card_of(boosted.fit(table, 7), table, Rung.ADDITIVE), table, np.asarray(trained)
    )


def test_a_scorecard_with_points_is_served_to_the_ninth_decimal() -> None:
    table = buyers(800, points=True)
    fitted = scorecard.fit(table)
    assert_served_as_trained(card_of(fitted, table, Rung.SCORECARD), table, fitted.logits(table))


def test_the_points_with_a_chance_are_served_in_the_order_of_the_points() -> None:
    table = buyers(200, points=True)
    assert table.points is not None
    fitted = platt.fit(table)
    card = card_of(fitted, table, Rung.PLATT)
    assert_served_as_trained(card, table, fitted.logits(table))
    assert {term.feature for term in card.terms} == {"points.fit", "points.engagement"}
    order = np.argsort(table.points.total, kind="stable")
    assert (np.diff(fitted.logits(table)[order]) >= -1e-12).all()


def test_points_that_speak_against_a_win_are_not_turned_round() -> None:
    table = buyers(300, points=True)
    turned = Table(table.columns, 1 - table.label, points=table.points)
    assert np.ptp(platt.fit(turned).logits(turned)) == 0


def test_the_average_person_is_the_intercept_and_a_word_never_seen_adds_nothing() -> None:
    table = buyers(1500)
    fitted = boosted.fit(table, 7)
    assert fitted.logits(table).mean() == pytest.approx(fitted.intercept, abs=1e-9)
    card = card_of(fitted, table, Rung.ADDITIVE)
    strange = {"visits": None, "level": None, "source": "moon", "noise": None, "shade": "puce"}
    shares = {name: share for name, _, share in add_up(card, strange).lines}
    assert shares["source"] == 0.0
    assert shares["visits"] != 0.0


def test_a_card_is_read_back_as_it_was_written_and_is_a_few_kilobytes() -> None:
    table = buyers(1500, points=True)
    card = card_of(scorecard.fit(table), table, Rung.SCORECARD)
    assert read(written(card)) == card
    assert len(dumped(card)) < 10_000


def test_as_many_stand_above_each_number_of_points_as_under_the_rules() -> None:
    table = buyers(3000, points=True)
    assert table.points is not None
    fitted = scorecard.fit(table)
    card = card_of(fitted, table, Rung.SCORECARD)
    scaled = np.array([on_scale(card.scales.points, each) for each in fitted.logits(table)])
    for bound in (15, 30, 45, 60):
        under_rules = (table.points.total > bound).mean()
        assert (scaled > bound).mean() == pytest.approx(under_rules, abs=0.04)


def test_without_points_a_point_is_a_per_cent_of_the_chance() -> None:
    table = buyers(600)
    card = card_of(scorecard.fit(table), table, Rung.SCORECARD)
    for logit in (-2.0, 0.0, 1.5):
        assert on_scale(card.scales.points, logit) == pytest.approx(100 * sigmoid(logit), abs=1)


def test_fit_and_engagement_are_spread_over_their_scales() -> None:
    table = buyers(2000)
    card = card_of(scorecard.fit(table), table, Rung.SCORECARD)
    fit, engagement = carding.sides(card, table)
    for sums, knots in ((fit, card.scales.fit), (engagement, card.scales.engagement)):
        ranks = np.array([on_scale(knots, float(each)) for each in sums])
        assert ranks.mean() == pytest.approx(50, abs=2)
        assert (ranks < 25).mean() == pytest.approx(0.25, abs=0.1)
    assert {term.side for term in card.terms if term.feature == "visits"} == {Side.ENGAGEMENT}


def test_one_person_is_scored_with_reasons_within_fifty_microseconds() -> None:
    table = buyers(1500, points=True)
    wide = {f"{name} {copy}": each for name, each in table.columns.items() for copy in range(4)}
    many = replace(table, columns=wide)
    card = card_of(scorecard.fit(many), many, Rung.SCORECARD)
    person = {
        f"{name} {copy}": each for name, each in features(table, 3).items() for copy in range(4)
    }
    assert len(card.terms) >= 20
    best = min(timeit.repeat(lambda: add_up(card, person), number=200, repeat=9)) / 200
    assert best <= 50e-6


def test_real_leads_are_served_as_trained() -> None:
    table = some(education(), 1500)
    fitted = boosted.fit(table, 7)
    card = card_of(fitted, table, Rung.ADDITIVE)
    assert_served_as_trained(card, table.take(places(range(300))), fitted.logits(table)[:300])


def test_boosted_trees_see_the_points_and_never_hold_them_against_anybody() -> None:
    table = buyers(1500, points=True)
    fitted = boosted.fit(table, 7)
    for name in (POINTS_FIT, POINTS_ENGAGEMENT):
        assert (np.diff(fitted.parts[name].shares[:-1]) >= -1e-9).all()
    assert any(fitted.parts[name].shares.any() for name in (POINTS_FIT, POINTS_ENGAGEMENT))


def test_what_was_learned_has_one_hash_whenever_it_was() -> None:
    table = buyers(300)
    one = card_of(scorecard.fit(table), table, Rung.SCORECARD)
    later = one.model_copy(update={"trained_at": one.trained_at + timedelta(days=1)})
    assert later.id != one.id
    assert sha256_of_learned(later) == sha256_of_learned(one)
    assert sha256_of_learned(one.model_copy(update={"intercept": 0.5})) != sha256_of_learned(one)
