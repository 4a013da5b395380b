"""Flows and people for the tests of nurture."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from nurture.flow import Flow
from nurture.wiring import read_flow
from prospects.ids import ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.values import Activity, Lifecycle, Person, Snapshot

STAGES = ("awareness", "consideration", "evaluation", "decision", "customer")
CONSIDERED: dict[str, Any] = {
    "flow": "considered",
    "enter": {
        "activity": "form",
        "where": {"field": "form", "op": "eq", "value": "guide"},
        "again": "90d",
    },
    "exits": [
        {"if": {"field": "lifecycle", "op": "eq", "value": "won"}, "reason": "bought"},
    ],
    "steps": [
        {"id": "hello", "mail": {"template": "hello", "topic": "newsletter"}},
        {"id": "pause", "wait": "2d"},
        {
            "id": "look",
            "wait_for": {
                "first": [{"activity": "click", "then": "deep"}],
                "within": "5d",
                "else": "nudge",
            },
        },
        {"id": "nudge", "mail": {"template": "nudge", "topic": "newsletter"}, "next": "sort"},
        {"id": "deep", "mail": {"template": "deep", "topic": "newsletter"}},
        {
            "id": "sort",
            "branch": {
                "when": [{"if": {"field": "points", "op": "gte", "value": 60}, "then": "go"}],
                "else": "end",
            },
        },
        {"id": "go", "hand_off": {"lane": "fast"}},
        {"id": "end", "exit": {"reason": "done"}},
    ],
}


def flow(steps: Sequence[Mapping[str, Any]], **more: Any) -> Flow:
    """A flow of these steps that a form lets people into."""
    return read_flow({"flow": "f", "enter": {"activity": "form"}, "steps": list(steps), **more})


def activity(kind: str, at: datetime, *, learned: datetime | None = None, **body: Any) -> Activity:
    """Something that happened."""
    return Activity(ActivityId(uuid4()), Kind(kind), at, learned or at, "test", body)


def person(now: datetime, *activities: Activity, zone: str | None = None, **more: Any) -> Snapshot:
    """What is known of somebody at an instant."""
    return Snapshot(
        prospect_id=ProspectId(more.pop("prospect_id", None) or uuid4()),
        as_of=now,
        person=replace(
            more.pop("about", Person()), email="ada@buyer.example", name="Ada Lovelace", zone=zone
        ),
        company=None,
        activities=sorted(activities, key=lambda each: each.happened_at),
        lifecycle=more.pop("lifecycle", Lifecycle.NURTURING),
        stages=STAGES,
        **more,
    )
