"""Very many people with what they did, believed by rules, and the ways in which these rules change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform
from app.jobs import reassess
from prospects import configuration, people, timeline
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.timeline import Fact
from prospects.values import Person
from scoring import current
from scoring.card.card import Calibration, Card, Label, Rung, Scales, Window
from scoring.card.terms import Levels, Side, Steps
from scoring.features.registry import VERSION
from tests.support.in_force import put_in_force

AT_ONCE = 500
LASTING = "20w"
"""So slow a decay that minutes between two runs are not seen."""
PLACES = ("Assistant", "Buyer", "CTO", "Head of Purchasing", None)
STAGES = ("awareness", "consideration", "evaluation", "decision", "customer")
POINTS: Mapping[str, Any] = {
    "warm": {"stage": "evaluation", "points": 90, "leave_points": 80},
    "fit": {
        "cap": 50,
        "rules": [{"name": "cto", "if": {"field": "title", "op": "eq", "value": "CTO"}, "points": 20}],
    },
    "engagement": {
        "cap": 50,
        "half_life": LASTING,
        "rules": [
            {"name": "form", "activity": "form", "points": 10},
            {"name": "view", "activity": "page_view", "points": 7, "cap": 28},
            {"name": "guide", "activity": "download", "points": 11},
        ],
    },
    "evidence": [
        {"stage": "consideration", "activity": "download", "weight": 3, "half_life": LASTING}
    ],
    "explore": 0.0,
}  # fmt: skip
LOWER = {**POINTS, "warm": {"stage": "evaluation", "points": 45, "leave_points": 40}}
NEARER = {
    **LOWER,
    "evidence": [
        {"stage": "evaluation", "activity": "download", "weight": 3, "half_life": LASTING},
        {"stage": "consideration", "activity": "page_view", "weight": 2, "half_life": LASTING},
    ],
}


def make(database: Database, count: int, now: datetime) -> None:
    """So many people, four to a company, by the points; nobody of them is warm, and nothing is promised."""
    change(database, POINTS, now)
    perform(database, lambda session: reassess.plan(session, now))
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        perform(database, lambda session, some=some: _come(session, some, now))
    perform(database, lambda session: session.execute(delete(MessageRow)))


def change(
    database: Database, body: Mapping[str, Any], now: datetime, *, stages: bool = False
) -> None:
    """Other points are in force; with `stages` another ladder as well."""

    def work(session: Session) -> None:
        if stages:
            ladder = [{"slug": each, "name": each.title()} for each in ("unaware", *STAGES)]
            configuration.write(session, "stages", "stages", {"stages": ladder}, now, by="test")
        configuration.write(session, "scoring", "scoring", body, now, by="test")

    perform(database, work)


def switch_on(database: Database, card: Card, now: datetime) -> None:
    """A card scores, as when somebody activates it."""
    perform(database, lambda session: put_in_force(session, card, now))


def card_of(now: datetime, *, shift: float = 0.0) -> Card:
    """A small card; `shift` is what CTOs gain by it."""
    forms = Steps(
        feature="did.page_view.count", side=Side.ENGAGEMENT, edges=(1, 3), weights=(-1, 0.5, 1), missing=-1
    )  # fmt: skip
    seniority = Levels(
        feature="person.seniority",
        side=Side.FIT,
        weights={"c_level": 0.5 + shift, "head": 0.3},
        other=0.0,
        missing=-0.2,
    )
    return Card(
        rung=Rung.SCORECARD,
        feature_version=VERSION,
        label=Label(name="found evaluation or later", positive="evaluation", horizon_days=30),
        intercept=-2.0,
        terms=(forms, seniority),
        calibration=Calibration(passed=True),
        scales=Scales(
            fit=((-1, 0), (2, 100)), engagement=((-1, 0), (1, 100)), points=((-4, 0), (1, 100))
        ),
        window=Window(rows=1000, positives=200, sha256="0" * 64),
        trained_at=now,
    )


def _come(session: Session, some: range, now: datetime) -> None:
    leads = [
        Lead(
            ref=str(n),
            identities=(Identity("email", f"p{n}@firm{n // 4}.example"),),
            person=Person(email=f"p{n}@firm{n // 4}.example", title=PLACES[n % len(PLACES)]),
            happened_at=now,
            domain=f"firm{n // 4}.example",
        )
        for n in some
    ]
    found = people.resolve(session, leads, now, secret="s")
    who = {int(each.ref): ProspectId(each.prospect_id) for each in found if each.prospect_id}
    facts = [
        Fact(prospect_id=who[n], kind=kind, happened_at=now, source="site", key=f"{kind}{k}", body={})
        for n in some
        for kind, often in ((Kind.FORM, 1), (Kind.PAGE_VIEW, n % 7 % 5), (Kind.DOWNLOAD, n % 11 % 2))
        for k in range(often)
    ]  # fmt: skip
    timeline.record(session, facts, now)
    pipeline.believe(session, list(who.values()), current.current(session), now)
