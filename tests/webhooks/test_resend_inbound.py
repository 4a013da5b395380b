"""Mails that Resend only names: fetched, told apart, and matched like those that come whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from sqlalchemy import select

from app import clock
from app.demo.stand_in import StandIn
from app.door import perform, reading
from prospects.ids import CaptureId
from prospects.kinds import Kind
from prospects.mail_names import message_id
from prospects.message import MessageRow
from prospects.topics import Topic
from tests.webhooks import mail_services as services
from tests.webhooks.mail_services import ADA, NOW, SVIX
from tests.webhooks.support import SECRET_KEY, Site, lead
from tests.webhooks.test_feedback import mailed, post, somebody, work
from tests.webhooks.test_inbound import HEADER, OURS, failed, mail, returned
from webhooks import fetch, forget
from webhooks.adapter import Call, Dead, Passed, Posted, Quarantined, Reply, Trouble
from webhooks.fed_back import Copied
from webhooks.kinds.resend_inbound import ADAPTER, next_call, parse, read_fetched
from webhooks.rows import CaptureRow
from webhooks.written import read_source

KEY, OTHER = "re_an-api-key", "bo@buyer.example"
ENTRY = {"kind": "resend_inbound", "secrets": [SVIX], "access_token": KEY}
SOURCE = read_source({"slug": "in", **ENTRY})


def answered(**changes: Any) -> dict[str, Any]:
    """A mail as Resend's API gives it."""
    return {
        "object": "email",
        "id": "re-1",
        "from": f"Ada <{ADA}>",
        "to": ["hi@acme.example"],
        "subject": "Re: Hello",
        "text": "Yes, let us talk.",
        "html": None,
        "headers": {"in-reply-to": HEADER},
        "message_id": "<1@buyer.example>",
        "raw": {"download_url": "https://cdn.resend.example/raw"},
        "attachments": [],
        **changes,
    }


def fetched(*bodies: bytes | dict[str, Any]) -> Any:
    given = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in bodies]
    return read_fetched("re-1", given, SOURCE, NOW)


def test_only_the_name_of_a_mail_comes_and_nothing_else_is_taken_here() -> None:
    for event, kind in (("email.received", "Thin"), ("email.sent", "Passed")):
        body, _ = services.resend(event)
        assert [type(each).__name__ for each in parse(Posted(body, NOW), SOURCE)] == [kind]
    body, _ = services.resend("email.received", email_id="../emails")
    assert isinstance(parse(Posted(body, NOW), SOURCE)[0], Quarantined)


def test_a_mail_is_asked_for_with_the_key_and_a_report_is_fetched_whole_without_it() -> None:
    first = next_call("re-1", SOURCE, [])
    assert isinstance(first, Call)
    assert first.url.startswith("https://api.resend.com/emails/receiving/re-1")
    assert first.headers == {"Authorization": f"Bearer {KEY}"}
    plain = Reply(200, json.dumps(answered()).encode())
    assert next_call("re-1", SOURCE, [plain]) is None
    report = answered(headers={"Content-Type": "multipart/report; report-type=delivery-status"})
    holds = Reply(200, json.dumps(report).encode())
    assert next_call("re-1", SOURCE, [holds]) == Call("https://cdn.resend.example/raw", {})
    assert next_call("re-1", SOURCE, [holds, Reply(200, b"x")]) is None
    late = next_call("re-1", SOURCE, [holds, Reply(403, b"")])
    assert isinstance(late, Trouble)
    assert (late.final, late.ours) == (False, False)
    refused = next_call("re-1", SOURCE, [Reply(401, b"")])
    assert isinstance(refused, Trouble)
    assert refused.ours


def test_what_was_fetched_says_what_the_mail_says() -> None:
    reply = fetched(answered())
    assert (reply.kind, reply.mail, reply.body["text"]) == (Kind.REPLY, OURS, "Yes, let us talk.")
    bounced = fetched(answered(), returned(failed()))
    assert (bounced.kind, bounced.mail, bounced.body["bounce"]) == (Kind.BOUNCED, OURS, "hard")
    away = fetched(answered(subject="Automatic reply: x", text="Away until 20 March 2026."))
    assert (away.kind, away.body["until"]) == (Kind.AUTO_REPLY, "2026-03-20")
    assert isinstance(fetched(answered(to=["lead-x@acme.example"])), Copied)
    assert isinstance(fetched(answered(), mail(Message_ID=HEADER)), Passed)
    assert isinstance(fetched(b"[]"), Dead)
    assert ADAPTER.next_call is next_call


