"""Whatever somebody typed, a feature is a finite number, a word that is not empty, or nothing."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prospects.kinds import Kind
from scoring.features.facts import MOST_PEOPLE, employees_of
from scoring.features.seeing import features_of
from scoring.features.tally import LONGEST
from scoring.features.values import value_of
from tests.scoring.people import DAY, NOW, act, somebody, written

RULES = written()
HUGE = 10**400
TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "\0",
            "\ud800",
            "9" * 400,
            "1e999",
            "x" * 5_000,
            "nan",
            "-5",
            "Europe",
            "http://[::1",
        ]
    ),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.just(HUGE), TEXT),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)


@given(text=TEXT, told=JSON, other=JSON)
@example(text="Europe", told=HUGE, other="9" * 400)
def test_every_feature_is_finite_or_a_word_or_nothing(text: str, told: Any, other: Any) -> None:
    acts = [
        act(kind, DAY, page=told, campaign=other, form=told)
        for kind in (Kind.PAGE_VIEW, Kind.FORM, Kind.REPLY)
    ]
    seen = somebody(*acts)
    assert seen.company is not None
    person = replace(
        seen.person,
        zone=text,
        title=text,
        country=text,
        email=f"a@{text}",
        phone=text,
        fields={"told": told, text: other},
    )
    company = replace(seen.company, fields={"employees": told, "industry": other, text: told})
    found = features_of(replace(seen, person=person, company=company), NOW, RULES)

    for name, value in found.items():
        assert value is None or isinstance(value, (int, float, str)), name
        assert isinstance(value, str | None) or math.isfinite(value), name
        assert not isinstance(value, str) or 0 < len(value) <= LONGEST, name


@pytest.mark.parametrize(
    ("given", "people"),
    [
        *[("1.5k", 1_500), ("1,5 K", 1_500), ("1.000", 1_000), ("10k+", 10_000), ("0", 0)],
        *[("-5", None), (-5, None), ("9" * 400, None), (HUGE, None), (math.inf, None)],
        *[(MOST_PEOPLE, MOST_PEOPLE), (MOST_PEOPLE * 2, None), ("1" * 200, None)],
    ],
)
def test_how_many_people_work_somewhere_is_a_number_of_people(
    given: object, people: float | None
) -> None:
    assert employees_of(given) == people


@pytest.mark.parametrize("given", [HUGE, -HUGE, math.inf, math.nan, "1e999", "", " ", [1], {}])
def test_what_is_no_number_is_none(given: object) -> None:
    assert not isinstance(value_of(given), float)
