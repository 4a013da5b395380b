"""Every reader of what platforms say, each given one document that is bent out of shape by chance."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from prospects.reading import UnreadableError
from tests.support.senders import CERTIFICATE, HERE, JSON, PATH_TOKEN, SENDERS, sent
from tests.webhooks.bending import bent, noise
from tests.webhooks.kinds import ENTRIES, NOW
from tests.webhooks.support import LINKEDIN, PAYLOADS, payload
from webhooks.adapter import Incoming, Item, Posted, Read, Refused, Reply, Thin, Trouble, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.leads import lead_of
from webhooks.mail_forms import read_parts
from webhooks.polling import Cursor, Page
from webhooks.polls.registry import POLLS
from webhooks.sources import Source, SourceKind
from webhooks.told import of as told_of
from webhooks.written import read_source

Once = Callable[[Random], None]
"""One document, read or explained; raises where something of ours breaks."""

META = {"kind": "meta_lead_ads", "secrets": ["s"], "verify_token": "v"}
RESEND = {"kind": "resend_inbound", **SENDERS[SourceKind.RESEND_INBOUND].entry}
HUBSPOT = "hubspot/webhook_batch.json"
HUBSPOTS = "a contact of HubSpot's"
CONTACT = {"id": "9900001", "properties": {"email": "mia@b.example", "hs_email_optout": "true"}}
FETCHED: Mapping[str, tuple[str, dict[str, Any]]] = {
    "meta/lead_detail_paid.json": ("meta/leadgen_single.json", META),
    "linkedin/lead_form_response.json": ("linkedin/notification_created_sponsored.json", LINKEDIN),
    "tiktok/lead_get_response.json": ("tiktok/lead_webhook.json", ENTRIES["tiktok"]),
    HUBSPOTS: (HUBSPOT, ENTRIES["hubspot"]),
    "resend_inbound/email_response.json": ("resend_inbound/received.json", RESEND),
}
LISTED: Mapping[str, dict[str, Any]] = {
    "meta/leads_bulk_page.json": META,
    "linkedin/lead_form_responses_finder_decorated.json": LINKEDIN,
    "tiktok/lead_get_response.json": ENTRIES["tiktok"],
    "typeform/form_response.json": ENTRIES["typeform"],
    "calendly/invitee_created.json": ENTRIES["calendly"],
}
"""What is fetched by whom, and what is listed when a platform is asked for what it never delivered."""

MAILED = ("sendgrid_inbound/answer.txt", "sendgrid_inbound/returned.txt")


def posted(kind: SourceKind) -> Once:
    """What a sender of this kind posts, proved as it proves it."""
    source = read_source({"slug": str(kind), "kind": str(kind), **SENDERS[kind].entry})
    adapter = ADAPTERS[kind]
    pem = (PAYLOADS / "_keys" / "sns_test_cert.pem").read_text()

    def once(random: Random) -> None:
        given = sent(kind, shaped(kind, random), NOW)
        headers = {name.lower(): value for name, value in given.headers.items()}
        request = Incoming(
            "POST", headers, {}, given.body, PATH_TOKEN, (HERE + given.path,), {CERTIFICATE: pem}
        )
        assert isinstance(adapter.verify(request, source, NOW), Verified | Refused)
        with suppress(UnreadableError):  # kept, and shown with its reason
            check(adapter.parse(Posted(given.body, NOW, headers["content-type"]), source))

    return once


def shaped(kind: SourceKind, random: Random) -> bytes:
    """A body as this kind sends it, out of shape."""
    body = payload(random.choice(SENDERS[kind].samples))
    if SENDERS[kind].usual != JSON or random.random() < 0.25:
        return noise(body, random)
    document = json.loads(body)
    if kind is SourceKind.SES and random.random() < 0.7:
        inner = bent(json.loads(document["Message"]), random).decode()
        return json.dumps({**document, "Message": inner}).encode()
    return bent(document, random)


def fetched(file: str) -> Once:
    """What a platform answers to who asks for a lead that it named."""
    document = CONTACT if file == HUBSPOTS else json.loads(payload(file))
    notification, entry = FETCHED[file]
    source = _asking(entry)
    (thin, *_) = ADAPTERS[source.kind].parse(Posted(payload(notification), NOW), source)
    assert isinstance(thin, Thin)
    told, ref = told_of(thin), thin.ref
    read_fetched = ADAPTERS[source.kind].read_fetched
    assert read_fetched is not None
    before = [told] if told is not None else []
    after = [payload("linkedin/lead_form.json")] if "linkedin" in file else []

    def once(random: Random) -> None:
        bodies = [*before, bent(document, random), *after]
        check([read_fetched(ref, bodies, source, NOW)])

    return once


def listed(file: str) -> Once:
    """A page of what a platform has, when it is asked for what it never delivered."""
    document = json.loads(payload(file))
    source = _asking(LISTED[file]).model_copy(update={"access_token": "t", "pages": ("7",)})
    poll = POLLS[source.kind]
    tasks = {"typeform": ("responses", "7", "{}"), "calendly": ("invited", "x/7", "{}")}
    cursor = Cursor(
        (tasks.get(source.kind, next(iter(poll.begin(source)))),), NOW - timedelta(days=1), NOW
    )
    shapes = {"typeform": {"items": [document.get("form_response")]}}
    shapes["calendly"] = {"collection": [document.get("payload")]}
    shape = shapes.get(source.kind, document)

    def once(random: Random) -> None:
        with suppress(UnreadableError):
            page = poll.read(cursor, Reply(200, bent(shape, random)), source)
            assert isinstance(page, Page | Trouble)
            for found in page.found if isinstance(page, Page) else ():
                again = json.dumps(found.document).encode()
                check(ADAPTERS[source.kind].parse(Posted(again, NOW), source))

    return once


def mailed(file: str) -> Once:
    """The mail in a service's form, as it would lie in a mailbox that we look into."""
    raw = read_parts(payload(file))[0].content
    source = read_source({"slug": "box", "kind": "imap", "mailbox": "imaps://a:b@mail.example/"})

    def once(random: Random) -> None:
        for item in ADAPTERS[source.kind].parse(Posted(noise(raw, random), NOW), source):
            json.dumps(dict(getattr(item, "body", {}))).encode()

    return once


def check(items: list[Item]) -> None:
    """Whatever was read of it can be written down."""
    for item in items:
        if isinstance(item, Read):
            lead_of(item, "x")
            json.dumps(dict(item.body)).encode()
            assert item.happened_at <= NOW


def of_kind(kind: SourceKind) -> list[Once]:
    """All readers of what platforms of this kind say."""
    answers = [fetched(file) for file, (_, entry) in FETCHED.items() if entry["kind"] == kind]
    lists = [listed(file) for file, entry in LISTED.items() if entry["kind"] == kind]
    return [posted(kind), *answers, *lists]


def _asking(entry: Mapping[str, Any]) -> Source:
    asked = {"access_token": "t", "pages": []}
    known = asked if entry["kind"] in {"tiktok_lead", "meta_lead_ads"} else {}
    return read_source({"slug": "api", **entry, **known})
