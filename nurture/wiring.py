"""Reads a flow as a marketer wrote it, and checks where its steps lead. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from nurture.flow import Branch, Flow, Mailing
from nurture.part import SLUG
from nurture.setting import Setting
from nurture.splitting import Split
from prospects.faults import Fault, FaultyError, listed, nearest
from prospects.kinds import Kind
from prospects.shapes import faults_in


class FlowFaultsError(FaultyError):
    """This flow cannot be used as written."""


def read_flow(document: Mapping[str, Any]) -> Flow:
    """The flow in a file's document; raises FlowFaultsError with every mistake and its place."""
    try:
        flow = Flow.model_validate(document)
    except ValidationError as error:
        faults = faults_in(error, Flow)
        raise FlowFaultsError(*faults, *_besides(document, faults)) from None
    if faults := wiring_faults(flow):
        raise FlowFaultsError(*faults)
    return flow


def wiring_faults(flow: Flow) -> list[Fault]:
    """Doubled ids, targets that do not exist, steps nobody reaches, circles without a wait."""
    return _misled(flow) or [*_unreached(flow), *_breathless(flow)]


def _besides(document: Mapping[str, Any], faults: Sequence[Fault]) -> list[Fault]:
    """What else is wrong with where the steps lead, as if those that cannot be read did nothing."""
    steps = document.get("steps")
    if not isinstance(steps, list):
        return []
    broken = {fault.place.split(".")[1] for fault in faults if fault.place.startswith("steps.")}
    whole = [_still(n, each) if str(n) in broken else each for n, each in enumerate(steps)]
    try:
        rest = {"flow": "rest", "enter": {"activity": Kind.FORM}, "steps": whole}
        return _misled(Flow.model_validate(rest))
    except ValidationError:
        return []


def _still(number: int, step: object) -> dict[str, Any]:
    """A step that does nothing but lead on, under the name that others know it by."""
    said = step if isinstance(step, Mapping) else {}
    name, onward = said.get("id"), said.get("next")
    known = isinstance(name, str) and re.fullmatch(SLUG, name)
    return {
        "id": name if known else f"{number}-unnamed",
        "next": onward if isinstance(onward, str) else None,
        "wait": "1s",
    }


def _misled(flow: Flow) -> list[Fault]:
    """Doubled ids, and targets that do not exist."""
    ids = [step.id for step in flow.steps]
    doubled = [
        Fault(f"steps.{i}.id", f"`{name}` is used twice", "give each step an id of its own")
        for i, name in enumerate(ids)
        if name in ids[:i]
    ]
    lost = [
        Fault(f"steps.{i}.{place}", f"there is no step `{target}`", nearest(target, ids))
        for i, step in enumerate(flow.steps)
        for place, target in flow.ways(step)
        if target is not None and target not in flow.by_id
    ]
    return [*doubled, *lost]


def _unreached(flow: Flow) -> list[Fault]:
    reached: set[str] = set()
    waiting = [flow.steps[0].id]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(to for _, to in flow.ways(flow.by_id[name]) if to)
    mend = "lead to it by `next`, `then` or `else`, or take it away"
    return [
        Fault(f"steps.{i}", f"no step leads to `{step.id}`", mend)
        for i, step in enumerate(flow.steps)
        if step.id not in reached
    ]


def _breathless(flow: Flow) -> list[Fault]:
    """Steps on a circle in which nobody ever waits."""
    quick = {
        step.id: [to for _, to in flow.ways(step) if to]
        for step in flow.steps
        if isinstance(step.action, Mailing | Branch | Split | Setting)
    }
    # Whatever leads out of the quick steps ends there; what is left over runs in circles.
    while ends := [name for name, to in quick.items() if not any(t in quick for t in to)]:
        for name in ends:
            del quick[name]
    place = next((i for i, step in enumerate(flow.steps) if step.id in quick), None)
    if place is None:
        return []
    words = f"{listed(sorted(quick))} run in a circle without a wait"
    return [Fault(f"steps.{place}", words, "put a `wait` into the circle")]
