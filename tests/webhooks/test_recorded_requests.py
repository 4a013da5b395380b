"""Requests of mail services that others recorded: the same event of the same mail to the same address, or none."""

import base64
from collections.abc import Mapping
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from tests.support.suites import suite
from tests.webhooks.mail_services import NOW, PATH_TOKEN, SIGNING_KEY, SVIX, sendgrids_public_key
from webhooks.adapter import Incoming, Item, Passed, Posted, Quarantined, Refused, Thin
from webhooks.fed_back import Feedback
from webhooks.kinds.registry import ADAPTERS
from webhooks.sources import Source
from webhooks.written import read_source

ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "mailgun": {"secrets": [SIGNING_KEY]},
    "mailgun_inbound": {"secrets": [SIGNING_KEY]},
    "postmark": {"token": PATH_TOKEN},
    "postmark_inbound": {"token": PATH_TOKEN},
    "resend": {"secrets": [SVIX]},
    "resend_inbound": {"secrets": [SVIX]},
    "sendgrid": {"secrets": [sendgrids_public_key()]},
    "sendgrid_inbound": {"token": PATH_TOKEN},
}
KINDS = {
    "delivered": {Kind.DELIVERED},
    "deferred": {Kind.DEFERRED},
    "bounced": {Kind.BOUNCED},
    "failed": {Kind.BOUNCED},
    # The service did not even try, because of what it knows of the address.
    "rejected": {Kind.BOUNCED, Kind.COMPLAINED, Kind.UNSUBSCRIBED},
    "complained": {Kind.COMPLAINED},
    "unsubscribed": {Kind.UNSUBSCRIBED},
    "opened": {Kind.OPEN},
    "clicked": {Kind.CLICK},
}
NO_NEWS = frozenset({"queued", "sent", "subscribed", "unknown"})


def source_of(recorded: Mapping[str, Any]) -> Source | None:
    kind = recorded["esp"] + ("_inbound" if "inbound" in recorded["path"] else "")
    if kind not in ENTRIES:
        return None
    return read_source({"slug": "x", "kind": kind, **ENTRIES[kind]})


def recorded() -> list[tuple[Source, Mapping[str, Any], bytes]]:
    requests = suite("27-esp-webhooks-anymail/esp_webhook_requests.json")
    known = [(source, each) for each in requests if (source := source_of(each))]
    return [(source, each, _body(each)) for source, each in known]


def _body(each: Mapping[str, Any]) -> bytes:
    coded = each.get("body_base64")
    return base64.b64decode(coded) if coded else str(each["body"]).encode()


def items(source: Source, each: Mapping[str, Any], body: bytes) -> list[Item]:
    headers = {name.lower(): value for name, value in each["headers"].items()}
    posted = Posted(body, NOW, each["content_type"] or "", headers)
    return ADAPTERS[source.kind].parse(posted, source)


def test_what_became_of_a_mail_is_the_same_event_of_the_same_mail_and_address() -> None:
    compared = 0
    for source, each, body in recorded():
        told = [event for event in each["events"] if event["kind"] == "tracking"]
        for event, item in zip(told, items(source, each, body) if told else [], strict=True):
            same(event, item, each["test"])
            compared += 1
    assert compared > 50


def same(event: Mapping[str, Any], item: Item, test: str) -> None:
    if event["event_type"] in NO_NEWS:
        assert isinstance(item, Passed | Quarantined), test
        return
    assert isinstance(item, Feedback), test
    assert item.kind in KINDS[event["event_type"]], test
    assert item.address == event["recipient"], test
    ids = {item.body.get("mail_id"), item.body.get("message_id")}
    # Their own name for a mail stands in an argument that only they give.
    theirs = event["esp"] == "SendGrid" and "<" not in str(event["message_id"])
    assert event["message_id"] is None or theirs or event["message_id"] in ids, test
    if event["reject_reason"] == "bounced":
        assert item.body["bounce"] == "hard", test


def test_mails_that_came_in_are_of_the_same_sender_with_the_same_words() -> None:
    compared = 0
    for source, each, body in recorded():
        for event in each["events"] if source.kind.endswith("inbound") else []:
            (item,) = items(source, each, body)
            if event.get("from_") in (None, "None"):
                assert isinstance(item, Quarantined), each["test"]
                continue
            if isinstance(item, Thin):
                assert item.ref.encode() in body, each["test"]
                continue
            assert isinstance(item, Feedback), each["test"]
            assert str(item.address) in event["from_"], each["test"]
            assert item.body.get("text", "") == (event["text"] or "").strip(), each["test"]
            assert item.body.get("subject", "") == (event["subject"] or ""), each["test"]
            compared += 1
    assert compared > 8


def test_what_is_to_be_refused_is_refused_and_what_came_to_the_wrong_address_is_explained() -> None:
    refused = explained = 0
    for source, each, body in recorded():
        if each["events"] or body == b"[]":
            continue
        headers = {name.lower(): str(value) for name, value in each["headers"].items()}
        headers |= {
            name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
            for name, value in each["extra"].items()
        }
        judged = ADAPTERS[source.kind].verify(Incoming("POST", headers, {}, body), source, NOW)
        assert isinstance(judged, Refused), each["test"]
        refused += 1
        if "misconfigured" in each["test"]:
            explained += told_why(source, each, body)
    assert (refused > 25, explained > 5) == (True, True)


def told_why(source: Source, each: Mapping[str, Any], body: bytes) -> int:
    try:
        found = items(source, each, body)
    except UnreadableError as error:
        return len(str(error)) > 0
    return all(isinstance(item, Passed | Quarantined) and item.reason for item in found)


def test_there_are_recorded_requests_of_each_kind() -> None:
    assert {source.kind for source, _, _ in recorded()} == set(ENTRIES)
