"""The base rate is everybody's, not only that of those who were warm."""

import math
from dataclasses import replace
from random import Random

import pytest

from scoring.card.adding import add_up, on_scale, sigmoid
from scoring.learning.base_rate import Found, correction, counting, in_words, moved, unrouted
from tests.scoring.card.test_adding_up import a_card

DRAWN = 0.05


def a_market(dice: Random, off: float) -> list[Found]:
    """Everybody scored `off` too high: the warm ones are put to sales, of the rest one in twenty."""
    found = []
    for _ in range(60_000):
        logit = dice.gauss(-2.5, 1.5)
        win, is_warm = dice.random() < sigmoid(logit), logit > -0.5
        if is_warm or dice.random() < DRAWN:
            found.append(Found(logit + off, win, 1.0, None if is_warm else DRAWN))
    return found


def test_predictions_and_findings_agree_over_everybody_afterwards() -> None:
    found = a_market(Random(7), off=0.8)
    by = correction(found)
    assert by is not None
    a, b = by
    assert abs(a - 1) < 0.1
    assert abs(b + 0.8) < 0.1


def test_where_the_warm_are_told_too_high_and_the_rest_too_low_the_slope_is_set() -> None:
    found = [replace(each, logit=1.5 * each.logit + 0.4) for each in a_market(Random(7), off=0.0)]
    by = correction(found)
    assert by is not None
    assert abs(by[0] - 1 / 1.5) < 0.06
    assert abs(by[1] + 0.4 / 1.5) < 0.1


def test_the_fewer_were_drawn_the_less_is_moved() -> None:
    def b_of(drawn: int) -> float:
        told = [Found(-2.0, n % 4 == 0, 1.0, DRAWN) for n in range(drawn)]
        by = correction([Found(0.0, n % 2 == 0, 1.0, None) for n in range(400)] + told)
        assert by is not None
        return abs(by[0] - 1) + abs(by[1])

    assert 0 < b_of(4) < b_of(40) < b_of(400)


def test_the_conversion_of_those_passed_over_is_told_by_those_drawn() -> None:
    dice = Random(7)
    truth = sum(sigmoid(x) for x in (dice.gauss(-2.5, 1.5) for _ in range(60_000)) if x <= -0.5)
    told = unrouted(a_market(Random(8), off=0))
    count = sum(dice.gauss(-2.5, 1.5) <= -0.5 for _ in range(60_000))
    assert told.share is not None
    assert abs(told.share / (truth / count) - 1) < 0.1


def test_where_nobody_was_drawn_nothing_is_moved_and_nothing_is_told() -> None:
    found = [Found(0.0, True, 1.0, None)] * 500
    assert correction(found) is None
    assert counting(found) == 0
    assert unrouted(found).share is None
    assert in_words(unrouted(found)) is None


def test_what_was_drawn_long_ago_counts_for_fewer() -> None:
    fresh = [Found(0.0, False, 1.0, DRAWN)] * 30
    old = [Found(0.0, False, 0.1, DRAWN)] * 30
    assert counting(fresh) == pytest.approx(30)
    assert 30 < counting(fresh + old) < 40


def test_the_bounds_hold_the_conversion_of_those_passed_over_in_nearly_all_markets() -> None:
    held, off = 0, 0.0
    for seed in range(100):
        dice = Random(seed)
        told = unrouted([Found(0.0, dice.random() < 0.1, 1.0, DRAWN) for _ in range(300)])
        assert told.share is not None
        assert told.low is not None
        assert told.high is not None
        held += told.low <= 0.1 <= told.high
        off += told.share - 0.1
    assert held >= 88
    assert abs(off / 100) < 0.01


def test_points_and_order_stay_as_they_were() -> None:
    card = a_card()
    other = moved(card, 0.8, -0.4)
    for features in ({}, {"person.seniority": "vp"}, {"points.fit": 50.0}):
        before, after = add_up(card, features), add_up(other, features)
        assert math.isclose(after.logit, 0.8 * before.logit - 0.4)
        assert math.isclose(
            on_scale(other.scales.points, after.logit), on_scale(card.scales.points, before.logit)
        )
        assert math.isclose(
            on_scale(other.scales.fit, after.fit), on_scale(card.scales.fit, before.fit)
        )
    assert other.id != card.id
