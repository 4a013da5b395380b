"""`segment`: identify, track, page, screen, group and alias calls of Segment and RudderStack, one or a batch. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks import proofs, repeats
from webhooks.adapter import Adapter, Dead, Incoming, Item, Posted, Refused, Verified
from webhooks.generic_items import MOST_ITEMS
from webhooks.segment_calls import CALL_HEADER, SHARED, TYPES, Call, read_call
from webhooks.sources import Source

REFUSED = Refused(401, "the sender could not be proved")


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """The write key: as the user's name, as a bearer's token, or as `writeKey` in the body."""
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    if not proofs.by_path(request, source):
        return REFUSED
    document = _document(request.body)
    given = proofs.user(request) or proofs.bearer(request) or _inside(document)
    if not proofs.one_of(given, source.secrets):
        return REFUSED
    calls = [] if document is None else _calls(document)
    # Calls without an id count each time they come, and so must their delivery.
    known = all(isinstance(each, Mapping) and each.get("messageId") for each in calls)
    return repeats.of_request(request, known=known)


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each call of the body, in order; what stands beside a batch holds for all of it."""
    document = read_json(posted.body)
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no call and no batch of calls")
    calls = _calls(document)
    if not calls:
        raise UnreadableError("the batch is empty")
    if len(calls) > MOST_ITEMS:
        raise UnreadableError(f"{len(calls)} calls are more than {MOST_ITEMS}")
    shared = {name: document[name] for name in SHARED if name in document}
    call = posted.headers.get(CALL_HEADER, "")
    if call in TYPES and "batch" not in document:
        shared["type"] = call
    return [_item(each, shared, posted, source) for each in calls]


def _item(given: object, shared: Mapping[str, Any], posted: Posted, source: Source) -> Item:
    if not isinstance(given, Mapping):
        return Dead("", "this call is not an object")
    return read_call(Call({**shared, **given}), source, posted.received_at)


def _calls(document: Mapping[str, Any]) -> list[Any]:
    batch = document.get("batch", [document])
    return batch if isinstance(batch, list) else [batch]


def _document(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = read_json(body)
    except UnreadableError:
        return None
    return found if isinstance(found, Mapping) else None


def _inside(document: Mapping[str, Any] | None) -> str:
    """The write key where libraries of browsers put it; it is overwritten before the body is kept."""
    key = document.get("writeKey") if document else None
    return key if isinstance(key, str) else ""


ADAPTER = Adapter(verify=verify, parse=parse, keeps=(CALL_HEADER,))
