"""`calendly`: meetings that somebody books, moves or cancels, and routing forms. Pure.

A meeting that is moved comes as two events in any order: the old one is canceled, a new one created.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import proofs, signatures
from webhooks.adapter import (
    About,
    Adapter,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Verified,
)
from webhooks.documents import (
    LONGEST_LABEL,
    as_test,
    filled,
    objects,
    part,
    read_object,
    spoken,
    text,
)
from webhooks.filled_in import filled_in, touch
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.sources import Source

CREATED = "invitee.created"
CANCELED = "invitee.canceled"
ROUTED = "routing_form_submission.created"
SPACE = "meeting"


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Calendly-Webhook-Signature is `t=…,v1=…`: the hex HMAC of time, dot and raw body.

    Calendly's own example lets a time be three minutes old; five, as everywhere here, spare clocks.
    """
    header = request.headers.get("calendly-webhook-signature", "")[: signatures.LONGEST_HEADER]
    parts = [each.strip().partition("=")[::2] for each in header.split(",")]
    stamp = dict(parts).get("t", "")
    message = stamp.encode("utf-8", "replace") + b"." + request.body
    good = signatures.in_time(stamp, now) and any(
        signatures.signed_hex(given, message, source.secrets)
        for name, given in parts[:20]
        if name == "v1"
    )
    return proofs.signed(request, source, proved=good)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one event of the body."""
    document = read_object(posted.body, "an event of Calendly's")
    if tests := as_test(document):
        return tests
    payload = document.get("payload")
    if not isinstance(payload, Mapping):
        raise UnreadableError("this is not an event of Calendly's")
    event, ref = text(document.get("event")), text(payload.get("uri"))
    at = document.get("created_at")
    match event:
        case _ if not ref:
            return [Quarantined(event[:LONGEST_LABEL], "it names nobody who was invited")]
        case "invitee.created":
            return [_booked(ref, payload, source, read_at(payload, at, posted))]
        case "invitee.canceled":
            return [
                _canceled(ref, payload, source, read_at(part(payload, "cancellation"), at, posted))
            ]
        case "routing_form_submission.created":
            return [_routed(ref, payload, source, read_at(payload, at, posted))]
        case _:
            return [Quarantined(ref[:LONGEST_LABEL], "an event of another sort")]


def read_at(told: Mapping[str, Any], otherwise: object, posted: Posted) -> datetime:
    """When it was done, else when it was told."""
    return read_instant(told.get("created_at") or otherwise, posted.received_at).at


def _booked(ref: str, payload: Mapping[str, Any], source: Source, at: datetime) -> Read:
    body = {**_meeting(payload, source), "moved_from": text(payload.get("old_invitee"))}
    return _read(f"{CREATED}:{ref}", ref, _invited(payload, source), Kind.MEETING, at, body)


def _canceled(ref: str, payload: Mapping[str, Any], source: Source, at: datetime) -> Read:
    """A meeting that was only moved is still booked, and says so."""
    moved = payload.get("rescheduled") is True
    cancellation = part(payload, "cancellation")
    body = {
        **_meeting(payload, source),
        "change": "moved" if moved else "canceled",
        "moved_to": text(payload.get("new_invitee")),
        "by": text(cancellation.get("canceler_type")),
        "reason": text(cancellation.get("reason")),
    }
    who = _invited(payload, source)
    return _read(f"{CANCELED}:{ref}", ref, who, Kind.MEETING_CHANGED, at, body)


def _routed(ref: str, payload: Mapping[str, Any], source: Source, at: datetime) -> Read:
    asked = objects(payload.get("questions_and_answers"))
    fields = [(text(each.get("question")), spoken(each.get("answer"))) for each in asked]
    found = filled_in(fields, source, at, guess=True)
    form = text(payload.get("routing_form"))
    led = _touch(payload)
    body = {
        "form": source.map.get(f"form.{form.rpartition('/')[2]}") or "calendly",
        "form_id": form,
        "campaign": led.get("utm_campaign") or source.campaign,
        "touch": led,
        "fields": found.about.fields,
    }
    return _read(f"{ROUTED}:{ref}", ref, found.about, Kind.FORM, at, body)


def _read(
    key: str, ref: str, who: About, kind: Kind, at: datetime, body: Mapping[str, Any]
) -> Read:
    label = ref[:LONGEST_LABEL]
    return Read(
        space=SPACE, key=key, label=label, about=who, kind=kind, happened_at=at, body=filled(body)
    )


def _meeting(payload: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """The meeting itself; `with` is who of our own people it is with."""
    event = part(payload, "scheduled_event")
    led = _touch(payload)
    return {
        "name": text(event.get("name")),
        "starts_at": text(event.get("start_time")),
        "ends_at": text(event.get("end_time")),
        "with": [
            email
            for each in objects(event.get("event_memberships"))
            if (email := text(each.get("user_email")))
        ],
        "meeting": text(event.get("uri")) or text(payload.get("event")),
        "invitee": text(payload.get("uri")),
        "campaign": led.get("utm_campaign") or source.campaign,
        "touch": led,
    }


def _touch(payload: Mapping[str, Any]) -> dict[str, str]:
    tracking = part(payload, "tracking")
    return touch((name, text(value)) for name, value in tracking.items())


def _invited(payload: Mapping[str, Any], source: Source) -> About:
    named = {
        "email": text(payload.get("email")),
        "first_name": text(payload.get("first_name")),
        "last_name": text(payload.get("last_name")),
        "name": text(payload.get("name")),
        "zone": text(payload.get("timezone")),
        "phone": text(payload.get("text_reminder_number")),
    }
    for each in objects(payload.get("questions_and_answers")):
        asked, answer = text(each.get("question")), spoken(each.get("answer"))
        ours = source.map.get(asked) or as_field(asked)
        if answer:
            named[ours] = answer
    return about({name: value for name, value in named.items() if value}, ids={})


ADAPTER = Adapter(verify=verify, parse=parse)
