"""The loop, over HTTP, with real workers: a signed notification becomes a confirmed brief and flows back.

One test, in the order in which it happens, on SQLite and on PostgreSQL.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from tests.support.ad_platforms import LinkedInConversions
from tests.support.running import Running, until
from tests.support.smtp import MailSink
from tests.webhooks.receiving import Receiver, receiver
from webhooks.events import Event
from webhooks.signatures import standard_webhooks

__all__ = ["receiver"]

PRIYA = "priya@raman-freight.example"
SECRET = "test-linkedin-client-secret-0001"
TOLD = {
    "prospect.stage_claimed", "prospect.warmed", "handoff.offered", "handoff.accepted",
    "handoff.confirmed", "handoff.recycled", "consent.changed",
}  # fmt: skip
AGREED = {"topic": "ads", "given": True, "text": "You may tell LinkedIn"}
DESTINATIONS = """
destinations:
  - slug: linkedin
    kind: linkedin_conversions
    api_base_url: "${CAPI_URL}"
    access_token: "${CAPI_TOKEN}"
    consent: ads
    events: {lead: 1, warm: 2, accepted: 3, earlier: 4}
"""
WORKSPACE = Path(__file__).parent / "workspaces" / "loop"


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with LinkedIn(secret=SECRET, access_token="a-token") as stand_in:
        yield stand_in


class Outside:
    """A program that listens to everything, and LinkedIn's Conversions API."""

    def __init__(self, receiver: Receiver, conversions: LinkedInConversions, folder: Path) -> None:
        self.receiver, self.conversions, self.folder = receiver, conversions, folder
        self.secret = ""

    def listens(self, warmline: Running) -> None:
        hook = {"slug": "crm", "url": self.receiver.url, "events": list(Event)}
        self.secret = warmline.call("POST", "/hooks", json=hook, expect=201)["secret"]
        self.folder.mkdir()
        (self.folder / "destinations.yaml").write_text(DESTINATIONS)
        warmline.run("apply", str(self.folder), CAPI_URL=self.conversions.url, CAPI_TOKEN="t")

    def told(self) -> list[Any]:
        return [json.loads(body) for _, body in self.receiver.told]

    def was_told(self, person: str) -> None:
        """Each event once, signed; each step once, under LinkedIn's name for it, nobody in plain."""
        until(lambda: len(self.conversions.taken) == 4 or None, what="what LinkedIn is told")
        rules = [each["conversion"].rpartition(":")[2] for each in self.conversions.taken.values()]
        assert sorted(rules) == ["1", "2", "3", "4"]
        assert "priya" not in str(self.conversions.requests).lower()
        until(
            lambda: {each["type"] for each in self.told()} >= TOLD, what="what the program is told"
        )
        told = self.told()
        assert [each["type"] for each in told].count("handoff.confirmed") == 1
        assert {each["data"]["prospect"] for each in told} == {person}
        for headers, body in self.receiver.told:
            at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            assert standard_webhooks(headers, body, [self.secret], at)


@pytest.fixture
def outside(receiver: Receiver, tmp_path: Path) -> Iterator[Outside]:
    with LinkedInConversions("t") as conversions:
        yield Outside(receiver, conversions, tmp_path / "outside")


@pytest.fixture
def warmline(
    empty_url: str, tmp_path: Path, linkedin: LinkedIn, mail_sink: MailSink
) -> Iterator[Running]:
    running = Running(
        tmp_path,
        DATABASE_URL=empty_url,
        WARMLINE_SMTP_URL=mail_sink.url,
        WARMLINE_MAIL_FROM="hello@vendor.example",
    )
    running.run(
        "apply",
        str(WORKSPACE),
        LI_SECRET=SECRET,
        LI_URL=linkedin.url,
        LI_TOKEN=linkedin.access_token,
        API_KEY="k",
    )
    running.start()
    running.call("POST", "/switches/live", json={})
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_loop(
    warmline: Running, linkedin: LinkedIn, mail_sink: MailSink, outside: Outside
) -> None:
    outside.listens(warmline)
    person = she_comes_in(warmline, linkedin)
    warmline.call("POST", f"/prospects/{person}/consents", json=AGREED, expect=201)
    she_is_nurtured(mail_sink)
    rita, offered = she_grows_warm(warmline)
    warm = warmline.call("GET", f"/prospects/{person}")
    assert warm["stage"]["claimed"] == offered["brief"]["claim"]["stage"] == "evaluation"
    assert warm["stage"]["reasons"]
    the_rep_takes_her(warmline, rita, offered)
    assert len(mail_sink.to(PRIYA)) == 1, "marketing is quiet while a rep works"
    the_rep_confirms_what_she_found(warmline, rita, offered)
    the_finding_comes_back(warmline, person, warm)
    until(lambda: len(mail_sink.to(PRIYA)) == 2, what="the mail after the verdict")
    assert mail_sink.to(PRIYA)[1]["Subject"] == "What you asked for"
    checked = warmline.call("GET", f"/handoffs/{offered['id']}")
    assert checked["confirmation"]["verdict"] == "earlier"
    assert checked["brief"]["claim"]["stage"] == "evaluation", "the claim stays on record"
    outside.was_told(person)


