"""`meta_lead_ads`: Facebook and Instagram lead ads, which name a lead and have us fetch it. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from prospects.reading import UnreadableError, read_json
from webhooks import signatures
from webhooks.adapter import (
    Adapter,
    Answer,
    Call,
    Dead,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Refused,
    Reply,
    Test,
    Thin,
    Trouble,
    Verified,
)
from webhooks.meta_answers import FIELDS, is_made_up, read_lead
from webhooks.meta_troubles import trouble
from webhooks.rest_troubles import NO_TOKEN
from webhooks.sources import Source

SPACE = "lead"
_LEAD = re.compile(r"[0-9]{1,40}")
_DASHBOARD_TEST = re.compile(r"4{9,40}")
"""The dashboard's Test button names a lead that does not exist, its ids made of fours."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_.-]{1,200}")
UNPROVED = Refused(401, "the sender could not be proved")


def challenge(request: Incoming, source: Source) -> Answer | Refused:
    """Meta's check when a webhook is subscribed: who knows our `verify_token` gets its challenge back."""
    asked = request.query
    if asked.get("hub.mode") != "subscribe" or source.verify_token is None:
        return Refused(403, "this is no subscription we know of")
    if not signatures.same(asked.get("hub.verify_token", ""), source.verify_token):
        return Refused(403, "the verify token is another one")
    code = asked.get("hub.challenge", "")
    # It is sent back as it came, so it must be nothing a browser could read as a page.
    return Answer(200, code) if _CHALLENGE.fullmatch(code) else Refused(400, "this is no challenge")


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """X-Hub-Signature-256 is the HMAC of the raw body; the older SHA-1 header proves nothing."""
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    if source.token is not None and not signatures.same(request.token or "", source.token):
        return UNPROVED
    scheme, _, given = request.headers.get("x-hub-signature-256", "").partition("=")
    if scheme != "sha256" or not signatures.signed_hex(given, request.body, source.secrets):
        return UNPROVED
    return Verified(f"body:{hashlib.sha256(request.body).hexdigest()}")


def parse(posted: Posted, source: Source) -> list[Item]:
    """The leads of every page that a notification names; changes of other fields are passed over."""
    document = read_json(posted.body)
    if not isinstance(document, Mapping) or not isinstance(document.get("entry"), list):
        raise UnreadableError("this is no notification of Meta's")
    if document.get("object") != "page":
        return [Quarantined("", "it is not about a page")]
    named = [_named(change, page, source) for change, page in _changes(document["entry"])]
    return named or [Quarantined("", "nothing in it is about a lead")]


def _changes(entries: Sequence[object]) -> Iterator[tuple[object, object]]:
    """Each change of the field `leadgen`, with the page it stands under."""
    for entry in (each for each in entries if isinstance(each, Mapping)):
        changes = entry.get("changes")
        changed = changes if isinstance(changes, list) else []
        of_leads = (
            change.get("value")
            for change in changed
            if isinstance(change, Mapping) and change.get("field") == "leadgen"
        )
        yield from ((value, entry.get("id")) for value in of_leads)


def _named(value: object, entry_page: object, source: Source) -> Item:
    if not isinstance(value, Mapping):
        return Dead("", "the change has no value")
    lead, page = _id(value.get("leadgen_id")), _id(value.get("page_id")) or _id(entry_page)
    if not _LEAD.fullmatch(lead):
        return Dead(lead[:200], "`leadgen_id` is no id of a lead")
    if _DASHBOARD_TEST.fullmatch(lead):
        return Test(lead)
    if not source.speaks_for(page):
        # One app secret signs for all pages of an app: the signature does not tell them apart.
        return Quarantined(lead, "its page is not in `pages` of this source")
    return Thin(SPACE, lead, lead)


def _id(value: object) -> str:
    """Ids come as texts and as bare numbers."""
    return str(value) if isinstance(value, str) or type(value) is int else ""


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """One call brings the whole lead."""
    if not source.access_token:
        return NO_TOKEN
    if replies:
        return trouble(replies[-1])
    query = urlencode({"fields": FIELDS, "access_token": source.access_token}, safe=",")
    return Call(f"{source.api}/{ref}?{query}", {"Accept": "application/json"})


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """The lead in what was fetched."""
    try:
        document: Any = read_json(bodies[0])
    except UnreadableError as error:
        return Dead(ref, str(error))
    if not isinstance(document, Mapping):
        return Dead(ref, "the platform's answer is no object")
    if _id(document.get("id")) != ref:
        return Dead(ref, "the platform answered with another lead")
    return Test(ref) if is_made_up(document) else read_lead(ref, document, source, now)


ADAPTER = Adapter(
    verify=verify,
    parse=parse,
    challenge=challenge,
    next_call=next_call,
    read_fetched=read_fetched,
)
