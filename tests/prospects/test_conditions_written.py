"""Conditions are read strictly: a slip is named with its place and what would be right."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from prospects.conditions import Condition, ConditionError, Where, parse, parse_where, to_plain
from prospects.conditions.parse import DEEPEST
from prospects.conditions.tree import FieldIs, Op
from prospects.conditions.vocabulary import STANDARD

GOOD: dict[str, Any] = {"field": "country", "op": "eq", "value": "DE"}


@pytest.mark.parametrize(
    "plain",
    [
        GOOD,
        {"all": [GOOD, {"any": [GOOD, {"not": GOOD}]}]},
        {"field": "title", "op": "not_set"},
        {"field": "country", "op": "in", "value": ["DE", "AT", 7, True, 1.5]},
        {"field": "fields.how_big_is_your_team?", "op": "gte", "value": 50},
        {"field": "account.anything_imported", "op": "is_set"},
        {"activity": "form"},
        {"activity": "form", "where": {"field": "form", "op": "eq", "value": "demo"}},
        {"activity": "page_view", "within": "1w", "op": "gte", "value": 3},
    ],
)
def test_the_contracts_forms_are_read_and_written_back_the_same(plain: dict[str, Any]) -> None:
    assert to_plain(parse(plain)) == plain


def test_a_date_in_yaml_is_the_text_it_was() -> None:
    leaf = parse({"field": "fields.renewal", "op": "lt", "value": date(2026, 1, 31)})
    assert leaf == FieldIs("fields.renewal", Op.LT, "2026-01-31")


@pytest.mark.parametrize(
    ("plain", "place", "mend"),
    [
        ({"field": "cuntry", "op": "eq", "value": "DE"}, "field", "`country`"),
        ({"field": "account.domian", "op": "eq", "value": "x"}, "field", "`account.domain`"),
        ({"field": "budget", "op": "eq", "value": "x"}, "field", "fields.NAME"),
        ({"field": "fields.", "op": "eq", "value": "x"}, "field", ""),
        ({"field": 7, "op": "eq", "value": "x"}, "field", "name"),
        ({"field": "a\0b", "op": "eq", "value": "x"}, "field", "name"),
        ({"field": "country", "op": "qe", "value": "DE"}, "op", "`eq`"),
        ({"field": "country", "op": ["eq"], "value": "DE"}, "op", "`eq`"),
        ({"field": "country", "value": "DE"}, "op", "`eq`"),
        ({"field": "country", "op": "eq"}, "value", "not_set"),
        ({"field": "country", "op": "eq", "value": ["DE"]}, "value", "`in`"),
        ({"field": "country", "op": "in", "value": "DE"}, "value", "[DE, AT]"),
        ({"field": "country", "op": "in", "value": []}, "value", "[DE, AT]"),
        ({"field": "country", "op": "in", "value": ["DE", None]}, "value.1", "not_set"),
        ({"field": "country", "op": "is_set", "value": True}, "value", "leave"),
        ({"field": "country", "op": "gt", "value": True}, "value", "eq"),
        ({"field": "country", "op": "starts_with", "value": 5}, "value", "quotes"),
        ({"field": "points", "op": "gt", "value": float("nan")}, "value", "number"),
        ({"field": "points", "op": "gt", "value": 10**5000}, "value", "number"),
        ({"field": "country", "op": "eq", "value": "D\0E"}, "value", "text"),
        ({"field": "country", "op": "eq", "value": "x" * 1001}, "value", "text"),
        ({"field": "country", "op": "eq", "valu": "DE", "value": "DE"}, "valu", "`value`"),
        ({"field": "country", "op": "eq", "value": "DE", 7: 7}, "7", ""),
        ({10**5000: 1}, "a number", "`field`"),
        ({"fild": "country"}, "fild", "`field`"),
        ({"field": "lifecycle", "op": "eq", "value": "wonn"}, "value", "`won`"),
        ({"field": "seniority", "op": "in", "value": ["vp", "clevel"]}, "value", "`c_level`"),
        ({"activity": "forms"}, "activity", "`form`"),
        ({"activity": ["form"]}, "activity", ""),
        ({"activity": "form", "within": "7 days"}, "within", "30s"),
        ({"activity": "form", "op": "in", "value": 1}, "op", "gte"),
        ({"activity": "form", "value": -1}, "value", "whole"),
        ({"activity": "form", "value": True}, "value", "whole"),
        ({"activity": "form", "value": 1.5}, "value", "whole"),
        ({"activity": "form", "where": {"activity": "form"}}, "where", "field"),
        ({"activity": "form", "where": {"field": "form", "op": "is"}}, "where.op", "in"),
        ({"all": GOOD}, "all", "[{...}, {...}]"),
        ({"all": []}, "all", "leave it out"),
        ({"all": [GOOD], "any": [GOOD]}, "", "one {all"),
        ({"any": [GOOD, {"not": {"all": [{"field": "x", "op": "eq"}]}}]}, "any.1.not.all.0.field",
         "fields.NAME"),
        ({}, "", "`all`"),
        ([GOOD], "", "{all: [...]}"),
        ("country == DE", "", "{field: country"),
        (None, "", "{field: country"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_where_it_stands(plain: object, place: str, mend: str) -> None:
    with pytest.raises(ConditionError) as refusal:
        parse(plain)
    fault = refusal.value.faults[0]
    assert fault.place == place
    assert fault.reason
    assert mend in fault.mend


def test_every_slip_is_told_at_once_under_the_place_given() -> None:
    bad = {"all": [{"field": "country", "op": "eqq"}, GOOD, {"not": {"activity": "x"}}]}
    with pytest.raises(ConditionError) as refusal:
        parse(bad, place="exits.0.if")
    assert [fault.place for fault in refusal.value.faults] == [
        "exits.0.if.all.0.op",
        "exits.0.if.all.2.not.activity",
    ]


def test_stages_are_closed_once_the_workspace_names_them() -> None:
    leaf = {"field": "stage", "op": "eq", "value": "evalution"}
    assert parse(leaf)
    with pytest.raises(ConditionError, match="did you mean `evaluation`"):
        parse(leaf, STANDARD.with_stages(["awareness", "evaluation"]))


@pytest.mark.parametrize("key", ["not", "all", "where"])
def test_depth_has_an_end(key: str) -> None:
    plain: Any = GOOD
    for _ in range(5_000):
        plain = {"not": plain} if key == "not" else {"all": [plain]}
    with pytest.raises(ConditionError, match=f"nested deeper than {DEEPEST}"):
        parse({"activity": "form", "where": plain} if key == "where" else plain)


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda held: (
        st.lists(held, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "field", "op", "value", "activity", "where"]),
            held | st.sampled_from(["country", "form", "eq", "in", "is_set"]),
            max_size=4,
        )
    ),
)


@given(_anything)
def test_anything_is_read_or_refused(plain: object) -> None:
    for read in (parse, parse_where):
        try:
            tree = read(plain)
        except ConditionError:
            continue
        assert read(to_plain(tree)) == tree


class _Rule(BaseModel):
    condition: Condition = Field(alias="if")
    where: Where | None = None


def test_a_model_may_have_a_condition_field() -> None:
    plain = {"if": {"all": [GOOD]}, "where": {"field": "form", "op": "eq", "value": "demo"}}
    rule = _Rule.model_validate(plain)
    assert rule.condition == parse(plain["if"])
    assert rule.model_dump(mode="json", by_alias=True) == plain
    assert _Rule.model_validate_json(rule.model_dump_json(by_alias=True)) == rule
    assert _Rule.model_validate({"if": rule.condition}).where is None


def test_a_models_refusal_carries_every_place() -> None:
    with pytest.raises(ValidationError, match=r"all\.1\.op: `eqq`") as refusal:
        _Rule.model_validate({"if": {"all": [GOOD, {"field": "country", "op": "eqq"}]}})
    [error] = refusal.value.errors()
    assert (error["type"], error["loc"]) == ("condition", ("if",))
    assert error["ctx"]["faults"][0]["place"] == "all.1.op"


def test_a_model_reads_in_the_vocabulary_of_its_workspace() -> None:
    plain = {"if": {"field": "stage", "op": "eq", "value": "evalution"}}
    _Rule.model_validate(plain)
    with pytest.raises(ValidationError, match="evaluation"):
        _Rule.model_validate(plain, context={"vocabulary": STANDARD.with_stages(["evaluation"])})


def test_a_models_schema_tells_the_forms() -> None:
    schema = _Rule.model_json_schema(by_alias=True)["properties"]
    assert [form["required"][0] for form in schema["if"]["oneOf"]] == [
        "all", "any", "not", "field", "activity",
    ]  # fmt: skip
