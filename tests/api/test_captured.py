"""A copy of what a rep wrote stands in the buyer's history once, and nobody else can put one there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.capture_address import address
from app.database import Database
from app.door import perform
from app.jobs.drain import drain
from prospects import configuration
from prospects.ids import HandoffId, parse_id
from prospects.member import Role
from prospects.topics import Queue
from tests.api.conftest import Program
from tests.routing.office import offered, three_reps
from tests.webhooks.mail_services import form

DOMAIN = "in.acme.example"


@pytest.fixture
def listening(site: Flask, tmp_path: Path) -> str:
    """A site that has a host for copies; returns its secret."""
    settings = replace(site.extensions["settings"], capture_domain=DOMAIN)
    site.extensions["settings"] = settings
    return str(settings.secret_key)


@pytest.fixture
def ann(database: Database, program: Callable[..., Program], now: datetime) -> Program:
    """A rep with an offer."""

    def prepare(session: Session) -> None:
        start = now - timedelta(hours=1)
        three_reps(session, start, lanes={"fast": {"accept_within": "2h", "clock": "real"}})
        offered(session, start)

    perform(database, prepare)
    return program(Role.REP, "ann@us.example")


def mail(lead: str, secret: str, **more: object) -> dict[str, object]:
    handoff = HandoffId(parse_id(lead))  # type: ignore[arg-type]
    copies = address(handoff, secret=secret, domain=DOMAIN)
    whole = {
        "message_id": "<1@us.example>",
        "from": "Ann <ANN@us.example>",
        "to": ["ida@firm.example", copies],
        "subject": "Your prices",
        "text": "As you asked.",
    }
    return {**whole, **more}


def test_a_copy_counts_once_and_as_a_try_by_mail(
    listening: str, ann: Program, admin: Program
) -> None:
    lead = ann.get("/handoffs")["items"][0]["id"]
    admin.post("/captured_mails", mail(lead, listening), 409)
    ann.post(f"/handoffs/{lead}/acceptance", {})
    told = admin.post("/captured_mails", mail(lead, listening))
    assert (told["channel"], told["note"]) == ("mail", "Your prices\nAs you asked.")
    assert admin.post("/captured_mails", mail(lead, listening), 200) == told
    other = mail(lead, listening, message_id="<2@us.example>")
    assert admin.post("/captured_mails", other)["id"] != told["id"]
    seen = ann.get(f"/handoffs/{lead}")
    assert (len(seen["attempts"]), seen["state"]) == (2, "accepted")
    kinds = [each["kind"] for each in admin.get("/activities?kind=contact_attempt")["items"]]
    assert kinds == ["contact_attempt"] * 2


def test_what_is_forged_or_written_by_a_stranger_is_refused(
    listening: str, ann: Program, admin: Program
) -> None:
    lead = ann.get("/handoffs")["items"][0]["id"]
    ann.post(f"/handoffs/{lead}/acceptance", {})
    admin.post("/captured_mails", mail(lead, "t" * 32), 404)
    admin.post("/captured_mails", mail(lead, listening, to=["x@y.example"]), 404)
    stranger = mail(lead, listening, **{"from": "ida@firm.example"})
    assert admin.post("/captured_mails", stranger, 422)["errors"][0]["field"] == "from"
    ann.post("/captured_mails", mail(lead, listening), 403)
    assert ann.get(f"/handoffs/{lead}")["attempts"] == []


def test_without_a_host_for_copies_there_is_no_door(ann: Program, admin: Program) -> None:
    lead = ann.get("/handoffs")["items"][0]["id"]
    ann.post(f"/handoffs/{lead}/acceptance", {})
    admin.post("/captured_mails", mail(lead, "s" * 32), 404)


def test_a_copy_that_comes_in_by_mail_is_the_same_try(
    listening: str, ann: Program, admin: Program, site: Flask, database: Database, now: datetime
) -> None:
    lead = ann.get("/handoffs")["items"][0]["id"]
    ann.post(f"/handoffs/{lead}/acceptance", {})
    entry = {"kind": "sendgrid_inbound", "token": "a-secret-last-part"}
    perform(database, lambda s: configuration.write(s, "source", "in", entry, now, by="test"))
    told = mail(lead, listening)
    to = ", ".join(told["to"])  # type: ignore[arg-type]
    raw = f"From: {told['from']}\nTo: {to}\nSubject: Your prices\nMessage-ID: <7@us.example>\n\nAs you asked."
    strange = raw.replace("ANN@us.example", "eve@x.example").replace("<7@", "<8@")
    site.extensions["intake"].refresh(older_than=0)
    for each in (raw, raw, strange):
        body = form({"email": each})
        answer = site.test_client().post("/webhooks/in/a-secret-last-part", data=body)
        assert answer.status_code == 200
    drain(database, site.extensions["settings"], Queue.INSIDE)
    (attempt,) = ann.get(f"/handoffs/{lead}")["attempts"]
    assert (attempt["channel"], attempt["note"]) == ("mail", "Your prices\nAs you asked.")
    states = [
        each["state"] for one in admin.get("/deliveries")["items"] for each in one["captures"]
    ]
    assert sorted(states) == ["quarantined", "recorded"]
