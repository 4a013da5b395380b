"""`tiktok_lead`: lead forms of TikTok's ads, whole in the body and signed by nobody. Pure.

With an `access_token` each lead is asked for at the platform, and only what it confirms is believed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from prospects.reading import UnreadableError
from webhooks import proofs, signatures
from webhooks.adapter import (
    Adapter,
    Call,
    Dead,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Refused,
    Reply,
    Thin,
    Trouble,
    Verified,
)
from webhooks.documents import LONGEST_LABEL, as_test, objects, read_object, text
from webhooks.rest_troubles import NO_TOKEN
from webhooks.sources import Source
from webhooks.tiktok_answers import SPACE, confirmed, entries_in, read_lead, trouble

LEAD = (1, "LEAD", None)
"""How a notification says that it is about leads."""
LEAD_GET = "/open_api/v1.3/lead/get/"


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """The secret address proves the sender.

    No signature was ever shown for leads. TikTok's other webhooks have `t=…,s=…`, the hex HMAC of
    time, dot and body: where it comes and a secret is set, it must be right.
    """
    sign = request.headers.get("tiktok-signature", "")[: signatures.LONGEST_HEADER]
    good = not (sign and source.secrets) or _signed(sign, request.body, source)
    return proofs.unsigned(request, source, _entries, proved=good)


def _signed(sign: str, body: bytes, source: Source) -> bool:
    parts = dict(each.strip().partition("=")[::2] for each in sign.split(","))
    message = parts.get("t", "").encode("utf-8", "replace") + b"." + body
    return signatures.signed_hex(parts.get("s", ""), message, source.secrets)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The leads of the body, each with its own fate."""
    document = read_object(posted.body)
    if tests := as_test(document):
        return tests
    if document.get("object") not in LEAD:
        return [Quarantined("", "it is not about a lead")]
    return [_entry(each, source, posted.received_at) for each in _entries(posted.body)]


def _entries(body: bytes) -> list[Mapping[str, Any]]:
    document = read_object(body)
    found = list(objects(document.get("entry")))
    if not found and not as_test(document):
        raise UnreadableError("this is no notification of TikTok's")
    return found


def _entry(entry: Mapping[str, Any], source: Source, now: datetime) -> Item:
    ref = text(entry.get("id"))
    if not ref:
        return Dead("", "the lead has no `id`")
    if not _speaks_for(entry, source):
        return Quarantined(ref[:LONGEST_LABEL], "its advertiser is not in `pages` of this source")
    if source.access_token:
        return Thin(SPACE, ref, ref[:LONGEST_LABEL], told=entry)
    return read_lead(entry, source, now)


def _speaks_for(entry: Mapping[str, Any], source: Source) -> bool:
    """Whether `pages` has the advertiser, the page, or both with a slash between."""
    advertiser, page = text(entry.get("advertiser_id")), text(entry.get("page_id"))
    return not source.pages or bool({advertiser, page, f"{advertiser}/{page}"} & set(source.pages))


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """One call, for which the notification says where the lead is."""
    if not source.access_token:
        return NO_TOKEN
    if len(replies) > 1:
        return trouble(replies[-1])
    told = read_object(replies[0].body)
    asked = {
        "advertiser_id": text(told.get("advertiser_id")),
        "lead_source": text(told.get("lead_source")) or "INSTANT_FORM",
        "page_id": text(told.get("page_id")),
        "lead_id": ref,
    }
    return call(asked, source)


def call(asked: Mapping[str, str], source: Source) -> Call:
    """The call that asks for leads."""
    query = urlencode({name: value for name, value in asked.items() if value})
    headers = {"Access-Token": source.access_token or "", "Accept": "application/json"}
    base = source.api.removesuffix("/open_api/v1.3")
    return Call(f"{base}{LEAD_GET}?{query}", headers)


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """The lead as the platform confirms it."""
    try:
        told, found = read_object(bodies[0]), entries_in(bodies[-1])
    except UnreadableError as error:
        return Dead(ref, str(error))
    ours = [each for each in found if each["id"] == ref]
    if not ours:
        return Dead(ref, "the platform answered with another lead")
    return read_lead(confirmed(told, ours[0]), source, now)


ADAPTER = Adapter(verify=verify, parse=parse, next_call=next_call, read_fetched=read_fetched)
