"""`ses`: what became of mails that Amazon SES carried, told by a topic of its notification service. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from prospects.bounces import Bounce
from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import sns
from webhooks.adapter import (
    Adapter,
    Call,
    Incoming,
    Item,
    Passed,
    Posted,
    Quarantined,
    Refused,
    Reply,
    Test,
    Thin,
    Trouble,
    Verified,
)
from webhooks.fed_back import ALL_MAIL, MARK, Word, feedback, machine_of, text_at, texts_in
from webhooks.instants import read_instant
from webhooks.mail_proofs import turned_away
from webhooks.proofs import UNPROVED
from webhooks.sources import Source

Event = Mapping[str, Any]
SUBSCRIPTION = "subscription"
NO_NEWS = {"Send": "sent is no news of a mail", "Rendering Failure": "Amazon could not make it"}
_PART: Mapping[str, tuple[str, str]] = {
    "Delivery": ("delivery", "recipients"),
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
    "Open": ("open", ""),
    "Click": ("click", ""),
    "Reject": ("reject", ""),
}
"""Under which name the event itself stands, and in it those it is about."""
KINDS: Mapping[str, Kind] = {
    "Delivery": Kind.DELIVERED,
    "Bounce": Kind.BOUNCED,
    "Complaint": Kind.COMPLAINED,
    "DeliveryDelay": Kind.DEFERRED,
    "Open": Kind.OPEN,
    "Click": Kind.CLICK,
    "Reject": Kind.BOUNCED,
}


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """A message of one of our topics, signed by Amazon.

    The topic is looked at first, because anybody can have a topic that Amazon signs for. Where the
    certificate is not here yet, the message is kept and proved as soon as it is.
    """
    if refused := turned_away(request, source):
        return refused
    try:
        envelope = sns.read_envelope(request.body)
    except UnreadableError:
        return UNPROVED
    topics, certificate = {*source.topics, *source.pages}, envelope["SigningCertURL"]
    if envelope["TopicArn"] not in topics or not sns.is_certificate(certificate):
        return UNPROVED
    if envelope["Type"] in sns.CONFIRMATIONS and not sns.is_amazons(envelope.get("SubscribeURL")):
        return UNPROVED
    key = f"id:{envelope['MessageId']}"
    if certificate not in request.certificates:
        return Verified(key, unproved=certificate)
    return Verified(key) if sns.is_signed(envelope, request.certificates[certificate]) else UNPROVED


def parse(posted: Posted, source: Source) -> list[Item]:
    """The event in a message, one item for each recipient; a confirmation is an errand."""
    envelope = sns.read_envelope(posted.body)
    key = envelope["MessageId"]
    if envelope["Type"] == "SubscriptionConfirmation":
        return [Thin(SUBSCRIPTION, str(envelope.get("SubscribeURL")), key)]
    if envelope["Type"] != sns.NOTIFICATION:
        return [Quarantined(key, "the topic no longer sends here: subscribe this address again")]
    try:
        event = read_json(envelope["Message"].encode("utf-8", "replace"))
    except UnreadableError:
        # "Successfully validated SNS topic for Amazon SES event publishing."
        return [Test(key)]
    if not isinstance(event, Mapping):
        return [Test(key)]
    return _items(event, key, source, posted.received_at)


def _items(event: Event, key: str, source: Source, received_at: datetime) -> list[Item]:
    told = text_at(event, "eventType") or text_at(event, "notificationType")
    if told in NO_NEWS:
        return [Passed(key, NO_NEWS[told])]
    if told == "Subscription":
        return list(_left(event, key, source, received_at)) or [
            Passed(key, "nobody left by it: a way back in is no consent of ours")
        ]
    if told is None or told not in KINDS:
        return [Quarantined(key, "an event that is not known here")]
    if told == "Complaint" and text_at(event, "complaint", "complaintFeedbackType") == "not-spam":
        return [Passed(key, "somebody said that it is not spam")]
    return [
        feedback(_word(told, event, each, f"{key}:{n}" if n else key, received_at), "ses")
        for n, each in enumerate(_recipients(told, event))
    ]


def _recipients(told: str, event: Event) -> list[Mapping[str, Any]]:
    """Those the event is about, else those the mail went to; opens and clicks do not say who it was."""
    part, field = _PART[told]
    listed = event[part].get(field) if isinstance(event.get(part), Mapping) else None
    mail = event.get("mail")
    listed = listed or (mail.get("destination") if isinstance(mail, Mapping) else None)
    whole = (
        [each if isinstance(each, Mapping) else {"emailAddress": each} for each in listed or ()]
        if isinstance(listed, list)
        else []
    )
    if told in {"Open", "Click"} and len(whole) > 1:
        return [{}]
    return whole or [{}]


def _word(
    told: str, event: Event, about: Mapping[str, Any], key: str, received_at: datetime
) -> Word:
    part = _PART[told][0]
    at = text_at(event, part, "timestamp") or text_at(event, "mail", "timestamp")
    kind = KINDS[told]
    return Word(
        kind=kind,
        key=key,
        told=read_instant(at, received_at),
        address=text_at(about, "emailAddress"),
        names=_names(event),
        service_id=text_at(event, "mail", "messageId"),
        message_id=text_at(event, "mail", "commonHeaders", "messageId"),
        subject=text_at(event, "mail", "commonHeaders", "subject"),
        bounce=_bounce(event) if kind is Kind.BOUNCED else None,
        status=text_at(about, "status"),
        reason=_reason(event, about, part) if kind is not Kind.DELIVERED else None,
        url=text_at(event, "click", "link"),
        machine=machine_of(text_at(event, part, "userAgent")) if part == "open" else None,
    )


def _names(event: Event) -> Iterator[str | None]:
    mail = event.get("mail")
    if not isinstance(mail, Mapping):
        return
    tags, headers = mail.get("tags"), mail.get("headers")
    yield from texts_in(tags.get(MARK)) if isinstance(tags, Mapping) else ()
    for each in headers if isinstance(headers, list) else ():
        if isinstance(each, Mapping) and str(each.get("name")).lower() == "message-id":
            yield text_at(each, "value")
    yield text_at(mail, "commonHeaders", "messageId")


def _bounce(event: Event) -> Bounce:
    return Bounce.HARD if text_at(event, "bounce", "bounceType") == "Permanent" else Bounce.SOFT


def _reason(event: Event, about: Mapping[str, Any], part: str) -> str | None:
    names = ("bounceSubType", "complaintFeedbackType", "delayType", "reason")
    return text_at(about, "diagnosticCode") or next(
        (found for name in names if (found := text_at(event, part, name))), None
    )


def _left(event: Event, key: str, source: Source, received_at: datetime) -> Iterator[Item]:
    """The topics of Amazon's list that somebody left; `map: {topic.NAME: ours}` gives one our name."""
    change = event.get(SUBSCRIPTION)
    wishes = change.get("newTopicPreferences") if isinstance(change, Mapping) else None
    if not isinstance(wishes, Mapping):
        return
    listed = wishes.get("topicSubscriptionStatus")
    out = [
        text_at(each, "topicName") or ""
        for each in (listed if isinstance(listed, list) else ())
        if text_at(each, "subscriptionStatus") == "OptOut"
    ]
    every = wishes.get("unsubscribeAll") is True
    topics = (
        [ALL_MAIL] if every else [source.map.get(f"topic.{each}", each) for each in out if each]
    )
    told = read_instant(text_at(event, SUBSCRIPTION, "timestamp"), received_at)
    for about in _recipients("Open", event):
        for topic in topics:
            yield feedback(
                Word(
                    kind=Kind.UNSUBSCRIBED,
                    key=f"{key}:{topic}",
                    told=told,
                    address=text_at(about, "emailAddress"),
                    names=_names(event),
                    service_id=text_at(event, "mail", "messageId"),
                    topic=topic,
                ),
                "ses",
            )


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """Subscribing is one call to the address that came in the signed message."""
    if not sns.is_amazons(ref):
        return Trouble("the address to confirm at is not Amazon's", final=True)
    if not replies:
        return Call(ref, {})
    status = replies[-1].status
    if status == 200:
        return None
    return Trouble(f"Amazon answered {status} to the confirmation", final=400 <= status < 500)


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """The topic sends here from now on."""
    return Passed(SUBSCRIPTION, "the topic is subscribed")


ADAPTER = Adapter(verify=verify, parse=parse, next_call=next_call, read_fetched=read_fetched)
