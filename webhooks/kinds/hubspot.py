"""`hubspot`: what happens to contacts in HubSpot, in batches that name them and have us fetch them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlencode

from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import proofs, signatures
from webhooks.adapter import (
    Adapter,
    Agreement,
    Call,
    Dead,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Reply,
    Thin,
    Trouble,
    Verified,
    Withdrawn,
)
from webhooks.documents import LONGEST_LABEL, as_test, filled, part, read_object, spoken, text
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.rest_troubles import NO_TOKEN, trouble
from webhooks.sources import Source

SPACE = "contact"
CONTACT = "0-1"
"""HubSpot's id of its type of contacts."""
OURS = {
    "email": "email",
    "firstname": "first_name",
    "lastname": "last_name",
    "phone": "phone",
    "jobtitle": "title",
    "company": "company",
    "country": "country",
    "hs_language": "language",
    "website": "domain",
    "lifecyclestage": "fields.hubspot_lifecycle",
    "hs_lead_status": "fields.hubspot_lead_status",
}
"""HubSpot's own properties, and our names for them; `map` adds others."""
OPTED_OUT = "hs_email_optout"
BY_A_FORM = frozenset({"FORM", "FORMS", "EXTERNAL_FORM", "LEAD_AD", "MEETINGS", "CONVERSATIONS"})
"""Ways by which a contact came into being that were their own act."""


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """X-HubSpot-Signature-v3: the base64 HMAC of method, address, body and time in milliseconds.

    The older versions are plain hashes without a time, and prove nothing.
    """
    stamp = request.headers.get("x-hubspot-request-timestamp", "")
    given = request.headers.get("x-hubspot-signature-v3", "")
    good = signatures.in_time(stamp, now, unit=signatures.MILLISECONDS) and any(
        signatures.signed(
            given, _signed_text(url, request, stamp), source.secrets, encoding="base64"
        )
        for url in {each for url in request.urls for each in (url, unquote(url))}
    )
    return proofs.signed(request, source, proved=good)


def _signed_text(url: str, request: Incoming, stamp: str) -> bytes:
    head = request.method.encode() + url.encode("utf-8", "replace")
    return head + request.body + stamp.encode("utf-8", "replace")


def parse(posted: Posted, source: Source) -> list[Item]:
    """Each event of the batch, in its order."""
    value = read_json(posted.body)
    if isinstance(value, Mapping) and (tests := as_test(value)):
        return tests
    events: list[Any] = value if isinstance(value, list) else [value]
    if not events or not all(isinstance(each, Mapping) for each in events):
        raise UnreadableError("these are no events of HubSpot's")
    return [_event(each, source) for each in events]


def _event(event: Mapping[str, Any], source: Source) -> Item:
    what, portal = text(event.get("subscriptionType")), text(event.get("portalId"))
    contact = f"{portal}/{text(event.get('objectId'))}"
    label = f"{contact}/{what}"[:LONGEST_LABEL]
    if not text(event.get("objectId")):
        return Dead(label, "`objectId` is missing")
    if not source.speaks_for(portal):
        return Quarantined(label, "its portal is not in `pages` of this source")
    if what.startswith("object.") and event.get("objectTypeId") == CONTACT:
        what = f"contact.{what.removeprefix('object.')}"
    match what:
        case "contact.creation":
            return Thin(SPACE, contact, label, told=event)
        case "contact.propertyChange":
            # Its own id is not promised to be unique.
            own = [text(event.get(each)) for each in ("eventId", "subscriptionId", "occurredAt")]
            return Thin(SPACE, "/".join([contact, *own]), label, told=event, part_of=contact)
        case "contact.privacyDeletion":
            return Withdrawn(SPACE, contact, label, identity="hubspot", in_parts=True)
        case _:
            return Quarantined(label, "an event of another sort")


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """One call brings the contact as it is now."""
    if not source.access_token:
        return NO_TOKEN
    if len(replies) > 1:
        return trouble(replies[-1])
    contact = ref.split("/")[1]
    if not contact.isascii() or not contact.isalnum():
        return Trouble("`objectId` is no id of a contact", final=True)
    own = [name for name in source.map if name.replace("_", "").isalnum() and name.isascii()]
    changed = text(read_object(replies[0].body).get("propertyName"))
    wanted = dict.fromkeys([*OURS, OPTED_OUT, *own, *([changed] if changed.isidentifier() else [])])
    query = urlencode({"properties": ",".join(wanted)}, safe=",")
    headers = {"Authorization": f"Bearer {source.access_token}", "Accept": "application/json"}
    return Call(f"{source.api}/crm/v3/objects/contacts/{contact}?{query}", headers)


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """What happened to the contact, with who they are by now."""
    try:
        event, contact = read_object(bodies[0]), read_object(bodies[-1])
    except UnreadableError as error:
        return Dead(ref[:LONGEST_LABEL], str(error))
    if text(contact.get("id")) != ref.split("/")[1]:
        return Dead(ref[:LONGEST_LABEL], "the platform answered with another contact")
    told = read_instant(event.get("occurredAt"), now)
    properties = {name: spoken(value) for name, value in part(contact, "properties").items()}
    kind, body = _what_happened(event, source)
    out = properties.get(OPTED_OUT, "").lower() == "true"
    return Read(
        space=SPACE,
        key=ref,
        label=ref[:LONGEST_LABEL],
        about=about(_named(properties, source), ids={"hubspot": "/".join(ref.split("/")[:2])}),
        kind=kind,
        happened_at=told.at,
        body=filled({**body, "remark": told.remark}),
        agreements=(Agreement("*", False, None, told.at),) if out else (),
    )


def _named(properties: Mapping[str, str], source: Source) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, value in properties.items():
        ours = source.map.get(name) or OURS.get(name)
        if value and (ours or name in source.map):
            named[ours or as_field(name)] = value
    return named


def _what_happened(event: Mapping[str, Any], source: Source) -> tuple[Kind, dict[str, Any]]:
    """A contact that came by a form is the buyer's own act; what a colleague typed is a note."""
    by, changed = text(event.get("changeSource")), text(event.get("propertyName"))
    if changed:
        value = text(event.get("propertyValue"))
        note = {"text": f"HubSpot: {changed} is now “{value}”", "property": changed, "value": value}
        return Kind.NOTE, {**note, "by": by}
    if by in BY_A_FORM:
        return Kind.FORM, {"form": "hubspot", "campaign": source.campaign, "by": by}
    return Kind.NOTE, {"text": "Made a contact in HubSpot", "by": by}


ADAPTER = Adapter(verify=verify, parse=parse, next_call=next_call, read_fetched=read_fetched)
