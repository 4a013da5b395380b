"""A split: even over people, fixed for each of them, by weight."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.advance import Finish, Mail, advance, enter
from nurture.splitting import Split, way_of
from nurture.upcoming import upcoming
from nurture.wiring import FlowFaultsError
from prospects.ids import ProspectId
from tests.nurture.flows_for_tests import flow, person

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
PEOPLE = [ProspectId(UUID(int=n)) for n in range(2000)]
WEIGHTS = st.lists(st.integers(0, 1000), min_size=2, max_size=6).filter(any)
HALVES = [
    {"id": "half", "split": {"ways": [{"then": "long"}, {"then": "short"}]}},
    {"id": "long", "mail": {"template": "long"}, "next": "last"},
    {"id": "short", "mail": {"template": "short"}},
    {"id": "last", "mail": {"template": "last"}},
]


def split(weights: list[int]) -> Split:
    ways = [{"then": str(n), "weight": weight} for n, weight in enumerate(weights)]
    return Split.model_validate({"ways": ways})


@given(WEIGHTS, st.uuids(), st.text(max_size=5), st.text(max_size=5))
def test_everybody_goes_one_open_way_and_the_same_each_time(
    weights: list[int], who: UUID, slug: str, step: str
) -> None:
    way = way_of(split(weights), ProspectId(who), slug, step)
    assert weights[int(way)] > 0
    assert way == way_of(split(weights), ProspectId(who), slug, step)


@given(WEIGHTS.filter(lambda weights: sum(weights) > 5))
def test_people_are_spread_by_the_weights(weights: list[int]) -> None:
    went = Counter(way_of(split(weights), who, "f", "s") for who in PEOPLE)
    total = sum(weights)
    for n, weight in enumerate(weights):
        # Five standard deviations of a share of 2,000 people, at its widest.
        assert abs(went[str(n)] / len(PEOPLE) - weight / total) < 5 * 0.5 / len(PEOPLE) ** 0.5


@given(WEIGHTS, st.data())
def test_moving_weight_to_a_neighbour_moves_nobody_else(
    weights: list[int], data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, len(weights) - 2))
    moved = data.draw(st.integers(0, min(weights[n], 1000 - weights[n + 1])))
    after = [*weights]
    after[n] -= moved
    after[n + 1] += moved
    for who in PEOPLE[:200]:
        was, is_now = (int(way_of(split(each), who, "f", "s")) for each in (weights, after))
        assert was == is_now or (was, is_now) == (n, n + 1)


def test_two_splits_are_independent() -> None:
    even = split([1, 1])
    both = Counter(
        (way_of(even, who, "f", "first"), way_of(even, who, "f", "second")) for who in PEOPLE
    )
    assert all(400 < count < 600 for count in both.values())
    assert len(both) == 4


def test_whoever_comes_back_goes_the_same_way_and_the_brief_knows_it() -> None:
    halves = flow(HALVES)
    for who in PEOPLE[:20]:
        seen = person(NOW, prospect_id=who)
        place = enter(seen, halves, NOW)
        first = advance(seen, halves, place, NOW)
        assert advance(seen, halves, enter(seen, halves, NOW), NOW).effects == first.effects
        assert first.rest == Finish()
        mailed = [each.template for each in first.effects if isinstance(each, Mail)]
        expected = [each.template for each in upcoming(who, halves, place, now=NOW)]
        assert mailed == expected
        assert mailed in (["long", "last"], ["short", "last"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"ways": [{"then": "last"}]}, "at least 2"),
        ({"ways": [{"then": "last", "weight": 0}] * 2}, "a weight above 0"),
        (
            {"ways": [{"then": "last", "weight": -1}, {"then": "last"}]},
            "greater than or equal to 0",
        ),
        ({"ways": [{"then": "lost"}, {"then": "last"}]}, "there is no step `lost`"),
    ],
)
def test_a_split_that_cannot_be_is_refused(written: dict[str, object], said: str) -> None:
    with pytest.raises(FlowFaultsError) as caught:
        flow([{"id": "half", "split": written}, {"id": "last", "wait": "1d"}])
    assert said in str(caught.value)
