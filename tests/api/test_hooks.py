"""Hooks over the API: made with a secret shown once, looked at, switched on, taken away; calls replayed."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.configuration import ConfigurationRow
from prospects.ids import new_id
from tests.api.conftest import Program
from webhooks import hooks
from webhooks.call_rows import CallRow, CallState

CRM = {"slug": "crm", "url": "https://192.0.9.9/told", "events": ["handoff.offered"]}


def test_a_hook_shows_its_secret_once_and_keeps_it_sealed(
    admin: Program, database: Database
) -> None:
    made = admin.post("/hooks", CRM, **{"Idempotency-Key": "k"})
    assert made["secret"].startswith("whsec_")
    assert admin.post("/hooks", CRM, **{"Idempotency-Key": "k"}) == {**made, "secret": None}
    assert admin.post("/hooks", CRM, 409)["code"] == "exists"
    (listed,) = admin.get("/hooks")["items"]
    assert listed == {name: made[name] for name in made if name != "secret"}
    with reading(database) as session:
        row = session.get(ConfigurationRow, ("hook", "crm"))
        assert row is not None
        assert made["secret"] not in str(row.body)
    admin.ask("DELETE", "/hooks/crm", status=204)
    admin.ask("DELETE", "/hooks/crm", status=404)
    assert admin.get("/hooks")["items"] == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://[::1]/", "ftp://192.0.9.9/", "https://a:b@192.0.9.9/", "x"],
)
def test_an_address_inside_is_no_hook(admin: Program, url: str) -> None:
    assert admin.post("/hooks", {**CRM, "url": url}, 422)["errors"][0]["field"] == "url"


def test_an_event_there_is_not_is_refused(admin: Program) -> None:
    problem = admin.post("/hooks", {**CRM, "events": ["handoff.ofered"]}, 422)
    assert "handoff.offered" in problem["errors"][0]["mend"]


def test_a_secret_is_rotated_and_an_address_changed(admin: Program, database: Database) -> None:
    first = admin.post("/hooks", CRM)["secret"]
    turned = admin.post("/hooks/crm/rotation", {"overlap": "2h"})
    assert turned["secret"].startswith("whsec_")
    assert turned["secret"] != first
    assert turned["former_secret_until"].startswith("2026-03-03T11:00:0")
    with reading(database) as session:
        row = session.get(ConfigurationRow, ("hook", "crm"))
        assert row is not None
        assert not any(each in str(row.body) for each in (first, turned["secret"]))
    moved = {"url": "https://192.0.9.9/there", "events": ["prospect.warmed", "promise.missed"]}
    changed = admin.ask("PUT", "/hooks/crm", moved, status=200)
    assert (changed["url"], changed["events"]) == (moved["url"], moved["events"])
    assert changed["former_secret_until"] == turned["former_secret_until"]
    assert admin.post("/hooks/crm/rotation", {"overlap": "0s"})["former_secret_until"] is None
    admin.post("/hooks/crm/rotation", {"overlap": "31d"}, 422)
    admin.ask("PUT", "/hooks/crm", {**moved, "url": "http://127.0.0.1/"}, status=422)


def test_a_dead_call_is_replayed_and_a_hook_switched_on(
    admin: Program, database: Database, now: datetime
) -> None:
    told = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})
    admin.post("/hooks", CRM)

    def die(session: Session) -> None:
        hook = hooks.all_hooks(session)["crm"]
        hooks.switch(session, hook, now, on=False, reason="it answered 410 Gone", by="test")
        row = CallRow(
            prospect_id=UUID(told["prospect"]),
            id=new_id(now),
            activity_id=new_id(now),
            hook="crm",
            event="handoff.offered",
            body={"type": "handoff.offered"},
            state=CallState.DEAD,
            attempts=10,
            made_at=now,
        )
        session.add(row)

    perform(database, die)
    assert admin.get("/hooks")["items"][0]["active"] is False
    assert admin.post("/hooks/crm/activation", {})["reason"] is None
    assert admin.post("/hooks/crm/deactivation", {})["active"] is False
    assert admin.post("/hooks/crm/activation", {})["active"] is True
    (call,) = admin.get("/calls?state=dead&hook=crm")["items"]
    assert admin.get(f"/calls/{call['id']}") == {**call, "tries": []}
    replayed = admin.post(f"/calls/{call['id']}/replay", {}, 202)
    assert (replayed["state"], replayed["attempts"]) == ("waiting", 0)
    assert admin.post(f"/calls/{call['id']}/replay", {}, 409)["code"] == "waiting"
    admin.get("/calls?state=lost", 422)
    perform(database, kill)
    assert admin.post("/hooks/crm/redrive", {}, 202) == {"calls": 1, "left": 0}
    assert admin.post("/hooks/crm/redrive", {"since": "2026-03-03T00:00:00Z"}, 202)["calls"] == 0
    assert admin.get("/calls?state=waiting")["items"][0]["id"] == call["id"]


def kill(session: Session) -> None:
    session.execute(update(CallRow).values(state=CallState.DEAD))
