"""Every request that must be refused or survived, as the list of them says, with the contract's codes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.door import reading
from app.jobs.drain import drain
from nurture.unsubscribing import token_of
from prospects.ids import ProspectId
from prospects.rows import SuppressionRow
from prospects.topics import Queue
from tests.support.senders import CERTIFICATE, SENDERS, sent
from tests.support.stores import SqliteStores
from tests.webhooks import refusals_of_leads
from tests.webhooks.mail_services import signed_by_amazon
from tests.webhooks.refusals import (
    CASES,
    CHECKS,
    INES,
    base,
    case,
    document,
    posted,
    refused,
    standing,
)
from tests.webhooks.support import PAYLOADS, SECRET_KEY, payload, sample
from tests.webhooks.world import NOW, World
from webhooks.sources import INBOUND, LARGEST_BODY, SourceKind

assert refusals_of_leads


@pytest.fixture(scope="module")
def world(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = World(sqlite_stores.fresh(), tmp_path_factory.mktemp("world"))
    yield opened
    opened.close()


@pytest.mark.parametrize("name", CASES)
def test_each_case_ends_as_it_says(world: World, name: str) -> None:
    world.now = NOW
    CHECKS[name](world)


def test_no_case_is_left_out() -> None:
    assert set(CASES) == set(CHECKS)


# What mail services send.


def by_amazon(world: World, name: str, **changes: str) -> int:
    told = {**document(name), "SigningCertURL": CERTIFICATE, **changes}
    headers = {"Content-Type": "text/plain; charset=UTF-8"}
    answer = world.deliver("/webhooks/ses", signed_by_amazon(told), headers)
    return answer.status_code


@case("sns-foreign-topic")
def sns_foreign_topic(world: World) -> None:
    topic = "arn:aws:sns:eu-west-1:999999999999:of-somebody-else"
    assert by_amazon(world, "sns-foreign-topic", TopicArn=topic) == 401


@case("sns-cert-host")
def sns_cert_host(world: World) -> None:
    pem = "SimpleNotificationService-0000000000000000000000000000000a.pem"
    for url in (
        "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
        f"https://sns.eu-west-1.amazonaws.com.evil.example/{pem}",
        f"http://sns.eu-west-1.amazonaws.com/{pem}",
        f"https://user@sns.eu-west-1.amazonaws.com/{pem}",
    ):
        # Refused at once: an address that will be fetched is answered by keeping the message.
        assert by_amazon(world, "sns-cert-host", SigningCertURL=url) == 401


@case("sns-subscribe-url")
def sns_subscribe_url(world: World) -> None:
    for url in ("https://evil.example/?Action=ConfirmSubscription", "http://127.0.0.1/"):
        assert by_amazon(world, "sns-subscribe-url", SubscribeURL=url) == 401


@case("sns-plain-message")
def sns_plain_message(world: World) -> None:
    assert world.fates(world.send(base("sns-plain-message"))) == [("test", None)]


@case("mailgun-token-reuse")
def mailgun_token_reuse(world: World) -> None:
    told = document("mailgun-token-reuse")
    assert world.send(base("mailgun-token-reuse")).status_code == 200
    told["event-data"]["event"] = "complained"
    refused(world, "mailgun-token-reuse", json.dumps(told).encode())


@case("mailgun-bot-open")
def mailgun_bot_open(world: World) -> None:
    world.send(sample("segment/identify.json"))
    world.read(NOW)
    drain(world.database, world.settings, Queue.INSIDE)
    before = standing(world, INES)
    assert world.fates(world.send(base("mailgun-bot-open"))) == [("recorded", None)]
    drain(world.database, world.settings, Queue.INSIDE)
    assert standing(world, INES) == before
    opens = [each for each in world.activities() if each.source == "mailgun"]
    assert opens
    assert all(each.suspect_robot for each in opens if each.kind == "open")


@case("sendgrid-duplicate-in-batch")
def sendgrid_duplicate_in_batch(world: World) -> None:
    fates = world.fates(world.send(base("sendgrid-duplicate-in-batch")))
    assert len(fates) == 13
    assert [reason for _, reason in fates].count("this came before") == 1
    assert fates[12] == ("recorded", "this came before")


@case("postmark-resubscribe")
def postmark_resubscribe(world: World) -> None:
    before = suppressed(world)
    (fate,) = world.fates(world.send(base("postmark-resubscribe")))
    assert fate[0] == "recorded"
    assert fate[1]
    assert suppressed(world) == before


def suppressed(world: World) -> int:
    with reading(world.database) as session:
        return len(session.execute(select(SuppressionRow.topic)).all())


@case("svix-garbage")
def svix_garbage(world: World) -> None:
    for garbage in ("garbage", "v1,A", "v1,a,b", "v1,\u00e9", "", " ", "v1," * 2000):
        refused(world, "svix-garbage", svix_signature=garbage)


@case("std-rotation")
def std_rotation(world: World) -> None:
    body, headers = payload("standard_webhooks/outbound_lead_routed.json"), rotation()["headers"]
    for slug in ("standard", "standard_rotation"):
        assert world.deliver(f"/webhooks/{slug}", body, headers).status_code == 200


def rotation() -> dict[str, Any]:
    signatures = json.loads((PAYLOADS / "signatures.json").read_text())
    found: dict[str, Any]
    (found,) = [each for each in signatures["samples"] if "rotation" in each["scheme"]]
    return found


# How mail is left.


def way_out(world: World, name: str) -> str:
    """The address at which somebody of our own leaves a topic."""
    who = ProspectId(world.people()[0].id) if world.people() else somebody(world)
    return f"/u/{token_of(SECRET_KEY, who, INES, name)}"


def somebody(world: World) -> ProspectId:
    world.send(sample("segment/identify.json"))
    world.read(NOW)
    return ProspectId(world.people()[0].id)


@case("unsubscribe-get")
def unsubscribe_get(world: World) -> None:
    path, before = way_out(world, "looked-at"), suppressed(world)
    assert world.app.test_client().get(path).status_code == 200
    assert suppressed(world) == before
    headers = sample("list_unsubscribe/one_click_post_urlencoded.txt")["headers"]
    body = payload("list_unsubscribe/one_click_post_urlencoded.txt")
    assert world.deliver(path, body, headers).status_code == 200
    assert suppressed(world) == before + 1


@case("unsubscribe-twice")
def unsubscribe_twice(world: World) -> None:
    path, before = way_out(world, "left"), suppressed(world)
    headers = sample("list_unsubscribe/one_click_post_multipart.txt")["headers"]
    body = payload("list_unsubscribe/one_click_post_multipart.txt")
    for _ in range(2):
        assert world.deliver(path, body, headers).status_code == 200
    assert suppressed(world) == before + 1


# Bodies of any sender: kept where it is proved who sent them, 400 where nothing is signed.


def unreadable(world: World, body: bytes) -> None:
    proved = posted(world, sent(SourceKind.GENERIC_JSON, body, NOW))
    assert proved.status_code == 200
    kept = world.came_of(proved)
    assert (kept.state, kept.body) == ("unreadable", body)
    assert kept.reason
    before = len(world.deliveries())
    assert posted(world, sent(SourceKind.SNAPCHAT_LEAD, body, NOW)).status_code == 400
    assert posted(world, sent(SourceKind.GOOGLE_LEAD_FORM, body, NOW)).status_code == 400
    assert len(world.deliveries()) == before


@case("body-deep-nesting")
def body_deep_nesting(world: World) -> None:
    unreadable(world, b"[" * 100_000)


@case("body-huge-int")
def body_huge_int(world: World) -> None:
    unreadable(world, b'{"lead_id": ' + b"9" * 5000 + b"}")


@case("body-nan")
def body_nan(world: World) -> None:
    unreadable(world, CASES["body-nan"]["raw"].encode())


@case("body-not-utf8")
def body_not_utf8(world: World) -> None:
    unreadable(world, b"\xff\xfe")


def survived(world: World, name: str) -> list[tuple[str, str | None]]:
    raw = CASES[name]["raw"].encode()
    answer = posted(world, sent(SourceKind.GENERIC_JSON, raw, NOW))
    assert answer.status_code == 200
    assert world.came_of(answer).body == raw
    return world.fates(answer)


@case("body-nul")
def body_nul(world: World) -> None:
    ((state, reason),) = survived(world, "body-nul")
    assert state == "dead"
    assert reason


@case("body-surrogate")
def body_surrogate(world: World) -> None:
    ((state, reason),) = survived(world, "body-surrogate")
    assert state == "dead"
    assert reason


@case("body-too-large")
def body_too_large(world: World) -> None:
    for kind in SENDERS:
        # Mails may be longer: they hold files.
        request = sent(kind, b"x" * (LARGEST_BODY + 1 if kind in INBOUND else 2 << 20), NOW)
        assert posted(world, request).status_code == 413, kind


@case("method-head")
def method_head(world: World) -> None:
    for kind in SENDERS:
        for method in ("HEAD", "PUT", "DELETE", "PATCH"):
            answer = world.app.test_client().open(f"/webhooks/{kind}", method=method)
            assert answer.status_code == 405, (kind, method)
