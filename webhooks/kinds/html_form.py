"""`html_form`: a form on a page of ours, posted by visitors' browsers from the origins we name. Pure."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import signatures
from webhooks.adapter import (
    Adapter,
    Agreement,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Verified,
)
from webhooks.form_fields import read_fields
from webhooks.named_answers import about
from webhooks.sources import Source
from webhooks.touch import TOUCH

Fields = Sequence[tuple[str, str]]

TRAP = "website"
"""A field that people do not see and robots fill in."""
OURS = {
    "your_name": "name",
    "full_name": "name",
    "given_name": "first_name",
    "firstname": "first_name",
    "family_name": "last_name",
    "lastname": "last_name",
    "e_mail": "email",
    "email_address": "email",
    "your_email": "email",
    "tel": "phone",
    "telephone": "phone",
    "phone_number": "phone",
    "organization": "company",
    "organisation": "company",
    "company_name": "company",
    "organization_title": "title",
    "job_title": "title",
    "timezone": "zone",
    "form_name": "form",
}
"""Usual names of fields, those of HTML's `autocomplete` among them, and our names for them."""
PLAIN = frozenset(
    {"email", "work_email", "phone", "work_phone", "name", "first_name", "last_name", "title"}
    | {"company", "domain", "country", "zone", "language", "form"}
)
CONSENT = "consent"
CONSENT_TEXT = "consent_text"
USUAL_TOPIC = "marketing"
YES = frozenset({"on", "yes", "true", "1"})
NO = frozenset({"", "off", "no", "false", "0"})
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
    for name, value in _named(fields, source):
        if name in PLAIN and len(value) > LONGEST_PLAIN:
            return Refused(400, f"{name}: more than {LONGEST_PLAIN} characters")
    # Pressed twice it counts once; asked again another day it counts again.
    return Verified(f"body:{hashlib.sha256(request.body).hexdigest()}:{now:%Y-%m-%d}")


def origin_of(request: Incoming) -> str:
    """Scheme, host and port of the page, as its browser says; empty where nothing says it."""
    told = request.headers.get("origin", "")
    if told:
        return told.lower()
    try:
        parts = urlsplit(request.headers.get("referer", ""))
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
    except ValueError:
        return ""


def may_come_from(origin: str, source: Source) -> bool:
    """Whether this origin is one of the source's; without any, its secret address is proof enough."""
    return not source.origins or origin in source.origins


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one lead of a form; what fell into the trap waits for somebody to look at it."""
    now = posted.received_at
    fields = [each for each in read_fields(posted.body) if not each[0].startswith("_")]
    canonical = json.dumps(sorted(fields))
    key = f"{hashlib.sha256(canonical.encode()).hexdigest()}:{now:%Y-%m-%d}"
    if TRAP not in source.map and any(name == TRAP and value.strip() for name, value in fields):
        return [Quarantined(key[:16], f"the hidden field `{TRAP}` was filled in")]
    return [_read(key, fields, source, now)]


def _read(key: str, fields: Fields, source: Source, now: datetime) -> Read:
    named: dict[str, str] = {}
    for name, value in _named(fields, source):
        if value.strip():
            named[name] = f"{named[name]}, {value}" if name in named else value
    form = named.pop("form", source.slug)
    touch = {name: value for name, value in fields if name in TOUCH and value}
    who = about(named, ids={})
    body = {
        "form": form,
        "campaign": touch.get("utm_campaign") or source.campaign,
        "fields": who.fields,
        "touch": touch,
    }
    return Read(
        space="lead",
        key=key,
        label=key[:16],
        about=who,
        kind=Kind.FORM,
        happened_at=now,
        body={name: value for name, value in body.items() if value},
        agreements=tuple(_agreements(fields, source, now)),
    )


def _named(fields: Fields, source: Source) -> Iterator[tuple[str, str]]:
    """The fields under our names: `map` first, then the usual ones; any other is the person's."""
    for name, value in fields:
        plain = name.strip().lower().replace("-", "_")
        ours = source.map.get(name) or OURS.get(plain, plain)
        if ours in PLAIN or ours.startswith(("account.", "fields.")):
            yield ours, value
        elif name not in TOUCH and not _topic(ours, value) and ours not in {TRAP, CONSENT_TEXT}:
            yield f"fields.{ours if name in source.map else name}", value


def _agreements(fields: Fields, source: Source, now: datetime) -> Iterator[Agreement]:
    """Each checkbox once; of a hidden "no" before a ticked "yes", as some frameworks send, the last counts."""
    text = next((value for name, value in fields if name == CONSENT_TEXT and value), None)
    given: dict[str, bool] = {}
    for name, value in fields:
        if topic := _topic(source.map.get(name, name), value):
            given[topic] = value.strip().lower() not in NO
    for topic, yes in given.items():
        yield Agreement(topic, yes, text, now)


def _topic(ours: str, value: str) -> str | None:
    """What a field agrees to: `consent` by its value, `consent.TOPIC` or `consent_TOPIC` by its name."""
    if ours == CONSENT:
        known = value.strip().lower() in YES | NO
        return USUAL_TOPIC if known else value.strip()[:80]
    for lead in ("consent.", "consent_"):
        if ours.startswith(lead) and ours != CONSENT_TEXT and len(ours) > len(lead):
            return ours.removeprefix(lead)[:80]
    return None


ADAPTER = Adapter(verify=verify, parse=parse, public=True)