def she_comes_in(warmline: Running, linkedin: LinkedIn) -> str:
    """A signed notification, three times; one person. Returns her id."""
    webhook = f"{warmline.url}/webhooks/linkedin"
    assert linkedin.challenge(webhook)
    lead = linkedin.fill(
        Member(
            first_name="Priya",
            last_name="Raman",
            email=PRIYA,
            phone="+441632960011",
            title="Head of IT",
            company="Raman Freight plc",
        )
    )
    assert [linkedin.notify(webhook, lead) for _repeat in range(3)] == [200, 200, 200]
    person = until(lambda: find(warmline, PRIYA), what="Priya")
    assert person["name"] == "Priya Raman"
    assert person["account"]
    deliveries = warmline.call("GET", "/deliveries?source=linkedin")["items"]
    captures = [each for delivery in deliveries for each in delivery["captures"]]
    assert {each["prospect"] for each in captures} - {None} == {person["id"]}
    assert person["handoff"] is None
    return str(person["id"])


def she_is_nurtured(mail_sink: MailSink) -> None:
    """The flow's first mail is handed to the real mail server."""
    (hello,) = until(lambda: mail_sink.to(PRIYA), what="the first mail")
    assert hello["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def she_grows_warm(warmline: Running) -> tuple[str, Any]:
    """She looks at prices and asks for a demo; returns the rep's token and the offer."""
    acts = [
        {"external_id": "p", "email": PRIYA, "activity": "page_view", "body": {"page": "/pricing"}},
        {"external_id": "d", "email": PRIYA, "activity": "form", "body": {"form": "demo"}},
    ]
    headers = {"X-Token": "k", "Content-Type": "application/json"}
    answer = warmline.post("site", json.dumps(acts).encode(), headers)
    assert answer.status_code == 200, answer.text
    made = warmline.run(
        "token", "create", "--role", "rep", "--name", "phone", "--person", "rita@vendor.example"
    )
    rita = made.split()[-1]
    (offered,) = until(lambda: offers(warmline, rita), what="an offer for Rita")
    assert PRIYA not in json.dumps(offered["brief"]), "no way to reach her before taking her"
    return rita, offered


def the_rep_takes_her(warmline: Running, rita: str, offered: Any) -> None:
    path = f"/handoffs/{offered['id']}"
    warmline.call("POST", f"{path}/acceptance", token=rita, json={}, expect=201)
    warmline.call("POST", f"{path}/acceptance", token=rita, json={}, expect=200)
    accepted = warmline.call("GET", path, token=rita)
    assert accepted["brief"]["contact"]["email"] == PRIYA


def the_rep_confirms_what_she_found(warmline: Running, rita: str, offered: Any) -> None:
    """Earlier than marketing claimed; an answer that is not whole is refused, a second one too."""
    path = f"/handoffs/{offered['id']}/confirmation"
    refused = warmline.call("POST", path, token=rita, json={"verdict": "earlier"}, expect=422)
    missing = {each["field"] for each in refused["errors"]}
    assert missing >= {"spoke_with", "channel", "at", "fact", "stage_found"}
    at = datetime.now(UTC)
    finding = {
        "verdict": "earlier",
        "stage_found": "consideration",
        "spoke_with": "Priya Raman",
        "channel": "call",
        "at": at.isoformat().replace("+00:00", "Z"),
        "fact": "The budget is decided in spring",
        "still_needed": ["security paper"],
        "promises": [
            {"what": "security paper", "due_at": (at + timedelta(days=3)).isoformat()},
        ],
    }
    warmline.call("POST", path, token=rita, json=finding, expect=201)
    warmline.call("POST", path, token=rita, json=finding, expect=409)


def the_finding_comes_back(warmline: Running, person: str, warm: Any) -> None:
    """What the rep found changes stage and score, and is in the history for everybody."""

    def changed() -> Any:
        after = warmline.call("GET", f"/prospects/{person}")
        moved = after["confirmed_stage"] == "consideration" and after["points"] < warm["points"]
        return after if moved else None

    after = until(changed, what="the finding to come back")
    assert after["lifecycle"] == "recycled"
    history = warmline.call("GET", f"/prospects/{person}/timeline")["items"]
    kinds = {each["kind"] for each in history}
    assert kinds >= {"form", "mail_sent", "page_view", "offered", "accepted", "verdict", "promise"}


def find(warmline: Running, email: str) -> Any:
    return next(iter(warmline.call("GET", f"/prospects?email={email}")["items"]), None)


def offers(warmline: Running, token: str) -> list[Any]:
    return [
        each
        for each in warmline.call("GET", "/handoffs", token=token)["items"]
        if each["state"] == "offered"
    ]
