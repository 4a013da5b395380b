"""What is served is what was trained for rows like none that were trained on: missing, unseen, huge, negative, empty."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from scoring.card.adding import add_up
from scoring.card.card import Calibration, Card, Rung
from scoring.card.terms import Value
from scoring.training import boosted, carding, scorecard
from scoring.training.additive_sum import AdditiveSum
from scoring.training.binning import bins, coded
from scoring.training.table import Points, Table, numbers, words
from tests.scoring.training.tables import PLAN, buyers

NUMBERS = (math.nan, 0.0, -0.0, -1.0, 1e-300, 1e300, -1e300, 1.7e308, -1.7e308, 2.5, 5.0)
WORDS = (None, "", " ", "vp", "ad", "VP", "nobody wrote this", "ad\n", "9" * 500, "☃")
ROWS = tuple(product(NUMBERS, WORDS, WORDS))
TABLE = buyers(1200, points=True)


def _wild() -> Table:
    """Every number with every word in both columns; what the trained columns are beside them does not matter."""
    visits, level, source = zip(*ROWS, strict=True)
    rows = len(ROWS)
    told = {
        "visits": numbers(np.array(visits)),
        "level": words(level),
        "source": words(source),
        "noise": numbers(np.full(rows, 0.3)),
        "shade": words(["shade 1"] * rows),
    }
    sides = {name: replace(each, side=TABLE.columns[name].side) for name, each in told.items()}
    return Table(sides, np.zeros(rows), points=Points(np.full(rows, -1e9), np.full(rows, 1e9)))


def _features(row: int) -> dict[str, Value]:
    visits, level, source = ROWS[row]
    found: dict[str, Value] = {"visits": visits, "level": level, "source": source}
    points = {"points.fit": -1e9, "points.engagement": 1e9}
    return {**found, **points, "noise": 0.3, "shade": "shade 1"}


def _assert_same(card: Card, trained: np.ndarray) -> None:
    for row in range(len(ROWS)):
        added = add_up(card, _features(row))
        assert added.logit == pytest.approx(float(trained[row]), abs=1e-9)
        shares = math.fsum(share for *_, share in added.lines)
        assert card.intercept + shares == pytest.approx(added.logit, abs=1e-9)


def _card(fitted: AdditiveSum, rung: Rung) -> Card:
    return carding.card_of(fitted, TABLE, plan=PLAN, rung=rung, calibration=Calibration())


def test_boosted_trees_say_of_wild_rows_what_their_card_says() -> None:
    """In a bin that nobody was in the trees say what they happen to say, and the card nothing."""
    fitted, wild = boosted.fit(TABLE, 7), _wild()
    card = _card(fitted, Rung.ADDITIVE)
    _assert_same(card, fitted.logits(wild))
    _assert_same(card, carding.logits(card, wild))

    whole, told = TABLE.with_points(), wild.with_points()
    made = bins(whole, most=boosted.MOST)
    rounds, a, b = boosted.held_back(made, whole, 7)
    codes, before = coded(made, told), coded(made, whole)
    known = np.all([np.isin(codes[name], before[name]) for name in made], axis=0)
    trees = boosted.trees(made, whole, 7, rounds)
    trained = a * trees.decision_function(boosted.inputs(made, codes)) + b
    assert known.sum() >= 20
    assert np.abs(fitted.logits(wild) - trained)[known].max() <= 1e-9


def test_a_scorecard_says_of_wild_rows_what_its_card_says() -> None:
    fitted, wild = scorecard.fit(TABLE), _wild()
    card = _card(fitted, Rung.SCORECARD)
    _assert_same(card, fitted.logits(wild))
    _assert_same(card, carding.logits(card, wild))
