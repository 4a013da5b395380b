"""`sendgrid`: what became of mails that SendGrid carried, a batch at a time, signed with its own key. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.bounces import Bounce, judge
from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import signatures
from webhooks.adapter import (
    Adapter,
    Dead,
    Incoming,
    Item,
    Passed,
    Posted,
    Quarantined,
    Refused,
    Verified,
)
from webhooks.fed_back import ALL_MAIL, APPLE, MARK, Word, feedback, machine_of, text_at
from webhooks.instants import read_instant
from webhooks.mail_proofs import turned_away
from webhooks.proofs import UNPROVED
from webhooks.sources import Source

Event = Mapping[str, Any]
SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
MOST_EVENTS = 5000
KINDS: Mapping[str, Kind] = {
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "open": Kind.OPEN,
    "click": Kind.CLICK,
    "bounce": Kind.BOUNCED,
    "dropped": Kind.BOUNCED,
    "spamreport": Kind.COMPLAINED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "group_unsubscribe": Kind.UNSUBSCRIBED,
}
NO_NEWS: Mapping[str, str] = {
    "processed": "processed is no news of a mail",
    "group_resubscribe": "a way back into a group of SendGrid's is no consent of ours",
}
_GONE = frozenset({"invalid address"})


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """ECDSA over the timestamp and the raw body; each of `secrets` is a public key as SendGrid shows it.

    SendGrid states no window for the timestamp: the ids of its events are the guard against repeats.
    """
    if refused := turned_away(request, source):
        return refused
    stamp, given = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    message = stamp.encode("utf-8", "replace") + request.body
    if not stamp or not signatures.signed_ecdsa(given, message, source.secrets):
        return UNPROVED
    return Verified(f"body:{hashlib.sha256(request.body).hexdigest()}")


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each event of the batch."""
    events = read_json(posted.body)
    if not isinstance(events, list):
        raise UnreadableError("this is no list of SendGrid's events")
    if len(events) > MOST_EVENTS:
        raise UnreadableError(f"{len(events)} events are more than {MOST_EVENTS}")
    return [_item(each, source, posted.received_at) for each in events]


def _item(event: object, source: Source, received_at: datetime) -> Item:
    if not isinstance(event, Mapping):
        return Dead("", "this event is not an object")
    key, told = text_at(event, "sg_event_id") or "", event.get("event")
    if isinstance(told, str) and told in NO_NEWS:
        return Passed(key, NO_NEWS[told])
    if not isinstance(told, str) or told not in KINDS:
        return Quarantined(key, "an event that is not known here")
    return feedback(_word(event, key or _composed(event), source, received_at), "sendgrid")


def _composed(event: Event) -> str:
    """Older batches name no event: then the mail, the event and the second do."""
    names = ("sg_message_id", "smtp-id", "email", "event", "timestamp", "url")
    return ":".join(text_at(event, name) or "" for name in names)


def _word(event: Event, key: str, source: Source, received_at: datetime) -> Word:
    kind, bounce = _fate(event)
    marks = [text_at(event, MARK), text_at(event, "smtp-id")]
    group = text_at(event, "asm_group_id")
    return Word(
        kind=kind,
        key=key,
        told=read_instant(event.get("timestamp"), received_at),
        address=text_at(event, "email"),
        names=[*marks, *(each for each in event.values() if isinstance(each, str))],
        service_id=text_at(event, "sg_message_id"),
        message_id=text_at(event, "smtp-id"),
        bounce=bounce,
        status=text_at(event, "status"),
        reason=text_at(event, "reason") or text_at(event, "response"),
        url=text_at(event, "url"),
        machine=_machine(event),
        topic=source.map.get(f"group.{group}", ALL_MAIL) if group else ALL_MAIL,
    )


def _fate(event: Event) -> tuple[Kind, Bounce | None]:
    told, reason = event["event"], text_at(event, "reason") or ""
    if told == "dropped":
        return _dropped(reason.lower())
    if told != "bounce":
        return KINDS[told], None
    if event.get("type") == "blocked":
        return Kind.BOUNCED, Bounce.SOFT
    why = (text_at(event, "bounce_classification") or "").lower()
    otherwise = Bounce.HARD if not why or why in _GONE else Bounce.SOFT
    return Kind.BOUNCED, judge(f"{event.get('status', '')} {reason}", otherwise=otherwise)


def _dropped(reason: str) -> tuple[Kind, Bounce | None]:
    """SendGrid did not even try, because of what it knows of the address."""
    if "unsubscribed" in reason:
        return Kind.UNSUBSCRIBED, None
    if "spam report" in reason:
        return Kind.COMPLAINED, None
    gone = "bounced" in reason or reason.strip() == "invalid"
    return Kind.BOUNCED, Bounce.HARD if gone else Bounce.SOFT


def _machine(event: Event) -> str | None:
    if event.get("sg_machine_open") is True:
        return APPLE
    return machine_of(event.get("useragent")) if event["event"] == "open" else None


ADAPTER = Adapter(verify=verify, parse=parse)
