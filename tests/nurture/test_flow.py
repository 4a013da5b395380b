"""A flow's file is understood whole, or refused with every mistake, its place and its mend."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from nurture.flow import WaitFor
from nurture.wiring import FlowFaultsError, read_flow
from tests.nurture.flows_for_tests import CONSIDERED, flow


def faults(document: Any) -> list[str]:
    with pytest.raises(FlowFaultsError) as refused:
        read_flow(document)
    return [str(fault) for fault in refused.value.faults]


def changed(**top: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CONSIDERED), **top}


def with_step(step: dict[str, Any]) -> dict[str, Any]:
    document = changed()
    document["steps"][1] = step
    return document


def test_the_contracts_flow_is_understood() -> None:
    found = read_flow(CONSIDERED)
    assert [step.id for step in found.steps][:2] == ["hello", "pause"]
    assert found.by_id["pause"].action == timedelta(days=2)
    look = found.by_id["look"].action
    assert isinstance(look, WaitFor)
    assert look.within == timedelta(days=5)
    assert found.after(found.by_id["deep"]) == "sort"
    assert found.after(found.by_id["nudge"]) == "sort"
    assert found.after(found.by_id["end"]) is None


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"id": "pause", "wait": "2 days"}, "steps.1.wait"),
        ({"id": "pause", "wait": "0s"}, "at least a second"),
        ({"id": "pause", "wiat": "2d"}, "did you mean `wait`?"),
        ({"id": "pause", "set": {"field": "fields.x"}}, "write a `value`"),
        ({"id": "pause", "set": {"field": "email", "value": "x"}}, "`fields.NAME`"),
        ({"id": "pause", "set": {"tag": "a", "field": "fields.x"}}, "one of `field` and `tag`"),
        ({"id": "pause", "set": {"tag": "hot", "value": 3}}, "taken off with false"),
        ({"id": "pause", "set": {"tag": "Hot!"}}, "steps.1.set.tag"),
        ({"id": "pause", "set": {"field": "fields.x", "value": [1]}}, "steps.1.set.value"),
        ({"id": "pause", "split": {}}, "steps.1.split.ways"),
        ({"id": "pause"}, "write exactly one of"),
        ({"id": "pause", "wait": "2d", "exit": {"reason": "x"}}, "write exactly one of"),
        ({"id": "pause", "wait": "2d", "next": "lok"}, "did you mean `look`?"),
        ({"id": "hello", "wait": "2d"}, "`hello` is used twice"),
        ({"id": "Pause!", "wait": "2d"}, "steps.1.id"),
        (
            {
                "id": "p",
                "wait_for": {"first": [{"activity": "clik", "then": "look"}], "within": "1d"},
            },
            "did you mean `click`?",
        ),
        (
            {
                "id": "p",
                "wait_for": {"first": [{"activity": "click", "then": "x"}], "within": "1d"},
            },
            "steps.1.wait_for.first.0.then: there is no step `x`",
        ),
        (
            {
                "id": "p",
                "branch": {
                    "when": [{"if": {"field": "pionts", "op": "gte", "value": 1}, "then": "look"}]
                },
            },
            "steps.1.branch.when.0.if.field",
        ),
        ({"id": "p", "branch": {"when": [], "else": "look"}}, "steps.1.branch.when"),
    ],
)
def test_a_step_with_a_mistake_is_refused_at_its_place(step: dict[str, Any], said: str) -> None:
    found = faults(with_step(step))
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("enter", "said"),
    [
        ({"segment": "vips", "stage": "decision"}, "write one of"),
        ({}, "write one of `activity`, `stage`, `verdict`"),
        ({"activity": "form", "stage": "decision"}, "write one of"),
        (
            {"stage": "decision", "where": {"field": "a", "op": "is_set"}},
            "belongs to an `activity`",
        ),
        ({"activity": "fom"}, "did you mean `form`?"),
        ({"activity": "form", "again": "sometimes"}, "enter.again"),
        ({"verdict": "sooner"}, "enter.verdict"),
    ],
)
def test_an_entry_with_a_mistake_is_refused(enter: dict[str, Any], said: str) -> None:
    found = faults(changed(enter=enter))
    assert any(said in fault for fault in found), found


def test_every_mistake_is_said_at_once() -> None:
    document = changed(enter={"segmnt": "x"})
    document["steps"][1] = {"id": "pause", "wait": "soon"}
    assert len(faults(document)) == 2


def test_a_step_that_nobody_reaches_is_refused() -> None:
    found = faults(with_step({"id": "pause", "exit": {"reason": "x"}}))
    assert any("no step leads to `look`" in fault for fault in found)


def test_a_circle_without_a_wait_is_refused() -> None:
    steps = [
        {"id": "a", "mail": {"template": "a"}},
        {
            "id": "b",
            "branch": {
                "when": [{"if": {"field": "warm", "op": "eq", "value": True}, "then": "c"}],
                "else": "a",
            },
        },
        {"id": "c", "exit": {"reason": "x"}},
    ]
    with pytest.raises(FlowFaultsError, match="circle without a wait"):
        flow(steps)


def test_a_circle_with_a_wait_is_a_newsletter() -> None:
    steps = [{"id": "a", "mail": {"template": "a"}}, {"id": "b", "wait": "7d", "next": "a"}]
    assert len(flow(steps).steps) == 2


def test_conditions_that_look_equal_to_python_stay_different() -> None:
    def branch(value: Any) -> Any:
        case = {"if": {"field": "fields.n", "op": "eq", "value": value}, "then": "b"}
        steps = [{"id": "a", "branch": {"when": [case], "else": "b"}}, {"id": "b", "wait": "1d"}]
        return flow(steps).by_id["a"].branch.when[0]  # type: ignore[union-attr]

    assert branch(1).holds is not branch(True).holds
