"""HubSpot, written to: a contact we have met by its id, else by its address, else made under ours. Pure.

Our external id is the contact's property `warmline_id`, whose values are unique: however often a
contact is made, it is made once.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from prospects.reading import UnreadableError
from webhooks.adapter import Reply
from webhooks.crms.dialect import Record, Wanted
from webhooks.destinations import Destination
from webhooks.documents import objects, read_object, text

CONTACTS = "/crm/v3/objects/contacts"
EXTERNAL = "warmline_id"
PERSON: Mapping[str, str] = {
    "email": "email",
    "first_name": "firstname",
    "last_name": "lastname",
    "title": "jobtitle",
    "phone": "phone",
    "company": "company",
    "country": "country",
}
"""What a contact that we make is told of who it is; in one that was there it is not touched."""


def write(record: Record, replies: Sequence[Reply], _crm: Destination) -> Wanted | None:
    """The next way of writing it, after those that found nobody."""
    ways = _ways(record)
    if replies and (replies[-1].status != 404 or len(replies) >= len(ways)):
        return None
    return ways[len(replies)]


def _ways(record: Record) -> list[Wanted]:
    ours = {EXTERNAL: record.id, **_ours(record)}
    ways = []
    if record.known:
        path = f"{CONTACTS}/{quote(record.known[1], safe='')}"
        ways.append(Wanted("PATCH", path, {"properties": ours}))
    if email := record.person.get("email"):
        path = f"{CONTACTS}/{quote(email, safe='@')}?idProperty=email"
        ways.append(Wanted("PATCH", path, {"properties": ours}))
    theirs = {PERSON[name]: value for name, value in record.person.items() if name in PERSON}
    made = {"idProperty": EXTERNAL, "id": record.id, "properties": {**theirs, **ours}}
    return [*ways, Wanted("POST", f"{CONTACTS}/batch/upsert", {"inputs": [made]})]


def _ours(record: Record) -> dict[str, str]:
    return {f"warmline_{name}": _said(value) for name, value in record.ours.items()}


def _said(value: object) -> str:
    """HubSpot takes texts; an empty one empties the property."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def learned(_record: Record, replies: Sequence[Reply]) -> tuple[str, str] | None:
    """The contact's own id, once it is written."""
    if not replies or replies[-1].status not in (200, 201):
        return None
    try:
        document = read_object(replies[-1].body)
    except UnreadableError:
        return None
    found = next(objects(document.get("results")), document)
    return ("contact", text(found["id"])) if text(found.get("id")) else None
