"""What arrived, over the API: as it was received, what it was understood as, and read once more."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import configuration
from prospects.audit import AuditRow
from prospects.ids import DeliveryId
from prospects.member import Role
from prospects.sealing import seal
from tests.api.conftest import Program
from webhooks.ingest import ingest
from webhooks.rows import DeliveryRow

LEAD = {"external_id": "7", "email": "ada@acme.example", "form": "demo"}
SECRET = "a long enough token"


@pytest.fixture
def send(admin: Program, database: Database, now: datetime) -> Callable[[object], str]:
    """A source that takes leads, and somebody who sends them; returns the delivery's id."""
    key = admin.client.application.secret_key
    assert isinstance(key, str)

    def work(session: Session) -> None:
        body = {
            "kind": "generic_json",
            "auth": {"header": "X-Token", "value": seal(key, SECRET, name="API_TOKEN")},
            "campaign": "spring",
        }
        configuration.write(session, "source", "api", body, now, by="test")

    perform(database, work)

    def post(body: object) -> str:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = admin.client.post("/webhooks/api", data=data, headers={"X-Token": SECRET})
        assert answer.status_code == 200, answer.text
        delivery = DeliveryId(UUID(answer.json["delivery"]))
        perform(database, lambda session: ingest(session, [delivery], now, secret=key))
        return str(delivery)

    return post


def test_a_delivery_says_what_it_was_understood_as(
    admin: Program, send: Callable[[object], str]
) -> None:
    sent = send(LEAD)
    (prospect,) = admin.get("/prospects")["items"]
    seen = admin.get(f"/deliveries/{sent}")
    assert (seen["source"], seen["state"], seen["reason"]) == ("api", "ingested", None)
    assert seen["sha256"] == hashlib.sha256(json.dumps(LEAD).encode()).hexdigest()
    assert seen["bytes"] == len(json.dumps(LEAD))
    assert seen["received_at"].endswith("Z")
    (capture,) = seen["captures"]
    assert (capture["state"], capture["prospect"]) == ("recorded", prospect["id"])
    assert set(capture) == {"key", "state", "reason", "prospect"}


def test_deliveries_are_listed_by_source_and_state(
    admin: Program, send: Callable[[object], str]
) -> None:
    good, bad = send(LEAD), send(b"{")

    def found(asked: str) -> list[str]:
        return [each["id"] for each in admin.get(f"/deliveries?{asked}")["items"]]

    assert found("") == [bad, good]
    assert found("state=unreadable") == [bad]
    assert found("source=api&state=ingested") == [good]
    assert found("source=other") == []
    admin.get("/deliveries?state=lost", status=422)
    admin.get("/deliveries/nonsense", status=404)


def test_the_bytes_are_given_back_as_they_came_and_as_nothing_a_browser_runs(
    admin: Program, send: Callable[[object], str]
) -> None:
    hostile = b'{"email": "ada@acme.example", "name": "<script>alert(1)</script>"}'
    answer = admin.get(f"/deliveries/{send(hostile)}/raw")
    assert answer.data == hostile
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_delivery_is_read_again(
    admin: Program, send: Callable[[object], str], database: Database
) -> None:
    sent = send(LEAD)
    assert admin.post(f"/deliveries/{sent}/replay", {}, status=202)["state"] == "received"
    with reading(database) as session:
        (act,) = session.execute(
            select(AuditRow.about).where(AuditRow.act == "delivery replayed")
        ).scalars()
    assert act == sent


def test_erased_bytes_are_gone_and_cannot_be_read_again(
    admin: Program, send: Callable[[object], str], database: Database
) -> None:
    sent = send(LEAD)
    perform(database, lambda session: session.execute(update(DeliveryRow).values(body=None)))
    admin.get(f"/deliveries/{sent}/raw", status=404)
    assert admin.post(f"/deliveries/{sent}/replay", {}, status=409)["code"] == "erased"


def test_sources_are_shown_without_their_secrets(
    admin: Program, send: Callable[[object], str]
) -> None:
    send(LEAD)
    (source,) = admin.get("/sources")["items"]
    assert source == admin.get("/sources/api")
    assert (source["slug"], source["kind"], source["broken"]) == ("api", "generic_json", None)
    assert source["address"].endswith("/webhooks/api")
    assert source["last_delivery_at"]
    assert SECRET not in json.dumps(source)
    assert "sealed" not in json.dumps(source)
    admin.get("/sources/other", status=404)


def test_a_manager_sees_what_was_received_but_neither_its_bytes_nor_a_replay(
    program: Callable[..., Program], send: Callable[[object], str]
) -> None:
    sent, manager = send(LEAD), program(Role.MANAGER)
    for path in ("/sources", "/sources/api", "/deliveries", f"/deliveries/{sent}"):
        manager.get(path)
    manager.get(f"/deliveries/{sent}/raw", status=403)
    manager.post(f"/deliveries/{sent}/replay", {}, status=403)


@pytest.mark.parametrize("role", [Role.REP, Role.DESK, Role.ACCOUNT_MANAGER])
def test_who_sells_does_not_see_what_was_received(
    program: Callable[..., Program], send: Callable[[object], str], role: Role
) -> None:
    sent, seller = send(LEAD), program(role)
    for path in ("/sources", "/sources/api", "/deliveries", f"/deliveries/{sent}"):
        seller.get(path, status=403)
    seller.get(f"/deliveries/{sent}/raw", status=403)
    seller.post(f"/deliveries/{sent}/replay", {}, status=403)
