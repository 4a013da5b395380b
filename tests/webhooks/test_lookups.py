"""Services outside are asked about companies: one at a time, no faster than they bear, and each fact is kept with its source."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.database import Database
from app.demo.stand_in import StandIn
from app.door import perform, reading
from app.jobs import research
from app.settings import Settings
from prospects import configuration, details
from prospects.announcing import DESTINATION
from prospects.ids import parse_id
from prospects.message import MessageRow
from prospects.reading import UnreadableError
from prospects.sealing import seal
from prospects.topics import Topic
from tests.support.sales import KEY, Sales
from webhooks import endpoints, finding_out
from webhooks.adapter import Reply, Trouble
from webhooks.conversions import endpoint_of
from webhooks.lookups import http_json
from webhooks.lookups.lookup import Finding
from webhooks.written_out import DestinationError, read_destination

WRITTEN = {
    "slug": "facts",
    "kind": "http_json",
    "url": "https://api.example/companies?of={domain}",
    "finds": {"employees": "metrics.employees"},
}


class Facts(StandIn):
    """A service that knows one company, and keeps who asked it for what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.failures: deque[Response] = deque()
        app = Flask(type(self).__name__)
        app.add_url_rule("/v1/companies/<domain>", "one", self._one)
        super().__init__(app, 0)

    def _one(self, domain: str) -> Response | tuple[Response, int]:
        self.asked.append((request.full_path, dict(request.headers)))
        if self.failures:
            return self.failures.popleft()
        if domain != "acme.example":
            return jsonify({"error": "no such company"}), 404
        sizes = {"employees": 240, "note": ["no plain value"]}
        return jsonify({"name": "Acme", "metrics": sizes, "tags": ["cooling", "heat"]})


@pytest.fixture
def facts() -> Iterator[Facts]:
    with Facts() as running:
        yield running


class Office(Sales):
    """A workspace with a lookup whose jobs run when they are told to."""

    def look_up_at(self, facts: Facts, **entry: Any) -> None:
        body = {
            "kind": "http_json",
            "url": seal(KEY, f"{facts.url}/v1/companies/{{domain}}"),
            "access_token": seal(KEY, "a-token"),
            "finds": {
                "employees": "metrics.employees",
                "industry": "tags.0",
                "note": "metrics.note",
            },
            "per_minute": 20,
            **entry,
        }
        write = configuration.write
        perform(self.database, lambda s: write(s, DESTINATION, "facts", body, self.now, by="test"))
        self.ask()

    def ask(self, settings: Settings | None = None) -> datetime | None:
        """What the sweep and the workers do now, each call twice; when the next is promised."""
        perform(self.database, lambda s: finding_out.plan(s, self.now, secret=KEY))
        while due := [each for each in self._promised() if each.due_at <= self.now]:
            refs = [each.id for each in due]
            perform(self.database, partial(self._take, refs))
            self._once(settings or self.settings)
        return min((each.due_at for each in self._promised()), default=None)

    def _take(self, promised: list[Any], session: Session) -> None:
        session.execute(delete(MessageRow).where(MessageRow.id.in_(promised)))

    def _once(self, settings: Settings) -> None:
        errand = research.ASK
        asked = perform(self.database, lambda s: errand.prepare(s, "facts", self.now, settings))
        if asked is None:
            return
        came = errand.act(asked, settings)
        for _ in range(2):
            perform(self.database, lambda s: errand.settle(s, asked, came, self.now, settings))

    def _promised(self) -> list[MessageRow]:
        with reading(self.database) as session:
            query = select(MessageRow).where(MessageRow.topic == Topic.RESEARCH)
            return list(session.execute(query).scalars())

    def known(self, domain: str) -> list[tuple[str, str, str]]:
        account = self.account(domain)
        assert account is not None
        with reading(self.database) as session:
            rows = details.of_accounts(session, [account.id])
            return [(each.name, each.value, each.source) for each in rows if each.name != "website"]

    def reacts(self) -> set[object]:
        with reading(self.database) as session:
            query = select(MessageRow.ref).where(MessageRow.topic == Topic.REACT)
            return {parse_id(each) for each in session.execute(query).scalars()}

    def trouble(self) -> str | None:
        with reading(self.database) as session:
            found = endpoints.of_all(session).get(endpoint_of("facts"))
            return found.reason if found else None


@pytest.fixture
def office(database: Database, now: datetime, tmp_path: Path) -> Office:
    return Office(database, now, tmp_path)


