"""Putting people into flows by hand, naming groups of people, and taking out all we hold about somebody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform
from nurture.proceed import proceed
from prospects import configuration, timeline
from prospects.everything import person_columns
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.table import Base
from tests.api.conftest import Program


@pytest.fixture
def ada(admin: Program) -> str:
    told = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})
    return str(told["prospect"])


@pytest.fixture
def flow(database: Database, now: datetime) -> str:
    """A flow that waits for a day, and that nobody enters by themselves."""
    document = {
        "flow": "slow",
        "enter": {"activity": "webinar"},
        "steps": [{"id": "rest", "wait": "1d"}, {"id": "end", "exit": {"reason": "done"}}],
    }
    at = now - timedelta(hours=2)
    perform(database, lambda s: configuration.write(s, "flow", "slow", document, at, by="test"))
    return "slow"


def react(database: Database, who: str, at: datetime) -> None:
    perform(database, lambda s: pipeline.react(s, [ProspectId(UUID(who))], at))


def test_somebody_is_put_into_a_flow_paused_and_taken_out(
    admin: Program, database: Database, ada: str, flow: str, now: datetime
) -> None:
    made = admin.post("/enrollments", {"prospect": ada, "flow": flow})
    assert (made["state"], made["step"], made["prospect"]) == ("active", "rest", ada)
    path = f"/enrollments/{made['id']}"
    assert admin.post("/enrollments", {"prospect": ada, "flow": flow}, 409)["code"] == "in_flow"
    react(database, ada, now)
    assert admin.get(path)["due_at"]
    assert admin.post(f"{path}/pause", {})["state"] == "paused"
    assert admin.post(f"{path}/pause", {}, 409)["code"] == "wrong_state"
    react(database, ada, now + timedelta(days=3))
    assert admin.get(path)["state"] == "paused"
    assert admin.post(f"{path}/resume", {})["state"] == "active"
    react(database, ada, now + timedelta(days=3))
    assert admin.get(path)["state"] == "exited"
    admin.post(f"{path}/exit", {}, 409)
    kinds = [each["kind"] for each in admin.get(f"/prospects/{ada}/timeline")["items"]]
    assert sorted(kinds) == ["entered_flow", "form", "left_flow"]


def test_somebody_taken_out_leaves_with_the_reason(admin: Program, ada: str, flow: str) -> None:
    made = admin.post("/enrollments", {"prospect": ada, "flow": flow})
    out = admin.post(f"/enrollments/{made['id']}/exit", {"reason": "a friend of ours"})
    assert (out["state"], out["reason"]) == ("exited", "a friend of ours")
    assert out["left_at"]
    assert admin.get(f"/enrollments?prospect={ada}&flow={flow}&state=exited")["items"] == [out]
    assert admin.get("/enrollments?state=active")["items"] == []
    again = admin.post("/enrollments", {"prospect": ada, "flow": flow})
    assert again["id"] != made["id"]
    acts = {each["act"] for each in admin.get("/audit")["items"]}
    assert {"put into a flow", "taken out of a flow"} <= acts


def test_a_flow_that_is_none_is_named_with_the_nearest(admin: Program, ada: str, flow: str) -> None:
    problem = admin.post("/enrollments", {"prospect": ada, "flow": "slov"}, 422)
    assert problem["errors"][0]["mend"] == "did you mean `slow`?"


def test_a_reaction_between_changes_nothing_twice(
    database: Database, admin: Program, ada: str, flow: str, now: datetime
) -> None:
    made = admin.post("/enrollments", {"prospect": ada, "flow": flow})

    def twice(session: Session) -> None:
        for _ in range(2):
            seen = timeline.lock_and_see(session, [ProspectId(UUID(ada))], now).snapshots
            proceed(session, seen, now)

    perform(database, twice)
    assert [each["id"] for each in admin.get("/enrollments")["items"]] == [made["id"]]


def germans(admin: Program) -> Any:
    condition = {"any": [{"field": "country", "op": "eq", "value": "DE"}, {"activity": "webinar"}]}
    return admin.post(
        "/segments", {"slug": "germans", "name": "In Germany", "condition": condition}
    )


def test_a_segment_holds_whoever_its_condition_does(admin: Program, ada: str) -> None:
    made = germans(admin)
    assert admin.get("/segments")["items"] == [made] == [admin.get("/segments/germans")]
    assert admin.get("/segments/germans/members")["items"] == []
    came = [
        admin.post("/activities", {"kind": "webinar", "email": f"p{n}@x.example"})["prospect"]
        for n in range(3)
    ]
    seen, path = [], "/segments/germans/members?limit=1"
    while path:
        page = admin.get(path)
        seen += [each["id"] for each in page["items"]]
        path = f"/segments/germans/members?limit=1&cursor={page['next']}" if page["next"] else ""
    assert seen == came[::-1]
    assert ada not in seen
    admin.post("/segments", {"slug": "germans", "name": "x", "condition": {}}, 409)
    admin.get("/segments/none/members", 404)
    admin.get("/segments/germans/members?cursor=x", 422)


def test_every_slip_of_a_condition_is_named(admin: Program) -> None:
    body = {"slug": "x", "name": "x", "condition": {"all": [{"field": "land", "op": "is"}]}}
    problem = admin.post("/segments", body, 422)
    assert all(each["field"].startswith("condition.all.0") for each in problem["errors"])


def test_an_export_leaves_out_no_table(admin: Program, ada: str) -> None:
    tables = admin.get(f"/prospects/{ada}/export")["tables"]
    missing = [
        table.name
        for table in Base.metadata.sorted_tables
        if person_columns(table) and table.name not in tables
    ]
    assert missing == []
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if any("prospect" in column.name for column in table.columns)
    }
    assert named <= set(tables), "a column that names a person by another word"


def test_an_export_holds_what_was_ever_told(
    admin: Program, program: Callable[..., Program], ada: str, flow: str
) -> None:
    admin.post(f"/prospects/{ada}/notes", {"text": "likes blue"})
    admin.post(f"/prospects/{ada}/consents", {"topic": "news", "given": True, "text": "yes"})
    admin.post("/enrollments", {"prospect": ada, "flow": flow})
    admin.post(
        "/activities", {"kind": "form", "email": "bo@other.example", "body": {"x": "secret"}}
    )
    told = admin.get(f"/prospects/{ada}/export")
    assert told["prospect"] == ada
    tables = told["tables"]
    for words in ("likes blue", "ada@acme.example", "acme.example", "news", "slow"):
        assert words in str(tables), words
    assert "secret" not in str(tables)
    assert "bo@" not in str(tables)
    assert [each["kind"] for each in tables["identity"]] == ["email"]
    program(Role.REP, "rita@us.example").get(f"/prospects/{ada}/export", 403)
