"""`cloudevents`: events of programs by CloudEvents 1.0: structured, binary (in headers) and in batches. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from prospects.kinds import OUTSIDE, Kind
from prospects.reading import UnreadableError, read_json
from webhooks import proofs
from webhooks.adapter import Adapter, Answer, Dead, Incoming, Item, Posted, Refused, Verified
from webhooks.documents import TEST_MARK
from webhooks.generic_items import LONGEST_KEY, MOST_ITEMS, PERSON, read_item
from webhooks.sources import Source

REFUSED = Refused(401, "the sender could not be proved")
HEADERS = ("id", "source", "specversion", "type", "subject", "time", "dataschema")
BATCH = "application/cloudevents-batch"
STRUCTURED = "application/cloudevents"
VERSION = "1.0"
NEEDED = ("id", "source", "type")
LEAD = Kind.FORM
"""Mapped to this, an event is a lead."""
ASKING = "webhook-request-origin"


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """A bearer's token in the header or in `?access_token=`, or whatever `auth` and `token` ask for."""
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    if not proofs.by_path(request, source) or not _proved(request, source, now):
        return REFUSED
    digest = hashlib.sha256(request.body).hexdigest()
    # In the binary mode the same data may be another event.
    names = [request.headers.get(f"ce-{name}", "") for name in ("source", "id")]
    return Verified(f"body:{'|'.join(names)}:{digest}")


def _proved(request: Incoming, source: Source, now: datetime) -> bool:
    if source.secrets and source.auth is None:
        given = proofs.bearer(request) or request.query.get("access_token", "")
        return proofs.one_of(given, source.secrets)
    return proofs.by_auth(request, source, now)


def asked(request: Incoming, source: Source) -> Answer | Refused:
    """A sender asks whether it may post here: only those in `origins`, or anybody where none is listed."""
    origin = request.headers.get(ASKING, "").strip().lower()
    if not origin or not origin.isprintable() or len(origin) > LONGEST_KEY:
        return Refused(400, "nobody asked: WebHook-Request-Origin is missing")
    if source.origins and origin not in source.origins:
        return Refused(403, "this sender is not one of the source's origins")
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST"}
    return Answer(200, "", allowed)


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each event of the body, in order."""
    return [_item(each, source, posted.received_at) for each in _events(posted)]


def _events(posted: Posted) -> list[object]:
    mode = posted.content_type.lower()
    if "ce-id" in posted.headers and not mode.startswith(STRUCTURED):
        return [_binary(posted)]
    document = read_json(posted.body)
    if isinstance(document, list) and not mode.startswith(f"{STRUCTURED}+"):
        return _batch(document)
    if isinstance(document, Mapping) and not mode.startswith(BATCH):
        return [document]
    raise UnreadableError("this is neither an event nor a batch of events")


def _batch(events: list[object]) -> list[object]:
    if not events:
        raise UnreadableError("the batch is empty")
    if len(events) > MOST_ITEMS:
        raise UnreadableError(f"{len(events)} events are more than {MOST_ITEMS}")
    return events


def _binary(posted: Posted) -> dict[str, Any]:
    """Attributes are headers, percent-encoded; the body is the data."""
    given = {
        name: unquote(posted.headers[f"ce-{name}"])
        for name in HEADERS
        if f"ce-{name}" in posted.headers
    }
    return {**given, "data": read_json(posted.body) if posted.body.strip() else None}


def _item(event: object, source: Source, now: datetime) -> Item:
    if not isinstance(event, Mapping):
        return Dead("", "this event is not an object")
    label = str(event.get("id", ""))[:LONGEST_KEY]
    try:
        data = _data(event)
    except UnreadableError as error:
        return Dead(label, str(error))
    if fault := _fault(event, data):
        return Dead(label, fault)
    word = str(event["type"])
    kind = source.map.get(f"type.{word}", Kind.CUSTOM)
    if kind not in OUTSIDE:
        return Dead(label, f"`map` makes this type `{kind}`, which is no kind of activity")
    told = data if kind == LEAD else _about(data, source)
    return read_item(
        {**told, **_envelope(event, word, kind, data=data, source=source)}, source, now
    )


def _about(data: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """What the data says of the person; the rest says what they did."""
    known = {*PERSON, "consent", TEST_MARK, *source.map}
    return {name: value for name, value in data.items() if name in known}


def _envelope(
    event: Mapping[str, Any], word: str, kind: str, *, data: Mapping[str, Any], source: Source
) -> dict[str, Any]:
    """What the event says about itself, as `generic_json` names it. `source` and `id` recognise it."""
    named = {"external_id": f"{event['source']}#{event['id']}", "at": event.get("time")}
    if kind == LEAD:
        return {**named, "form": data.get("form") or word}
    # Who did it stands with the person, where it is hidden until somebody may see it.
    did = {name: value for name, value in data.items() if source.map.get(name, name) not in PERSON}
    body = {"event": word, "subject": event.get("subject"), **did}
    kept = {name: value for name, value in body.items() if value is not None}
    return {**named, "activity": kind, "body": kept}


def _fault(event: Mapping[str, Any], data: object) -> str | None:
    if event.get("specversion") != VERSION:
        return f"`specversion` is not {VERSION}"
    for name in NEEDED:
        if not isinstance(event.get(name), str) or not event[name].strip():
            return f"`{name}` is missing"
    if len(event["source"]) + len(event["id"]) >= LONGEST_KEY:
        return f"`source` and `id` have more than {LONGEST_KEY} characters"
    return None if isinstance(data, Mapping) else "its data is no JSON object"


def _data(event: Mapping[str, Any]) -> Any:
    """The data; in `data_base64` JSON may be wrapped. Raises UnreadableError for what is no JSON."""
    coded = event.get("data_base64")
    if not isinstance(coded, str):
        return event.get("data")
    try:
        return read_json(base64.b64decode(coded, validate=True))
    except (binascii.Error, ValueError):
        raise UnreadableError("`data_base64` holds no JSON") from None


ADAPTER = Adapter(
    verify=verify, parse=parse, asked=asked, keeps=tuple(f"ce-{name}" for name in HEADERS)
)
