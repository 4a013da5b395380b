"""`html_form`: a form on a page of ours, posted by visitors' browsers from the origins we name. Pure."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import browsers, repeats, signatures
from webhooks.adapter import (
    Adapter,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Verified,
)
from webhooks.filled_in import TRAPPED, Fields, filled_in, is_trapped, named
from webhooks.form_fields import read_fields
from webhooks.sources import Source
from webhooks.usual_names import PLAIN

LONGEST_PLAIN = 1000


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whether a page of ours was the place it was posted from; a form's visitors cannot sign."""
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    if source.token is not None and not signatures.same(request.token or "", source.token):
        return Refused(401, "the sender could not be proved")
    if not may_come_from(origin_of(request), source):
        return Refused(403, "this form may not be posted from there")
    try:
        fields = read_fields(request.body)
    except UnreadableError as error:
        return Refused(400, str(error))
    long = [each for each in fields if len(each[1]) > LONGEST_PLAIN]
    for name in (name for name, _ in named(long, source) if name in PLAIN):
        return Refused(400, f"{name}: more than {LONGEST_PLAIN} characters")
    # Pressed twice it counts once; a minute later it is meant.
    plain = [each for each in fields if not each[0].startswith("_")]
    return repeats.of_request(request, known=False, said=json.dumps(plain).encode())


def origin_of(request: Incoming) -> str:
    """Scheme, host and port of the page, as its browser says; empty where nothing says it."""
    told = request.headers.get("origin", "")
    if told:
        return told.lower()
    return origin_in(request.headers.get("referer", ""))


def origin_in(address: str) -> str:
    """Scheme, host and port of an address; empty for what is none."""
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
    except ValueError:
        return ""


def may_come_from(origin: str, source: Source) -> bool:
    """Whether this origin is one of the source's; without any, its secret address is proof enough."""
    return not source.origins or origin in source.origins


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one lead of a form; what fell into the trap waits for somebody to look at it."""
    told = read_fields(posted.body)
    fields = [each for each in told if not each[0].startswith("_")]
    label = hashlib.sha256(posted.body).hexdigest()[:16]
    if is_trapped(fields, source):
        return [Quarantined(label, TRAPPED)]
    visitors = browsers.visitors_of(told, posted.headers)
    return [replace(_read(label, posted, fields, source), visitors=visitors)]


def _read(label: str, posted: Posted, fields: Fields, source: Source) -> Read:
    now = posted.received_at
    filled = filled_in(fields, source, now)
    body = {
        "form": filled.form or source.slug,
        "campaign": filled.touch.get("utm_campaign") or source.campaign,
        "fields": filled.about.fields,
        "touch": filled.touch,
    }
    return Read(
        space="lead",
        key=repeats.of_item(posted, 0, filled.about, filled.form or source.slug),
        label=label,
        about=filled.about,
        kind=Kind.FORM,
        happened_at=now,
        body={name: value for name, value in body.items() if value},
        agreements=filled.agreements,
    )


ADAPTER = Adapter(verify=verify, parse=parse, keeps=browsers.PRIVACY, public=True)