class Resend(StandIn):
    """Gives a mail to whoever has the key."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.key, self.asked = KEY, 0
        app = Flask("resend")

        @app.get("/emails/receiving/<ref>")
        def email(ref: str) -> tuple[Response, int]:
            self.asked += 1
            known = request.headers.get("Authorization") == f"Bearer {self.key}"
            return (jsonify({**document, "id": ref}), 200) if known else (jsonify({}), 401)

        super().__init__(app, 0)


@pytest.fixture
def platform() -> Iterator[Resend]:
    with Resend(answered(headers={}, to=["lead-x@acme.example", "hi@acme.example"])) as running:
        yield running


def named(site: Site, **data: Any) -> None:
    key = f"msg_{len(site.deliveries())}"
    body, headers = services.resend("email.received", key=key, now=clock.now(), **data)
    assert post(site, "in", body, headers) == 200
    work(site)


def test_an_answer_is_fetched_once_and_stands_with_the_mail_it_is_about(site: Site) -> None:
    who = somebody(site)
    ref = mailed(site, who)
    header = message_id(ref.name, "acme.example")
    with Resend(answered(headers={"in-reply-to": header})) as platform:
        platform.key = "another"
        site.configure("in", **ENTRY, api_base_url=platform.url)
        named(site)
        assert site.fetch_due()
        assert site.states()[-1] == "fetch_due"
        platform.key = KEY
        site.configure("in", **ENTRY, api_base_url=platform.url)
        site.fetch_due()
        named(site)
        site.fetch_due()
        assert platform.asked == 2
    (reply,) = [each for each in site.activities() if each.kind == "reply"]
    assert (reply.prospect_id, reply.body["send"]) == (who, str(ref.send_id))
    assert site.states()[-1] == "recorded"


def test_a_report_of_several_tells_of_each_once_and_each_can_be_forgotten(site: Site) -> None:
    ada = somebody(site)
    assert site.post(lead(email=OTHER, external_id="bo")).status_code == 200
    site.configure("in", **ENTRY)
    # It names no mail of ours, so the addresses tell whose they were.
    report = returned(failed(), failed().replace(ADA, OTHER), original="<a@else.example>")
    fetch_it = fetch.Fetched((json.dumps(answered()).encode(), report))
    work(site)
    named(site)
    (due,) = [each for each in site.captures() if each.state == "fetch_due"]

    def settle(session: Any) -> None:
        session.get_one(CaptureRow, due.id).state = "fetch_due"
        session.flush()
        errand = fetch.prepare(session, CaptureId(due.id), clock.now(), secret=SECRET_KEY)
        fetch.settle(session, errand, fetch_it, clock.now(), secret=SECRET_KEY)

    for _twice in range(2):
        perform(site.database, settle)
    bo = next(each.id for each in site.people() if each.email == OTHER)
    bounced = [each for each in site.activities() if each.kind == "bounced"]
    assert {each.prospect_id for each in bounced} == {ada, bo}
    told = [each for each in site.captures() if each.delivery_id == due.delivery_id]
    assert {each.prospect_id for each in told} == {ada, bo}
    perform(site.database, lambda session: forget.forget(session, bo))
    assert [each.document for each in site.captures() if each.id == due.id] == [None]


def test_a_copy_for_a_lead_is_read_again_from_what_was_fetched(
    site: Site, platform: Resend
) -> None:
    somebody(site)
    site.configure("in", **ENTRY, api_base_url=platform.url)
    named(site)
    site.fetch_due()
    with reading(site.database) as session:
        promised = session.execute(select(MessageRow.topic)).scalars()
        assert Topic.COPY in set(promised)
    work(site)
    last = site.captures()[-1]
    assert (last.state, last.reason) == ("quarantined", "no lead has this address")
