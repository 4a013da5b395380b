"""What holds while a workspace has set nothing: a ladder of five stages, points and evidence.

The figures are starting points of our own, in proportions that rule sets of other systems share (a
demo request far above a page view); a marketer changes them in scoring.yaml, and a model trained on
verdicts replaces them. `docs/scoring.md` explains them line by line.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from prospects.ladder import LADDER as LADDER
from prospects.ladder import STAGES as STAGES

HALF_LIFE = timedelta(days=14)
EVIDENCE_HALF_LIFE = timedelta(days=30)
HOLD = timedelta(days=30)
"""How long a rep's finding is believed without new evidence."""
WITHIN = timedelta(days=30)
"""By when after the offer a rep must have found what a model learns to foresee."""
RETRAIN = timedelta(days=7)
SHADOW = timedelta(days=7)
"""How long a new model only says what it would have said."""

EXPLORE = 0.05
"""Of people nobody is asked about: without them a model that scores hears only of those it chose itself."""

Written = Mapping[str, Any]


def _is(field: str, op: str, value: object = None) -> Written:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def _any_contains(field: str, *parts: str) -> Written:
    return {"any": [_is(field, "contains", part) for part in parts]}


_PRICING = _any_contains("page", "pricing", "preise")
_ASKS_FOR_A_LOOK = _any_contains("form", "demo", "trial", "contact", "pricing")
_ASKS_FOR_AN_OFFER = _any_contains("form", "quote", "offer", "contract", "order")

FIT: Written = {
    "cap": 50,
    "rules": [
        {
            "name": "decides",
            "if": _is("seniority", "in", ["director", "vp", "c_level"]),
            "points": 25,
            "text": "Decides, going by the title",
        },
        {
            "name": "leads",
            "if": _is("seniority", "eq", "manager"),
            "points": 15,
            "text": "Leads a team, going by the title",
        },
        {
            "name": "company",
            "if": _is("account.domain", "is_set"),
            "points": 15,
            "text": "Writes from a company's address",
        },
        {
            "name": "reachable",
            "if": _is("phone", "is_set"),
            "points": 10,
            "text": "Left a phone number",
        },
    ],
}

ENGAGEMENT: Written = {
    "cap": 50,
    "half_life": "14d",
    "rules": [
        {
            "name": "asked",
            "activity": "form",
            "where": _ASKS_FOR_A_LOOK,
            "points": 25,
            "cap": 40,
        },
        {"name": "form", "activity": "form", "points": 10, "cap": 20},
        {"name": "pricing", "activity": "page_view", "where": _PRICING, "points": 8, "cap": 24},
        {"name": "page", "activity": "page_view", "points": 1, "cap": 8},
        {"name": "ad", "activity": "ad_click", "points": 3, "cap": 6},
        {"name": "click", "activity": "click", "points": 4, "cap": 16},
        {"name": "reply", "activity": "reply", "points": 20, "cap": 30},
        {"name": "download", "activity": "download", "points": 8, "cap": 16},
        {"name": "webinar", "activity": "webinar", "points": 12, "cap": 24},
        {"name": "event", "activity": "event", "points": 10, "cap": 20},
        {"name": "chat", "activity": "chat", "points": 10, "cap": 20},
        {"name": "call", "activity": "call", "points": 15, "cap": 30},
        {"name": "meeting", "activity": "meeting", "points": 30, "cap": 40},
        {"name": "trial", "activity": "trial", "points": 25, "cap": 40},
        {"name": "purchase", "activity": "purchase", "points": 30},
    ],
}

EVIDENCE: tuple[Written, ...] = (
    {"stage": "awareness", "activity": "form", "weight": 1.5, "half_life": "60d"},
    {"stage": "awareness", "activity": "ad_click", "weight": 0.5},
    {"stage": "awareness", "activity": "page_view", "weight": 0.3},
    {"stage": "awareness", "activity": "click", "weight": 0.5},
    {"stage": "consideration", "activity": "download", "weight": 1, "half_life": "45d"},
    {"stage": "consideration", "activity": "webinar", "weight": 1.5, "half_life": "45d"},
    {"stage": "consideration", "activity": "event", "weight": 1, "half_life": "45d"},
    {"stage": "consideration", "activity": "click", "weight": 0.4},
    {"stage": "evaluation", "activity": "page_view", "where": _PRICING, "weight": 0.5,
     "half_life": "21d"},
    {"stage": "evaluation", "activity": "form", "where": _ASKS_FOR_A_LOOK, "weight": 3},
    {"stage": "evaluation", "activity": "reply", "weight": 1},
    {"stage": "evaluation", "activity": "meeting", "weight": 2},
    {"stage": "evaluation", "activity": "trial", "weight": 3, "half_life": "45d"},
    {"stage": "decision", "activity": "form", "where": _ASKS_FOR_AN_OFFER, "weight": 3},
    {"stage": "customer", "activity": "purchase", "weight": 5, "half_life": "52w"},
)  # fmt: skip


def scoring(ladder: Collection[str]) -> dict[str, Any]:
    """scoring.yaml as if written, for a workspace with these stages: what names others is left out."""
    warm = {"points": 60, "leave_points": 45}
    return {
        "warm": warm | ({"stage": "evaluation"} if "evaluation" in ladder else {}),
        "fit": FIT,
        "engagement": ENGAGEMENT,
        "evidence": [each for each in EVIDENCE if each["stage"] in ladder],
    }
