"""Asks any service that answers a GET about a domain with one JSON object; `finds` says what stands where. Pure."""

from collections.abc import Sequence
from urllib.parse import quote

from webhooks import rest_troubles
from webhooks.adapter import Call, Reply, Trouble
from webhooks.destinations import Destination
from webhooks.documents import read_object
from webhooks.lookups.lookup import Finding, Lookup
from webhooks.paths import lifted
from webhooks.written_out import DOMAIN

LONGEST = 500
NOT_KNOWN = frozenset({204, 404, 410, 422})
"""Answers that services give about companies they know nothing of."""
OURS = {
    401: rest_troubles.REFUSED,
    402: "the service wishes to be paid",
    403: "the access token may not ask this: check its rights",
}


def ask(domain: str, lookup: Destination) -> Call:
    url = (lookup.url or "").replace(DOMAIN, quote(domain, safe=""))
    headers = {"Accept": "application/json", "User-Agent": "Warmline"}
    if lookup.access_token and lookup.header:
        headers[lookup.header] = lookup.access_token
    elif lookup.access_token:
        headers["Authorization"] = f"Bearer {lookup.access_token}"
    return Call(url, headers)


def read(reply: Reply, lookup: Destination) -> Sequence[Finding] | Trouble:
    if reply.status in NOT_KNOWN:
        return []
    if wrong := rest_troubles.trouble(reply, OURS):
        return wrong
    document = read_object(reply.body)
    there = lifted(document, lookup.finds.values())
    said = ((name, there.get(path)) for name, path in lookup.finds.items())
    return [
        Finding(name, value[:LONGEST] if isinstance(value, str) else value)
        for name, value in said
        if isinstance(value, str | int | float | bool) and value != ""
    ]


LOOKUP = Lookup(ask, read)
