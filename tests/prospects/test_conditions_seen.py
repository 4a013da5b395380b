"""A snapshot answers every field a condition may ask for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from prospects.conditions import compile_tree, look, parse
from prospects.conditions.vocabulary import FIELDS
from prospects.ids import AccountId, ActivityId, MemberId, ProspectId
from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Company, Finding, Lifecycle, Person, Snapshot, StageClaim

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
ID = UUID(int=7)


def activity(kind: Kind, *, robot: bool = False) -> Activity:
    before = NOW - timedelta(days=1)
    return Activity(ActivityId(ID), kind, before, before, "site", {"form": "demo"}, robot)


def snapshot(**changes: Any) -> Snapshot:
    known: dict[str, Any] = {
        "prospect_id": ProspectId(ID),
        "as_of": NOW,
        "person": Person(
            email="zoe@gmail.com", phone="+4930901820", name="Zoë", title="Leiterin Einkauf",
            company="Acme", country="DE", zone="Europe/Berlin", language="de",
            fields={"size": "50", "nested": {"key": "x"}},
        ),
        "company": Company(
            id=AccountId(ID), domain="acme.example", name="Acme", owner=MemberId(ID),
            fields={"employees": 50, "industry": "Logistics", "revenue": 5, "custom": "y"},
        ),
        "activities": [activity(Kind.FORM), activity(Kind.CLICK, robot=True)],
        "lifecycle": Lifecycle.WARM,
        "stages": ("awareness", "evaluation"),
        "owner": MemberId(ID),
        "claim": StageClaim(
            stage="evaluation", confidence=0.8, at=NOW, expires_at=None, model="points"
        ),
        "finding": Finding(
            verdict=Verdict.EARLIER, stage="awareness", at=NOW, activity=ActivityId(ID)
        ),
        "points": 61.0, "fit": 20.0, "engagement": 41.0, "grade": "B2", "warm": True,
        "gate": "competitor", "tags": ("hot",),
    }  # fmt: skip
    return Snapshot(**(known | changes))


def test_every_field_of_the_vocabulary_is_answered() -> None:
    sight = look(snapshot())
    assert {field for field in FIELDS if sight.value(field) is None} == set()


def test_a_person_of_whom_nothing_is_known_answers_nothing_and_breaks_nothing() -> None:
    sight = look(
        snapshot(person=Person(), company=None, claim=None, finding=None, owner=None, tags=())
    )
    known = {field for field in FIELDS if sight.value(field) is not None}
    assert known == {"lifecycle", "points", "fit", "engagement", "grade", "warm", "gate"}
    assert sight.value("account.custom") is None
    assert sight.value("fields.size") is None
    assert sight.value("nonsense") is None


@pytest.mark.parametrize(
    ("plain", "answer"),
    [
        ({"field": "seniority", "op": "in", "value": ["director", "vp"]}, True),
        ({"field": "function", "op": "eq", "value": "procurement"}, True),
        ({"field": "email.free_mail", "op": "eq", "value": True}, True),
        ({"field": "email.domain", "op": "eq", "value": "gmail.com"}, True),
        ({"field": "account.domain", "op": "in", "value": ["acme.example"]}, True),
        ({"field": "account.employees", "op": "gte", "value": 50}, True),
        ({"field": "account.custom", "op": "eq", "value": "y"}, True),
        ({"field": "fields.size", "op": "gte", "value": 50}, True),
        ({"field": "fields.nested.key", "op": "eq", "value": "x"}, True),
        ({"field": "stage", "op": "gt", "value": "awareness"}, True),
        ({"field": "confirmed_stage", "op": "lt", "value": "evaluation"}, True),
        ({"field": "verdict", "op": "eq", "value": "earlier"}, True),
        ({"field": "lifecycle", "op": "eq", "value": "warm"}, True),
        ({"field": "points", "op": "gte", "value": 60}, True),
        ({"field": "grade", "op": "lte", "value": "B4"}, True),
        ({"activity": "form", "where": {"field": "form", "op": "eq", "value": "demo"}}, True),
    ],
)
def test_a_condition_is_asked_of_a_snapshot(plain: object, answer: bool) -> None:
    assert compile_tree(parse(plain))(look(snapshot())) is answer


def test_a_robots_click_counts_for_nothing() -> None:
    assert not compile_tree(parse({"activity": "click"}))(look(snapshot()))


@pytest.mark.parametrize(("robot", "found"), [(True, True), (False, False)])
def test_who_asks_for_robots_is_told_of_them(robot: bool, found: bool) -> None:
    asked = {"field": "suspect_robot", "op": "eq", "value": robot}
    tree = parse({"activity": "click", "where": {"all": [asked]}})
    assert compile_tree(tree)(look(snapshot())) is found
