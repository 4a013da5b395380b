"""What mail services say: proved, and understood alike whoever says it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.ids import ProspectId, SendId, new_id
from prospects.kinds import Kind
from prospects.mail_names import MailName, mark, message_id, named, return_address
from prospects.reading import UnreadableError
from tests.webhooks import mail_services as services
from tests.webhooks.mail_services import ADA, CERTIFICATE, NOW, PATH_TOKEN, TOPIC, incoming
from webhooks.adapter import (
    Incoming,
    Item,
    Passed,
    Posted,
    Quarantined,
    Refused,
    Test,
    Thin,
    Verified,
)
from webhooks.fed_back import Feedback
from webhooks.kinds.registry import ADAPTERS
from webhooks.sources import Source
from webhooks.written import read_source

OURS = MailName(ProspectId(new_id(NOW)), SendId(new_id(NOW)))
HEADER = message_id(OURS, "acme.example")
CERTIFICATES = {CERTIFICATE: services.amazons_certificate()}


def source(kind: str, **more: Any) -> Source:
    usual: dict[str, Any] = {
        "ses": {"topics": [TOPIC]},
        "sendgrid": {"secrets": [services.sendgrids_public_key()]},
        "mailgun": {"secrets": [services.SIGNING_KEY]},
        "postmark": {"token": PATH_TOKEN},
        "resend": {"secrets": [services.SVIX]},
    }
    return read_source({"slug": "mails", "kind": kind, **usual[kind], **more})


def judged(request: Incoming, kind: str, **more: Any) -> Verified | Refused:
    now = more.pop("now", NOW)
    return ADAPTERS[source(kind).kind].verify(request, source(kind, **more), now)


def parsed(
    body: bytes, kind: str, headers: dict[str, str] | None = None, **more: Any
) -> list[Item]:
    posted = Posted(body, NOW, headers=headers or {})
    return ADAPTERS[source(kind).kind].parse(posted, source(kind, **more))


def the(items: list[Item]) -> Feedback:
    (item,) = items
    assert isinstance(item, Feedback), item
    return item


def by_ses(**more: Any) -> Incoming:
    body = services.sns(services.ses("Open", "open", {}), **more)
    return incoming(body, {}, certificates=CERTIFICATES)


def by_sendgrid() -> Incoming:
    return incoming(*services.sendgrid({"event": "open", "sg_event_id": "1"}))


def by_mailgun() -> Incoming:
    return incoming(services.mailgun("opened"), {})


def by_resend() -> Incoming:
    return incoming(*services.resend("email.opened"))


SIGNED: dict[str, Callable[[], Incoming]] = {
    "ses": by_ses,
    "sendgrid": by_sendgrid,
    "mailgun": by_mailgun,
    "resend": by_resend,
}


def changed(request: Incoming, body: bytes) -> Incoming:
    return Incoming("POST", request.headers, {}, body, certificates=request.certificates)


@pytest.mark.parametrize("kind", sorted(SIGNED))
def test_a_signed_word_is_believed_and_one_flipped_bit_of_what_is_signed_is_not(kind: str) -> None:
    request = SIGNED[kind]()
    assert isinstance(judged(request, kind), Verified)
    signed = {"ses": b"eventType", "mailgun": b'"t1"'}.get(
        kind, b"2026" if kind == "resend" else b"email"
    )
    at = request.body.index(signed) + 2
    flipped = bytearray(request.body)
    flipped[at] ^= 1
    assert judged(changed(request, bytes(flipped)), kind) == Refused(
        401, "the sender could not be proved"
    )
    assert judged(Incoming("PUT", request.headers, {}, request.body), kind) == Refused(
        405, "only POST is received here"
    )


@pytest.mark.parametrize("kind", sorted(SIGNED))
@settings(max_examples=30)
@given(data=st.data())
def test_no_garbage_in_place_of_a_proof_breaks_anything(kind: str, data: st.DataObject) -> None:
    request = SIGNED[kind]()
    junk = st.text(max_size=60) | st.just("v1,a,b") | st.just("v1,é")
    headers = {name: data.draw(junk) for name in request.headers}
    body = data.draw(st.binary(max_size=80) | st.just(b'{"signature": {"token": 1}}'))
    found = judged(Incoming("POST", headers, {}, body, certificates=CERTIFICATES), kind)
    assert isinstance(found, Refused)
    assert found.status in {400, 401}


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_amazons_signature_are_good_and_no_third_is(version: str) -> None:
    assert isinstance(judged(by_ses(version=version), "ses"), Verified)
    other = json.loads(by_ses(version=version).body)
    other["SignatureVersion"] = "3"
    assert isinstance(judged(changed(by_ses(), json.dumps(other).encode()), "ses"), Refused)


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace(".com/", ".com.evil.example/"),
        CERTIFICATE.replace("//sns", "//evil.example@sns"),
        CERTIFICATE.replace("//sns", "//x.sns"),
        CERTIFICATE.replace(".com/", ".com:444/"),
        CERTIFICATE.replace(".com/", ".com\\@evil.example/"),
        CERTIFICATE.replace("sns.eu-central-1", "s3.eu-central-1"),
        "https://sns.eu-central-1.amazonaws.com/evil/SimpleNotificationService-1.pem",
        CERTIFICATE + "?x=1",
        "",
    ],
)
def test_a_certificate_from_anywhere_else_is_refused_before_anything_is_fetched(url: str) -> None:
    assert isinstance(judged(by_ses(SigningCertURL=url), "ses"), Refused)


def test_amazon_signs_for_everybody_so_another_topic_is_refused() -> None:
    assert isinstance(judged(by_ses(TopicArn=TOPIC + "-of-somebody"), "ses"), Refused)
    asked = {"Type": "SubscriptionConfirmation", "Token": "t", "TopicArn": TOPIC + "-of-somebody"}
    assert isinstance(judged(by_ses(**asked, SubscribeURL=f"{services.AMAZON}/?x"), "ses"), Refused)


def test_a_subscription_is_confirmed_at_amazon_and_nowhere_else() -> None:
    asked = {"Type": "SubscriptionConfirmation", "Token": "t"}
    good = by_ses(**asked, SubscribeURL=f"{services.AMAZON}/?Action=ConfirmSubscription&Token=t")
    assert isinstance(judged(good, "ses"), Verified)
    (item,) = parsed(good.body, "ses")
    assert isinstance(item, Thin)
    assert item.ref.startswith(services.AMAZON)
    for bad in ("https://sns.eu-central-1.amazonaws.com.evil.example/", "http://127.0.0.1/", None):
        assert isinstance(judged(by_ses(**asked, SubscribeURL=bad), "ses"), Refused)


def test_without_its_certificate_a_word_of_amazons_is_kept_unproved() -> None:
    found = judged(incoming(by_ses().body, {}), "ses")
    assert isinstance(found, Verified)
    assert found.unproved == CERTIFICATE


def test_the_words_with_which_amazon_tries_a_topic_are_a_test() -> None:
    body = services.sns("Successfully validated SNS topic for Amazon SES event publishing.")
    assert isinstance(parsed(body, "ses")[0], Test)


def test_a_token_of_mailguns_is_fresh_or_refused_and_proves_one_body() -> None:
    request = incoming(services.mailgun("opened"), {})
    found = judged(request, "mailgun")
    assert isinstance(found, Verified)
    assert found.once
    assert isinstance(judged(request, "mailgun", now=NOW + timedelta(hours=8)), Verified)
    assert isinstance(judged(request, "mailgun", now=NOW + timedelta(days=1)), Refused)
    assert isinstance(judged(request, "mailgun", now=NOW - timedelta(hours=1)), Refused)


def test_postmark_knows_the_address_or_the_password() -> None:
    body = services.postmark("Delivery")
    assert isinstance(judged(incoming(body, {}, PATH_TOKEN), "postmark"), Verified)
    assert isinstance(judged(incoming(body, {}, "another-last-part"), "postmark"), Refused)
    basic = {"Authorization": "Basic cG06YS1wYXNzd29yZA=="}
    more = {"token": None, "secrets": ["pm:a-password"]}
    assert isinstance(judged(incoming(body, basic), "postmark", **more), Verified)
    assert isinstance(judged(incoming(body, {}), "postmark", **more), Refused)
    assert judged(incoming(b"[]", {}, PATH_TOKEN), "postmark") == Refused(
        400, "this is no record of Postmark's about a mail"
    )


ADDRESSED = {"destination": [ADA]}
GONE = {"emailAddress": ADA, "status": "5.1.1", "diagnosticCode": "550 5.1.1 user unknown"}
SAID: list[tuple[str, bytes, Kind, dict[str, Any]]] = [
    ("ses", services.sns(services.ses("Delivery", "delivery", {"recipients": [ADA]})), Kind.DELIVERED, {}),
    ("ses", services.sns(services.ses("Bounce", "bounce", {"bounceType": "Permanent", "bouncedRecipients": [GONE]})), Kind.BOUNCED, {"bounce": "hard"}),
    ("ses", services.sns(services.ses("Bounce", "bounce", {"bounceType": "Transient", "bouncedRecipients": [GONE]})), Kind.BOUNCED, {"bounce": "soft"}),
    ("ses", services.sns(services.ses("Complaint", "complaint", {"complainedRecipients": [{"emailAddress": ADA}]})), Kind.COMPLAINED, {}),
    ("ses", services.sns(services.ses("DeliveryDelay", "deliveryDelay", {"delayType": "MailboxFull"})), Kind.DEFERRED, {"reason": "MailboxFull"}),
    ("ses", services.sns(services.ses("Click", "click", {"link": "https://a.example/x"})), Kind.CLICK, {"url": "https://a.example/x"}),
    ("ses", services.sns(services.ses("Subscription", "subscription", {"newTopicPreferences": {"unsubscribeAll": True}})), Kind.UNSUBSCRIBED, {"topic": "*"}),
    ("sendgrid", services.sendgrid({"event": "bounce", "type": "bounce", "reason": "550 no such user", "sg_event_id": "1"})[0], Kind.BOUNCED, {"bounce": "hard"}),
    ("sendgrid", services.sendgrid({"event": "bounce", "type": "blocked", "reason": "554 user unknown", "sg_event_id": "1"})[0], Kind.BOUNCED, {"bounce": "soft"}),
    ("sendgrid", services.sendgrid({"event": "dropped", "reason": "Bounced Address"})[0], Kind.BOUNCED, {"bounce": "hard"}),
    ("sendgrid", services.sendgrid({"event": "dropped", "reason": "Unsubscribed Address"})[0], Kind.UNSUBSCRIBED, {}),
    ("sendgrid", services.sendgrid({"event": "spamreport"})[0], Kind.COMPLAINED, {}),
    ("sendgrid", services.sendgrid({"event": "group_unsubscribe", "asm_group_id": 7})[0], Kind.UNSUBSCRIBED, {"topic": "*"}),
    ("mailgun", services.mailgun("failed", severity="permanent", **{"delivery-status": {"code": 550, "message": "5.1.1 user unknown"}}), Kind.BOUNCED, {"bounce": "hard"}),
    ("mailgun", services.mailgun("failed", severity="permanent", **{"delivery-status": {"message": "554 5.7.1 blocked by policy"}}), Kind.BOUNCED, {"bounce": "soft"}),
    ("mailgun", services.mailgun("failed", severity="temporary", **{"delivery-status": None}), Kind.DEFERRED, {}),
    ("mailgun", services.mailgun("complained"), Kind.COMPLAINED, {}),
    ("mailgun", services.mailgun("unsubscribed"), Kind.UNSUBSCRIBED, {}),
    ("postmark", services.postmark("Bounce", Type="HardBounce", ID=42, Email=ADA), Kind.BOUNCED, {"bounce": "hard"}),
    ("postmark", services.postmark("Bounce", Type="SoftBounce", ID=43), Kind.BOUNCED, {"bounce": "soft"}),
    ("postmark", services.postmark("Bounce", Type="Unsubscribe", ID=44), Kind.UNSUBSCRIBED, {}),
    ("postmark", services.postmark("SpamComplaint", ID=45), Kind.COMPLAINED, {}),
    ("postmark", services.postmark("SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"), Kind.UNSUBSCRIBED, {}),
    ("postmark", services.postmark("SubscriptionChange", SuppressSending=True, SuppressionReason="HardBounce"), Kind.BOUNCED, {"bounce": "hard"}),
    ("postmark", services.postmark("Click", OriginalLink="https://a.example/x"), Kind.CLICK, {"url": "https://a.example/x"}),
    ("resend", services.resend("email.delivered")[0], Kind.DELIVERED, {}),
    ("resend", services.resend("email.delivery_delayed")[0], Kind.DEFERRED, {}),
    ("resend", services.resend("email.bounced", bounce={"type": "Permanent", "message": "no"})[0], Kind.BOUNCED, {"bounce": "hard"}),
    ("resend", services.resend("email.bounced", bounce={"type": "Transient"})[0], Kind.BOUNCED, {"bounce": "soft"}),
    ("resend", services.resend("email.suppressed", suppressed={"reason": "previous_complaint"})[0], Kind.COMPLAINED, {}),
    ("resend", services.resend("email.complained")[0], Kind.COMPLAINED, {}),
    ("resend", services.resend("contact.updated", email=ADA, unsubscribed=True)[0], Kind.UNSUBSCRIBED, {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "happened", "holds"), SAID)
def test_each_service_says_the_same_thing_in_its_own_words(
    kind: str, body: bytes, happened: Kind, holds: dict[str, Any]
) -> None:
    item = the(parsed(body, kind, {"svix-id": "msg_1"}))
    assert (item.kind, item.address) == (happened, ADA)
    assert {name: item.body.get(name) for name in holds} == holds
    barred = item.kind in {Kind.COMPLAINED, Kind.UNSUBSCRIBED} or item.body.get("bounce") == "hard"
    assert (item.bar is not None) == barred
    assert item.key


OPENED: list[tuple[str, bytes, bool]] = [
    ("ses", services.sns(services.ses("Open", "open", {"userAgent": "Mozilla/5.0"})), True),
    ("ses", services.sns(services.ses("Open", "open", {"userAgent": "Mozilla/5.0 (X11)"})), False),
    ("sendgrid", services.sendgrid({"event": "open", "sg_machine_open": True})[0], True),
    ("sendgrid", services.sendgrid({"event": "open", "sg_machine_open": False})[0], False),
    ("mailgun", services.mailgun("opened", **{"client-info": {"bot": "apple"}}), True),
    ("mailgun", services.mailgun("clicked", **{"client-info": {"bot": "generic"}}), True),
    ("mailgun", services.mailgun("opened", **{"client-info": {"bot": ""}}), False),
    ("postmark", services.postmark("Open", UserAgent="Mozilla/5.0"), True),
    ("resend", services.resend("email.opened")[0], False),
]


@pytest.mark.parametrize(("kind", "body", "robot"), OPENED)
def test_what_a_machine_did_is_kept_and_marked(kind: str, body: bytes, robot: bool) -> None:
    item = the(parsed(body, kind, {"svix-id": "msg_1"}))
    assert (item.suspect_robot, "machine" in item.body) == (robot, robot)


NAMED: list[tuple[str, bytes]] = [
    ("ses", services.sns(services.ses("Open", "open", {}, tags={"warmline": [mark(OURS, "_")]}))),
    ("ses", services.sns(services.ses("Open", "open", {}, headers=[{"name": "Message-ID", "value": HEADER}]))),
    ("sendgrid", services.sendgrid({"event": "open", "warmline": mark(OURS)})[0]),
    ("sendgrid", services.sendgrid({"event": "open", "smtp-id": HEADER})[0]),
    ("mailgun", services.mailgun("opened", **{"user-variables": {"warmline": mark(OURS)}})),
    ("mailgun", services.mailgun("opened", message={"headers": {"message-id": HEADER.strip("<>")}})),
    ("postmark", services.postmark("Open", Metadata={"warmline": mark(OURS)})),
    ("resend", services.resend("email.opened", tags={"warmline": mark(OURS, "_")})[0]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body"), NAMED)
def test_our_mark_or_our_message_id_names_the_mail(kind: str, body: bytes) -> None:
    assert the(parsed(body, kind, {"svix-id": "msg_1"})).mail == OURS


def test_a_mails_names_are_read_as_they_were_written_and_nothing_else_is_one() -> None:
    written = (HEADER, mark(OURS), mark(OURS, "-"), return_address(OURS, "back.acme.example"))
    assert {named([each]) for each in written} == {OURS}
    assert named([written[3].upper()]) == OURS
    assert len(written[3].partition("@")[0]) <= 64
    assert named(["<1@acme.example>", "mail-short@acme.example", "a" * 65, None, 7]) is None


def test_what_lets_mail_through_again_is_no_consent() -> None:
    for kind, body in (
        ("postmark", services.postmark("SubscriptionChange", SuppressSending=False)),
        ("sendgrid", services.sendgrid({"event": "group_resubscribe"})[0]),
        ("resend", services.resend("contact.updated", unsubscribed=False)[0]),
    ):
        assert isinstance(parsed(body, kind, {})[0], Passed)


def test_a_group_or_a_list_can_be_one_of_our_topics() -> None:
    body, _ = services.sendgrid({"event": "group_unsubscribe", "asm_group_id": 7})
    item = the(parsed(body, "sendgrid", map={"group.7": "newsletter"}))
    assert item.bar is not None
    assert item.bar.topic == "newsletter"
    wishes = {"topicSubscriptionStatus": [{"topicName": "news", "subscriptionStatus": "OptOut"}]}
    body = services.sns(
        services.ses("Subscription", "subscription", {"newTopicPreferences": wishes})
    )
    assert the(parsed(body, "ses", map={"topic.news": "newsletter"})).body["topic"] == "newsletter"


@pytest.mark.parametrize("kind", ["ses", "sendgrid", "mailgun", "postmark", "resend"])
@settings(max_examples=50)
@given(data=st.data())
def test_no_shape_of_an_event_breaks_its_reader(kind: str, data: st.DataObject) -> None:
    genuine = [json.loads(body) for each, body, *_ in (*SAID, *OPENED) if each == kind]
    document = data.draw(st.sampled_from(genuine))
    inner = json.loads(document["Message"]) if kind == "ses" else document
    bent = _bent(inner, data)
    whole = {**document, "Message": json.dumps(bent)} if kind == "ses" else bent
    try:
        items = parsed(json.dumps(whole).encode(), kind, {"svix-id": "msg_1"})
    except UnreadableError:
        return
    assert all(isinstance(each, Feedback | Passed | Quarantined | Test) or each for each in items)


def _bent(document: Any, data: st.DataObject) -> Any:
    """The document with one value, anywhere in it, of another kind than it was."""
    places = list(_places(document, ()))
    place = data.draw(st.sampled_from(places))
    wrong = st.sampled_from([None, [], {}, "", "x", -1, 1e300, True, [None], [[1]], {"a": None}])
    return _with(document, place, data.draw(wrong))


def _places(value: Any, path: tuple[Any, ...]) -> Any:
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, each in items:
        yield from _places(each, (*path, name))


def _with(value: Any, place: tuple[Any, ...], wrong: Any) -> Any:
    if not place:
        return wrong
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _with(value[place[0]], place[1:], wrong)
    return copy
