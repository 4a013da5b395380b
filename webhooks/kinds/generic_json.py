"""`generic_json`: any program that can post JSON and prove itself; one item or a list of them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from prospects.reading import UnreadableError
from webhooks import proofs, repeats
from webhooks.adapter import Adapter, Incoming, Item, Posted, Read, Refused, Verified
from webhooks.generic_items import key_of, read_item, read_items, renamed
from webhooks.sources import Source, StandardWebhooksAuth

_FIRST_IS_ID = re.compile(
    rb'\s*+\{\s*+"external_id"\s*+:\s*+(?:"[!#-\[\]-~]{1,200}"|[0-9]{1,18})\s*+[,}]'
)
"""One object that begins with its own id, as most do: worth not reading it twice."""


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Judge the sender by the way `auth` names, and the token in the path if there is one."""
    if request.method != "POST":
        return proofs.NOT_POSTED
    if not (proofs.by_path(request, source) and proofs.by_auth(request, source, now)):
        return proofs.UNPROVED
    if source.auth is None and not _readable(request.body):
        # Nothing was signed and nothing can be read: there is nothing to keep.
        return Refused(400, "the body is not JSON")
    if isinstance(source.auth, StandardWebhooksAuth):
        # The only id that is signed: it alone tells a repeat.
        return Verified(f"id:{request.headers['webhook-id']}")
    return repeats.of_request(request, known=_known(request.body, source))


def _known(body: bytes, source: Source) -> bool:
    """Whether each item has an id of its own; looked at closely only if need be."""
    if (
        b"external_id" not in body
        and b"\\u" not in body
        and "external_id" not in source.map.values()
    ):
        return False
    if _FIRST_IS_ID.match(body) and body.count(b"external_id") == 1 and not source.map:
        return True
    try:
        items = read_items(body)
    except UnreadableError:
        return True
    return all(isinstance(each, Mapping) and key_of(renamed(each, source)) for each in items)


def _readable(body: bytes) -> bool:
    try:
        read_items(body)
    except UnreadableError:
        return False
    return True


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each item of the body, in order."""
    read = [read_item(each, source, posted.received_at) for each in read_items(posted.body)]
    return [_keyed(each, n, posted) for n, each in enumerate(read)]


def _keyed(item: Item, n: int, posted: Posted) -> Item:
    """An item without an id of its own goes by the one its sender gave the request, if they did."""
    if not isinstance(item, Read) or item.key is not None:
        return item
    what = f"{item.kind}/{item.body.get('form', '')}"
    return replace(item, key=repeats.of_item(posted, n, item.about, what))


ADAPTER = Adapter(verify=verify, parse=parse)
