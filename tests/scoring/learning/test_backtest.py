"""A model on leads whose fate is known since, beside the points; and how far people have changed."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from scoring.card.terms import Line, Side
from scoring.learning.backtest import FEW, Ended, auc, backtest
from scoring.learning.shares import LOOK, psi, spread, unseen
from tests.scoring.card.test_adding_up import a_card


def test_who_bought_and_was_ranked_higher_is_counted_in_words() -> None:
    """Points put the buyers in the middle, the model puts ten of twelve on top and two at the bottom."""
    others = [Ended(float(n), 0.3, False) for n in range(0, 100, 2)]
    buyers = [Ended(51.0, 0.9, True)] * 10 + [Ended(51.0, 0.1, True)] * 2
    told = backtest([*others, *buyers])
    assert (told.higher, told.lower) == (10, 2)
    assert "would have ranked 10 of 12 later buyers higher" in " ".join(told.words)
    assert [each.rows for each in told.calibration] == [12, 12, 13, 12, 13]


def test_too_few_are_said_to_be_too_few() -> None:
    told = backtest([Ended(1.0, 0.5, True)] * 3 + [Ended(0.0, 0.5, False)] * 50)
    assert told.auc_points is None
    assert told.words == ["Not yet: 7 more findings are needed of one kind or the other."]


def test_without_a_model_only_the_points_are_spoken_of() -> None:
    told = backtest([Ended(float(n % 9), None, n % 3 == 0) for n in range(FEW * 6)])
    assert told.auc_points is not None
    assert (told.auc_model, told.higher, told.calibration) == (None, None, ())


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_share_of_pairs_in_order_is_the_usual_auc(pairs: list[tuple[int, bool]]) -> None:
    figures, won = [float(x) for x, _ in pairs], [win for _, win in pairs]
    if 0 < sum(won) < len(won):
        assert abs(auc(figures, won) - roc_auc_score(won, figures)) < 1e-12


def test_people_as_before_have_not_drifted_and_others_have() -> None:
    card, dice = a_card(), Random(7)

    def people(seniors: float, word: str = "vp") -> list[dict[str, float | str | None]]:
        return [
            {
                "person.seniority": word if dice.random() < seniors else None,
                "did.form.count": float(dice.randrange(4)),
            }
            for _ in range(500)
        ]

    before, same, other = (spread(card, people(share)) for share in (0.3, 0.3, 0.8))
    assert abs(sum(before["did.form.count"].values()) - 1) < 1e-9
    assert psi(before["person.seniority"], same["person.seniority"]) < 0.02
    assert psi(before["person.seniority"], other["person.seniority"]) > LOOK
    assert unseen(card, spread(card, people(0.5, "wizard")))["person.seniority"] > 0.4
    assert unseen(card, same)["person.seniority"] == 0


def test_a_figure_that_counts_in_proportion_is_spread_over_ten_stretches() -> None:
    line = Line(
        feature="points.fit", side=Side.FIT, slope=0.1, centre=9, low=10, high=50, missing=0
    )
    card = a_card().model_copy(update={"terms": (line,)})
    people = [{"points.fit": at} for at in (-5.0, 10.0, 29.9, 30.0, 50.0, 99.0, None, "x")]
    assert spread(card, people) == {
        "points.fit": {"0": 0.25, "4": 0.125, "5": 0.125, "9": 0.25, "missing": 0.25}
    }
