"""The same on PostgreSQL, and what is answered while it is away."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import make_url

from app.demo.linkedin import LinkedIn
from tests.contract.conftest import open_office
from tests.contract.office import KEY, Office, finding, someone, soon
from tests.contract.wire import Wire
from tests.support.running import until
from tests.support.smtp import MailSink

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"


@pytest.fixture(scope="module")
def far(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_stores: Any,
    linkedin: LinkedIn,
    mailbox: MailSink,
) -> Iterator[tuple[Office, Wire]]:
    """An instance whose PostgreSQL is at the end of a wire."""
    url = postgres_stores.fresh(empty=True)
    parts = make_url(url)
    wire = Wire(Path(str(parts.query["host"])) / ".s.PGSQL.5432")
    through = f"postgresql://{parts.username}@127.0.0.1:{wire.port}/{parts.database}"
    office = open_office(tmp_path_factory.mktemp("far"), linkedin, mailbox, DATABASE_URL=through)
    yield office, wire
    office.stop()
    wire.cut()
    postgres_stores.drop(url)


def test_a_lead_becomes_a_confirmed_brief(far: tuple[Office, Wire]) -> None:
    office, _ = far
    email = someone()
    taken = office.accepted(email, RITA, fields={"team": "rita"}, name="Zoë 💡", title="Head of IT")
    office.confirm(
        taken["id"],
        RITA,
        **finding("earlier", stage_found="awareness", promises=[{"what": "x", "due_at": soon(60)}]),
    )
    until(lambda: office.person(email)["lifecycle"] == "recycled", what="recycled")
    assert office.left(email, "earlier")["state"] == "finished"
    assert office.person(email)["name"] == "Zoë 💡"
    kinds = office.kinds(office.person(email)["id"])
    assert kinds[:5] == ["form", "offered", "accepted", "verdict", "promise"]


def test_an_ignored_offer_goes_on_and_turns_are_exact(far: tuple[Office, Wire]) -> None:
    office, _ = far
    first = office.offered(someone(), fields={"team": "alone"})
    emails = [someone() for _ in range(9)]
    office.lead_of(
        [{"email": each, "form": "demo", "fields": {"team": "weights"}} for each in emails]
    )
    reps = [office.offer(each)["rep"] for each in emails]
    assert sorted(reps.count(each) for each in set(reps)) == [3, 6]
    until(
        lambda: office.call("GET", f"/handoffs/{first['id']}")["rep"] != first["rep"],
        10,
        what="the fallback",
    )


def test_naughty_bodies_break_nothing(far: tuple[Office, Wire]) -> None:
    office, _ = far
    for body in (
        b'{"email":"a\\u0000@example.org"}',
        b'{"name":"\\ud800"}',
        b'{"email":"b@c.example","name":"\\u0000\\ud800","fields":{"\\u0000":"\\u0000"}}',
    ):
        answer = office.post("site", body, {"X-Token": KEY})
        assert answer.status_code == 200
        assert office.delivery(answer.json()["delivery"])["state"] == "ingested"
        raw = requests.get(
            f"{office.url}/api/v1/deliveries/{answer.json()['delivery']}/raw",
            headers={"Authorization": f"Bearer {office.environment['WARMLINE_API_TOKEN']}"}, timeout=10,
        )  # fmt: skip
        assert raw.content == body


def test_the_forgotten_are_forgotten(far: tuple[Office, Wire]) -> None:
    office, _ = far
    email = someone("gone")
    handoff = office.offered(email, fields={"team": "rita"}, name="SENTINEL")
    office.call("POST", f"/prospects/{handoff['prospect']}/erasure", json={}, expect=202)
    until(lambda: office.find(email) is None, 60, what="being forgotten")
    for path in (
        "/handoffs?limit=200",
        "/activities?limit=200",
        "/decisions?limit=200",
        "/sends?limit=200",
    ):
        assert "SENTINEL" not in json.dumps(office.items(path))


def test_while_the_database_is_away_a_challenge_is_answered_and_all_else_is_503(
    far: tuple[Office, Wire], linkedin: LinkedIn
) -> None:
    office, wire = far
    webhook = f"{office.url}/webhooks/linkedin"
    assert linkedin.challenge(webhook)
    email = someone()
    body = json.dumps({"email": email, "form": "guide"}).encode()
    wire.cut()
    try:
        for _ in range(3):
            assert linkedin.challenge(webhook), "within three seconds"
        assert requests.get(f"{webhook}?challengeCode=x", timeout=5).status_code == 400
        refused = office.post("site", body, {"X-Token": KEY})
        assert refused.status_code == 503
        assert "Retry-After" in refused.headers
        assert office.post("site", body, {"X-Token": "wrong"}).status_code == 401
        assert office.post("nowhere", body, {}).status_code == 404
        assert requests.get(f"{office.url}/healthz", timeout=5).status_code == 200
        assert requests.get(f"{office.url}/readyz", timeout=10).status_code == 503
        answer = requests.get(
            f"{office.url}/api/v1/prospects", headers={"Authorization": "Bearer x"}, timeout=10
        )
        assert answer.status_code == 503
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        page = requests.post(f"{office.url}/u/x", timeout=10)
        assert page.status_code == 404
        assert requests.get(f"{office.url}/login", timeout=10).status_code in (200, 503)
    finally:
        wire.mend()
    until(
        lambda: office.post("site", body, {"X-Token": KEY}).status_code == 200,
        15,
        what="the database",
    )
    assert office.person(email)
    until(office.ready, 20, what="/readyz")
