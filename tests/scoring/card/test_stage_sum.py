"""A table's terms made ready add up to the same as one by one; and what fades need not be counted again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.kinds import Kind
from scoring.acting import moves
from scoring.card.stage_sum import stage_sum
from scoring.card.stage_table import StageTable
from scoring.card.stage_terms import Growing, Sorts, weigh_stages
from scoring.card.terms import Line, Side, Value
from scoring.fading import faded, fades
from scoring.features.registry import REGISTRY
from scoring.features.seeing import features_of, state_of
from scoring.features.tally import in_sight, micros
from scoring.stage_evidence import DAY, Matched, lately
from tests.scoring.people import DAY as ONE_DAY
from tests.scoring.people import NOW, act, somebody, written

DID = Growing(
    feature="did.form.recent_7d", side=Side.ENGAGEMENT, centre=0.4, most=6,
    weights=(0.2, -1.0, 3.0), missing=(0.1, 0.2, 0.3),
)  # fmt: skip
EVER = DID.model_copy(update={"feature": "did.any.days_since_first", "most": 100, "centre": 2.5})
WHO = Sorts(
    feature="person.seniority", side=Side.FIT, weights={"vp": (1, 2, 3)}, other=(0, 0.5, 0),
    missing=(-1, 0, 1),
)  # fmt: skip
LINE = Line(
    feature="did.page_view.recent_30d", side=Side.ENGAGEMENT, slope=0.5, centre=1, low=0, high=9,
    missing=0.25,
)  # fmt: skip
AGAIN = DID.model_copy(update={"feature": "did.form.recent_30d", "least": 2.5, "centre": 1.5})
TERMS = (DID, WHO, EVER, LINE, AGAIN)
TABLE = StageTable(ladder=("one", "two", "three"), cuts=(0, 0, 0), terms=TERMS)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.floats(), st.integers(-9, 99), st.sampled_from(["vp", "entry", ""])
)


@given(st.dictionaries(st.sampled_from([term.feature for term in TERMS]), VALUES))
def test_terms_made_ready_add_what_they_add_one_by_one(seen: dict[str, Value]) -> None:
    each = [weigh_stages(term, seen.get(term.feature), 3) for term in TERMS]
    one_by_one = [sum(shares) for shares in zip(*each, strict=True)]
    assert stage_sum(TABLE).of(seen) == pytest.approx(one_by_one, abs=1e-9)


def test_beyond_what_was_seen_in_training_a_number_adds_no_more() -> None:
    at = [weigh_stages(AGAIN, value, 3) for value in (0, 1.0, 2.5, 6, 1e9)]
    assert at[0] == at[1] == at[2] != at[3] == at[4]


def test_a_term_without_a_least_is_written_as_ever() -> None:
    assert "least" not in DID.model_dump(mode="json")
    assert Growing.model_validate(AGAIN.model_dump(mode="json")) == AGAIN


def test_another_table_is_made_ready_anew() -> None:
    other = TABLE.model_copy(update={"terms": (WHO,)})
    assert stage_sum(other).of({"person.seniority": "vp"}) == [1, 2, 3]
    assert stage_sum(TABLE) is stage_sum(TABLE)
    assert stage_sum(TABLE).others == (WHO, LINE)


@given(st.lists(st.floats(0, 200 * DAY), max_size=5), st.floats(0, 400 * DAY))
def test_what_fades_is_what_would_be_counted_then(ages: list[float], passed: float) -> None:
    acts = [act(Kind.FORM, ONE_DAY) for _ in ages]
    now = Matched(0, "evidence.two.0a", acts, ages)
    then = Matched(0, "evidence.two.0a", acts, [age + passed for age in ages])
    later: dict[str, Value] = faded(lately([now]), passed)
    assert later == pytest.approx(lately([then]), rel=1e-9, abs=1e-12)


@given(st.lists(st.integers(0, 99 * 24 * 60), max_size=6), st.integers(1, 60 * 24 * 60))
def test_features_of_acts_fade_as_they_would_be_made_anew(ages: list[int], later: int) -> None:
    acts = [act(Kind.FORM, timedelta(minutes=age)) for age in ages]
    seen = somebody(*acts)
    state = state_of(seen, NOW, written())
    fading = [name for name in REGISTRY if moves(name) and fades(name)]
    passed = min(later * 60.0, in_sight(state.tally, micros(NOW)) - 60)
    at = NOW + timedelta(seconds=max(passed, 0))
    now, then = (features_of(seen, when, written(), fading) for when in (NOW, at))

    told = faded(now, (at - NOW).total_seconds())
    assert [n for n in told if told[n] is None] == [n for n in then if then[n] is None]
    known = {name: value for name, value in then.items() if value is not None}
    assert {n: told[n] for n in known} == pytest.approx(known, rel=1e-9, abs=1e-9)
