"""`generic_json`: any program that can post JSON and prove itself; one item or a list of them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from prospects.reading import UnreadableError
from webhooks import proofs
from webhooks.adapter import Adapter, Incoming, Item, Posted, Refused, Verified
from webhooks.generic_items import key_of, read_item, read_items, renamed
from webhooks.sources import Source, StandardWebhooksAuth


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Judge the sender by the way `auth` names, and the token in the path if there is one."""
    if request.method != "POST":
        return proofs.NOT_POSTED
    if not (proofs.by_path(request, source) and proofs.by_auth(request, source, now)):
        return proofs.UNPROVED
    if source.auth is None and not _readable(request.body):
        # Nothing was signed and nothing can be read: there is nothing to keep.
        return Refused(400, "the body is not JSON")
    return Verified(_delivery_key(request, source))


def _delivery_key(request: Incoming, source: Source) -> str | None:
    """What a repeat of this request has in common with it; None where a repeat may be meant.

    Only Standard Webhooks signs its id; any other id counts together with the body, so that a
    sender whose id never changes loses nothing.
    """
    digest = hashlib.sha256(request.body).hexdigest()
    if isinstance(source.auth, StandardWebhooksAuth):
        return f"id:{request.headers['webhook-id']}"
    for name in ("idempotency-key", "webhook-id"):
        if name in request.headers:
            return f"id:{request.headers[name]}:{digest}"
    return f"body:{digest}" if _stable(request.body, source) else None


def _stable(body: bytes, source: Source) -> bool:
    """Whether each item can be recognised when it comes again; looked at closely only if need be."""
    if b'"activity"' not in body and b"\\u" not in body and "activity" not in source.map.values():
        return True
    try:
        items = read_items(body)
    except UnreadableError:
        return True
    named = [renamed(each, source) for each in items if isinstance(each, Mapping)]
    return all(key_of(each) is not None for each in named)


def _readable(body: bytes) -> bool:
    try:
        read_items(body)
    except UnreadableError:
        return False
    return True


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each item of the body, in order."""
    return [read_item(each, source, posted.received_at) for each in read_items(posted.body)]


ADAPTER = Adapter(verify=verify, parse=parse)
