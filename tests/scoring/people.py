"""Small builders: somebody on record, what they did, and rules as a marketer writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from prospects.folding import finding
from prospects.ids import AccountId, ActivityId, ProspectId
from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Assessment, Company, Lifecycle, Person, Snapshot
from scoring.assess import assess
from scoring.rules import ScoringRules, compile_rules, read_scoring, read_stages

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SOMEBODY = UUID(int=1)

WRITTEN: Mapping[str, Any] = {
    "warm": {"stage": "evaluation", "points": 60, "leave_points": 45},
    "fit": {
        "cap": 50,
        "rules": [
            {
                "name": "senior",
                "if": {"field": "seniority", "op": "in", "value": ["director", "vp", "c_level"]},
                "points": 20,
            },
            {"name": "german", "if": {"field": "country", "op": "eq", "value": "DE"}, "points": 15},
        ],
    },
    "engagement": {
        "cap": 50,
        "half_life": "14d",
        "rules": [
            {
                "name": "pricing",
                "activity": "page_view",
                "where": {"field": "page", "op": "contains", "value": "/pricing"},
                "points": 12,
                "cap": 24,
            },
            {"name": "form", "activity": "form", "points": 20, "cap": 40},
            {"name": "reply", "activity": "reply", "points": 25},
        ],
    },
    "evidence": [
        {"stage": "awareness", "activity": "form", "weight": 1.5, "half_life": "60d"},
        {
            "stage": "evaluation",
            "activity": "form",
            "where": {"field": "form", "op": "eq", "value": "demo"},
            "weight": 3,
            "half_life": "30d",
            "text": "Asked for a demo",
        },
        {"stage": "decision", "activity": "meeting", "weight": 2, "half_life": "20d"},
    ],
}


def written(**changes: Any) -> ScoringRules:
    """The rules above with some keys written otherwise."""
    stages = read_stages(None)
    return compile_rules(read_scoring({**WRITTEN, **changes}, stages), stages, version=7)


def act(
    kind: Kind, ago: timedelta = timedelta(), *, robot: bool = False, **body: object
) -> Activity:
    """Something that happened `ago` before NOW; the id is made of what it is."""
    at = NOW - ago
    name = f"{kind}{ago}{robot}{sorted(body.items(), key=str)}"
    return Activity(ActivityId(uuid5(SOMEBODY, name)), kind, at, at, "test", body, robot)


def form(name: str, ago: timedelta = timedelta()) -> Activity:
    return act(Kind.FORM, ago, form=name)


def pricing(ago: timedelta = timedelta()) -> Activity:
    return act(Kind.PAGE_VIEW, ago, page="/pricing")


def verdict(
    said: Verdict, ago: timedelta, *, found: str | None = None, claimed: str | None = None
) -> Activity:
    return act(Kind.VERDICT, ago, verdict=said, stage_found=found, claimed=claimed)


def somebody(
    *acts: Activity, title: str | None = None, country: str | None = None, **beliefs: Any
) -> Snapshot:
    """A person with a history, as they were seen at NOW."""
    history = sorted(acts, key=lambda one: one.happened_at)
    return replace(
        Snapshot(
            prospect_id=ProspectId(SOMEBODY),
            as_of=NOW,
            person=Person(email="ada@acme.example", title=title, country=country),
            company=Company(id=AccountId(SOMEBODY), domain="acme.example", name=None),
            activities=history,
            lifecycle=Lifecycle.INQUIRY,
            stages=("awareness", "consideration", "evaluation", "decision", "customer"),
            finding=finding(history),
        ),
        **beliefs,
    )


def live(
    rules: ScoringRules, seen: Snapshot, instants: Sequence[datetime]
) -> list[tuple[datetime, Assessment]]:
    """Look at somebody at each instant in turn, remembering the last beliefs as the record does."""
    looks = []
    for instant in instants:
        assessment = assess(seen, rules, instant)
        looks.append((instant, assessment))
        seen = seen.assessed(assessment)
    return looks


def stage_of(assessment: Assessment) -> str | None:
    return assessment.claim.stage if assessment.claim else None
