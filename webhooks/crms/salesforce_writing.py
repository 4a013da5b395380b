"""Salesforce, written to: a contact or lead we have met, else one with their address, else a lead under our id. Pure.

Our external id is the field `Warmline_Id__c` of leads and contacts; a lead is upserted by it, so that however
often it is made, it is made once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from prospects.reading import UnreadableError
from webhooks.adapter import Reply
from webhooks.crms.dialect import Record, Wanted
from webhooks.destinations import Destination
from webhooks.documents import objects, read_object, text

DATA = "/services/data/"
VERSION = "v62.0"
EXTERNAL = "Warmline_Id__c"
UNKNOWN = "[not provided]"
"""What Salesforce itself writes where a lead must have a name or company and has none."""
PERSON: Mapping[str, str] = {
    "email": "Email",
    "first_name": "FirstName",
    "last_name": "LastName",
    "title": "Title",
    "phone": "Phone",
    "company": "Company",
    "country": "Country",
}
Way = Callable[[Sequence[Reply]], Wanted | None]


def version(crm: Destination) -> str:
    """The version of the API that is spoken, such as v62.0."""
    return crm.api_version if "api_version" in crm.model_fields_set else VERSION


def write(record: Record, replies: Sequence[Reply], crm: Destination) -> Wanted | None:
    """The next call: a search for their address brings an id, or nobody."""
    if replies and not _found_nobody(replies[-1]):
        met = _met(replies[-1])
        # What was found is written to; what was written is done.
        return _patch(met, record, crm) if met else None
    asked = sum(1 for each in replies if _is_search(each))
    if record.known and not replies:
        return _patch((record.known[0].capitalize(), record.known[1]), record, crm)
    email = record.person.get("email")
    if email and asked < len(SOUGHT):
        return _search(SOUGHT[asked], email, crm)
    if replies and not _is_search(replies[-1]) and not (record.known and len(replies) == 1):
        return None
    return _made(record, crm)


SOUGHT = (("Contact", ""), ("Lead", " AND IsConverted = false"))


def _search(sought: tuple[str, str], email: str, crm: Destination) -> Wanted:
    kind, besides = sought
    told = email.replace("\\", "\\\\").replace("'", "\\'")
    # The one value in it is an address, with what could end its quotes made harmless.
    soql = f"SELECT Id FROM {kind} WHERE Email = '{told}'{besides} ORDER BY CreatedDate LIMIT 1"  # noqa: S608
    return Wanted("GET", f"{DATA}{version(crm)}/query?{urlencode({'q': soql})}")


def _patch(met: tuple[str, str], record: Record, crm: Destination) -> Wanted:
    kind, its_id = met
    path = f"{DATA}{version(crm)}/sobjects/{kind}/{quote(its_id, safe='')}"
    return Wanted("PATCH", path, {EXTERNAL: record.id, **_ours(record)})


def _made(record: Record, crm: Destination) -> Wanted:
    """The external id stands in the address, and must not stand in the body as well."""
    theirs = {PERSON[name]: value for name, value in record.person.items() if name in PERSON}
    lead: dict[str, Any] = {"LastName": UNKNOWN, "Company": UNKNOWN, **theirs, **_ours(record)}
    path = f"{DATA}{version(crm)}/sobjects/Lead/{EXTERNAL}/{record.id}"
    return Wanted("PATCH", path, lead)


def _ours(record: Record) -> dict[str, Any]:
    ours = {_field(name): value for name, value in record.ours.items()}
    # A refusal is never taken back by us.
    return {**ours, **({"HasOptedOutOfEmail": True} if record.refuses else {})}


def _field(name: str) -> str:
    return "Warmline_" + "_".join(each.capitalize() for each in name.split("_")) + "__c"


def _document(reply: Reply) -> Mapping[str, Any]:
    try:
        return read_object(reply.body) if reply.body else {}
    except UnreadableError:
        return {}


def _is_search(reply: Reply) -> bool:
    return reply.status == 200 and "records" in _document(reply)


def _found_nobody(reply: Reply) -> bool:
    return reply.status == 404 or (_is_search(reply) and _met(reply) is None)


def _met(reply: Reply) -> tuple[str, str] | None:
    """Who a search found: kind and id."""
    found = next(objects(_document(reply).get("records")), None)
    if found is None or not text(found.get("Id")):
        return None
    kind = found.get("attributes")
    name = text(kind.get("type")) if isinstance(kind, Mapping) else ""
    return (name, text(found["Id"])) if name in ("Contact", "Lead") else None


def learned(record: Record, replies: Sequence[Reply]) -> tuple[str, str] | None:
    """The record's kind and id: an upsert says it, one that was found or known is it."""
    if not replies or not 200 <= replies[-1].status < 300 or _is_search(replies[-1]):
        return None
    made = text(_document(replies[-1]).get("id"))
    if made:
        return "lead", made
    met = next((met for each in reversed(replies) if (met := _met(each))), None)
    return (met[0].lower(), met[1]) if met else record.known
