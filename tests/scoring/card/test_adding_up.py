"""A card is data, and scoring by it is adding up."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scoring.card.adding import add_up, on_scale, sigmoid
from scoring.card.card import Calibration, Card, Label, Rung, Scales, Window, dumped, read, written
from scoring.card.terms import Levels, Line, Side, Steps, Value
from scoring.features.registry import VERSION

STEPS = Steps(
    feature="did.form.count", side=Side.ENGAGEMENT, edges=(0, 2), weights=(-1, 0.5, 2), missing=-0.2
)
LEVELS = Levels(
    feature="person.seniority", side=Side.FIT, weights={"vp": 1.5}, other=-0.3, missing=-0.1
)
LINE = Line(feature="points.fit", side=Side.FIT, slope=0.1, centre=20, low=0, high=50, missing=0)


def a_card(*terms: Steps | Levels | Line) -> Card:
    return Card(
        rung=Rung.SCORECARD,
        feature_version=VERSION,
        label=Label(name="found evaluation or later", positive="evaluation", horizon_days=30),
        intercept=-2.0,
        terms=terms or (STEPS, LEVELS, LINE),
        calibration=Calibration(passed=True),
        scales=Scales(
            fit=((-1, 0), (1, 100)), engagement=((-1, 0), (1, 100)), points=((-4, 0), (4, 100))
        ),
        window=Window(rows=100, positives=20, sha256="0" * 64),
        trained_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.floats(), st.integers(-9, 99), st.sampled_from(["vp", "entry", ""])
)


@given(st.fixed_dictionaries({t.feature: VALUES for t in (STEPS, LEVELS, LINE)}))
def test_what_the_lines_say_adds_up_to_the_logit_whatever_is_known(
    features: dict[str, Value],
) -> None:
    card = a_card()
    added = add_up(card, features)
    assert math.isfinite(added.logit)
    assert card.intercept + sum(share for *_, share in added.lines) == pytest.approx(
        added.logit, abs=1e-9
    )
    assert card.intercept + added.fit + added.engagement == pytest.approx(added.logit, abs=1e-9)
    assert 0 <= added.probability <= 1


@pytest.mark.parametrize(
    ("value", "share"),
    [
        (-5, -1),
        (0, -1),
        (0.5, 0.5),
        (2, 0.5),
        (2.1, 2),
        (None, -0.2),
        (math.nan, -0.2),
        ("2", -0.2),
    ],
)
def test_a_number_at_an_edge_belongs_to_the_step_below_it(value: Value, share: float) -> None:
    assert add_up(a_card(STEPS), {STEPS.feature: value}).engagement == share


def test_a_word_nobody_was_trained_on_counts_as_another_and_none_as_missing() -> None:
    card = a_card(LEVELS)
    shares = [add_up(card, {LEVELS.feature: word}).fit for word in ("vp", "intern", None, 3.0)]
    assert shares == [1.5, -0.3, -0.1, -0.1]


def test_a_line_counts_no_further_than_its_bounds() -> None:
    card = a_card(LINE)
    shares = [add_up(card, {LINE.feature: points}).fit for points in (-10, 20, 70)]
    assert shares == pytest.approx([-2.0, 0.0, 3.0])


def test_a_card_comes_back_from_its_text_and_has_a_name_made_from_it() -> None:
    card = a_card()
    assert read(written(card)) == card
    assert read(written(card)).id == card.id
    assert card.model_copy(update={"intercept": -2.0000001}).id != card.id
    assert len(dumped(card)) < 2000


def test_a_card_that_says_nonsense_is_refused() -> None:
    document = written(a_card())
    document["terms"][0]["weights"] = [1.0]
    with pytest.raises(ValidationError, match="one weight more than edges"):
        read(document)


def test_a_scale_is_straight_between_its_knots_and_flat_beyond_them() -> None:
    knots = ((0.0, 0.0), (1.0, 50.0), (3.0, 100.0))
    figures = [on_scale(knots, x) for x in (-1, 0, 0.5, 1, 2, 3, 9)]
    assert figures == [0, 0, 25, 50, 75, 100, 100]
    assert on_scale((), 1.0) == 0.0


@pytest.mark.parametrize("logit", [-1e4, -3.0, 0.0, 3.0, 1e4])
def test_a_logit_of_any_size_is_a_probability(logit: float) -> None:
    assert sigmoid(logit) + sigmoid(-logit) == pytest.approx(1)