def test_each_company_is_asked_about_once_and_what_is_found_stands_with_source_and_date(
    office: Office, facts: Facts
) -> None:
    office.person("old@before.example")
    office.later(minutes=5)
    office.look_up_at(facts)
    mia = office.person("mia@acme.example")
    office.person("leo@acme.example")
    office.ask()
    assert facts.asked == [], "what is younger than half a minute may not be all there yet"

    office.later(seconds=31)
    office.ask()
    office.later(hours=1)
    office.ask()
    assert [path for path, _ in facts.asked] == ["/v1/companies/acme.example?"]
    assert facts.asked[0][1]["Authorization"] == "Bearer a-token"
    assert office.known("acme.example") == [
        ("employees", "240", "facts"),
        ("industry", "cooling", "facts"),
    ]
    account = office.account("acme.example")
    assert account is not None
    assert account.fields == {"employees": 240, "industry": "cooling"}
    assert mia in office.reacts()


def test_what_somebody_told_before_is_not_overwritten_and_both_are_shown(
    office: Office, facts: Facts
) -> None:
    office.look_up_at(facts, header="X-Key")
    office.person("mia@acme.example", account_fields={"employees": 90, "industry": "pumps"})
    office.later(seconds=31)
    office.ask()
    account = office.account("acme.example")
    assert account is not None
    assert account.fields["employees"] == 90
    assert {each for each in office.known("acme.example") if each[0] == "employees"} == {
        ("employees", "90", "a lead"),
        ("employees", "240", "facts"),
    }
    assert office.reacts() == set()
    assert facts.asked[0][1]["X-Key"] == "a-token"


def test_no_faster_than_it_bears_and_a_company_it_does_not_know_is_passed_by(
    office: Office, facts: Facts
) -> None:
    office.look_up_at(facts)
    for name in ("one", "two", "acme"):
        office.person(f"mia@{name}.example")
    office.later(seconds=31)
    assert office.ask() == office.now + timedelta(seconds=3)
    assert len(facts.asked) == 1
    for _ in range(2):
        office.later(seconds=3)
        office.ask()
    assert [path for path, _ in facts.asked][-1] == "/v1/companies/acme.example?"
    assert len(facts.asked) == 3


def test_what_fails_is_said_and_the_same_company_is_asked_about_again(
    office: Office, facts: Facts
) -> None:
    office.look_up_at(facts)
    office.person("mia@acme.example")
    facts.failures.append(Response(status=429, headers={"Retry-After": "90"}))
    office.later(seconds=31)
    office.ask()
    assert office.trouble() == "the platform answered 429"
    office.later(seconds=80)
    office.ask()
    assert len(facts.asked) == 1, "it is left alone for as long as it asked"
    office.later(seconds=15)
    office.ask()
    assert office.known("acme.example") != []
    assert office.trouble() is None


def test_an_answer_that_nobody_can_read_stops_nobody(office: Office, facts: Facts) -> None:
    office.look_up_at(facts)
    office.person("mia@one.example")
    office.person("mia@acme.example")
    facts.failures.append(Response("<html>", 200))
    for _ in range(2):
        office.later(seconds=31)
        office.ask()
    assert office.known("acme.example") != []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"metrics": {"employees": 240}}', [Finding("employees", 240)]),
        (200, b'{"metrics": {"employees": null}}', []),
        (200, b'{"metrics": [1]}', []),
        (404, b"nobody", []),
        (204, b"", []),
        (401, b"", "the access token was refused: renew `access_token`"),
        (402, b"", "the service wishes to be paid"),
        (503, b"", "the platform answered 503"),
    ],
)
def test_an_answer_is_what_it_says_and_no_more(status: int, body: bytes, said: object) -> None:
    came = http_json.read(Reply(status, body), read_destination(WRITTEN))
    assert (came.reason if isinstance(came, Trouble) else came) == said


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'"x"', b"{" * 500, b"\xff"])
def test_what_is_no_answer_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        http_json.read(Reply(200, body), read_destination(WRITTEN))


def test_nothing_inside_is_asked(office: Office, facts: Facts) -> None:
    office.look_up_at(facts)
    office.person("mia@acme.example")
    office.later(seconds=31)
    office.ask(Settings(data=office.settings.data, database_url="", secret_key=KEY))
    assert facts.asked == []
    assert "WARMLINE_EGRESS_ALLOW" in (office.trouble() or "")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"url": "https://api.example/companies"}, "url"),
        ({"url": "https://{domain}.api.example/"}, "url"),
        ({"finds": {}}, "finds"),
        ({"finds": {"two words": "a"}}, "finds"),
        ({"consent": "ads"}, "consent"),
        ({"events": ["won"]}, "events"),
        ({"per_minute": 0}, "per_minute"),
        ({"kind": "slack", "events": ["handoff.won"]}, "finds"),
    ],
)
def test_a_lookup_that_cannot_work_is_refused_with_its_place(
    change: dict[str, Any], place: str
) -> None:
    assert read_destination(WRITTEN).is_lookup
    with pytest.raises(DestinationError) as refused:
        read_destination({**WRITTEN, **change})
    assert any(each.place.startswith(place) for each in refused.value.faults)
