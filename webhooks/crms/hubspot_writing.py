"""HubSpot, written to a hundred at a time: contacts we have met by their id, else by address, else made under ours. Pure.

Our external id is the contact's property `warmline_id`, whose values are unique: however often a
contact is made, it is made once. An update by address is refused there, as an address is not unique
in that sense; so contacts are looked for by it, and written to by their id.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from prospects.reading import UnreadableError
from webhooks.adapter import Reply
from webhooks.crms.dialect import Record, Wanted, errors_in
from webhooks.crms.writing import Fates, Met, Refused, Talk, Written, refused_whole, rounds
from webhooks.destinations import Destination
from webhooks.documents import objects, part, read_object, text
from webhooks.platforms.conversion import short

MOST = 100
"""Inputs of one batch, as HubSpot allows."""
CONTACTS = "/crm/v3/objects/contacts/batch"
EXTERNAL = "warmline_id"
TRACE = "objectWriteTraceId"
"""With it beside each input HubSpot says which of a batch it refused, and not only that it did."""
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
CONTACT = "contact"
NOT_FOUND = "OBJECT_NOT_FOUND"
_MISSING = re.compile(r"PROPERTY_DOESNT_EXIST|Property \S*warmline_\w+\S* does not exist")
"""A property of ours that is not there yet: every record has all of them."""
_THERE = re.compile(r"Existing ID: (\d{1,20})")
Rest = Generator[Wanted, Reply, list[Record]]
"""A part of a talk; what it returns is left to be written in another way."""


def write(records: Sequence[Record], _crm: Destination, fates: Fates) -> Talk:
    """The talk that writes these contacts; `fates` is filled in."""
    known = [Met(each, *each.known) for each in records if each.known]
    left = yield from _update(known, fates)
    left = [*left, *(each for each in records if not each.known)]
    found = yield from _sought([each for each in left if each.person.get("email")], fates)
    left = [each for each in _without(left, found) if each.id not in fates]
    left = [*(yield from _update(found, fates)), *left]
    if left:
        yield from _make(left, fates)
    # Made anew it is refused where it is another contact's second address, and HubSpot says whose.
    there = [met for each in records if (met := _named_as_there(each, fates))]
    yield from _update(there, fates)


def _update(met: Sequence[Met], fates: Fates) -> Rest:
    gone: list[Record] = []
    for turn in rounds(met):
        inputs = [{"id": each.external_id, "properties": _ours(each.record)} for each in turn]
        reply = yield Wanted("POST", f"{CONTACTS}/update", {"inputs": inputs})
        gone += _updated({each.external_id: each.record for each in turn}, reply, fates)
    return gone


def _updated(by_id: dict[str, Record], reply: Reply, fates: Fates) -> list[Record]:
    """What became of each; what is neither here nor there was deleted, or merged into another, and is returned."""
    if not 200 <= reply.status < 300:
        return _all_refused(list(by_id.values()), reply, fates)
    document = _document(reply)
    for key in (text(each.get("id")) for each in objects(document.get("results"))):
        if key in by_id:
            fates[by_id.pop(key).id] = Written(CONTACT, key)
    for key, error in _errors(document, ("ids", "id")):
        if key in by_id and text(error.get("category")) != NOT_FOUND:
            fates[by_id.pop(key).id] = Refused(_said(error), reply.status)
    return list(by_id.values())


def _sought(records: Sequence[Record], fates: Fates) -> Generator[Wanted, Reply, list[Met]]:
    if not records:
        return []
    inputs = [{"id": each.person["email"]} for each in records]
    asked = {"idProperty": "email", "properties": ["email", "hs_additional_emails"]}
    reply = yield Wanted("POST", f"{CONTACTS}/read", {**asked, "inputs": inputs})
    if not 200 <= reply.status < 300:
        if len(records) > 1:
            fates.update(refused_whole(records, complaint(reply), reply.status, common=False))
        return []
    at: dict[str, str] = {}
    for result in objects(_document(reply).get("results")):
        at = dict.fromkeys(_addresses(part(result, "properties")), text(result.get("id"))) | at
    return [
        Met(each, CONTACT, its_id)
        for each in records
        if (its_id := at.get(each.person["email"].lower()))
    ]


def _addresses(said: Mapping[str, Any]) -> list[str]:
    """A contact's own address and those it has besides."""
    more = text(said.get("hs_additional_emails")).split(";")
    return [each.strip().lower() for each in (text(said.get("email")), *more)]


def _make(records: Sequence[Record], fates: Fates) -> Talk:
    by_id = {each.id: each for each in records}
    inputs = [_made(each) for each in records]
    reply = yield Wanted("POST", f"{CONTACTS}/upsert", {"inputs": inputs})
    if not 200 <= reply.status < 300:
        _all_refused(records, reply, fates)
        return
    document = _document(reply)
    for result in objects(document.get("results")):
        ours = text(result.get(TRACE)) or text(part(result, "properties").get(EXTERNAL))
        if ours in by_id and text(result.get("id")):
            fates[by_id.pop(ours).id] = Written(CONTACT, text(result["id"]))
    for key, error in _errors(document, (TRACE, "ids", "id")):
        if key in by_id:
            fates[by_id.pop(key).id] = Refused(_said(error), reply.status)
    if by_id:
        said = next((_said(each) for each in objects(document.get("errors"))), "")
        fates.update(refused_whole(list(by_id.values()), said, reply.status, common=False))


def _made(record: Record) -> dict[str, Any]:
    theirs = {PERSON[name]: value for name, value in record.person.items() if name in PERSON}
    properties = {**theirs, **_ours(record)}
    return {"idProperty": EXTERNAL, "id": record.id, TRACE: record.id, "properties": properties}


def _all_refused(records: Sequence[Record], reply: Reply, fates: Fates) -> list[Record]:
    """What a whole answer says of each; who is alone and was not found is returned."""
    if reply.status == 404 and len(records) == 1:
        return list(records)
    said = complaint(reply)
    fates.update(refused_whole(records, said, reply.status, common=bool(_MISSING.search(said))))
    return []


def _named_as_there(record: Record, fates: Fates) -> Met | None:
    fate = fates.get(record.id)
    found = _THERE.search(fate.reason) if isinstance(fate, Refused) else None
    return Met(record, CONTACT, found[1]) if found else None


def _without(records: Sequence[Record], found: Sequence[Met]) -> list[Record]:
    met = {each.record.id for each in found}
    return [each for each in records if each.id not in met]


def _errors(
    document: Mapping[str, Any], names: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each error with each of the ids that it names."""
    for error in objects(document.get("errors")):
        context = part(error, "context")
        for name in names:
            ids = context.get(name)
            yield from ((text(each), error) for each in (ids if isinstance(ids, list) else [ids]))


def complaint(reply: Reply) -> str:
    """HubSpot's category and message."""
    for error in errors_in(reply):
        inner = next(objects(error.get("errors")), error) if reply.status == 207 else error
        return _said(inner)
    return ""


def _said(error: Mapping[str, Any]) -> str:
    words = (error.get("category") or error.get("errorType"), error.get("message"))
    return short(" ".join(text(each) for each in words if each), "")


def _ours(record: Record) -> dict[str, str]:
    return {
        EXTERNAL: record.id,
        **{f"warmline_{name}": _value(value) for name, value in record.ours.items()},
    }


def _value(value: object) -> str:
    """HubSpot takes texts; an empty one empties the property."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _document(reply: Reply) -> Mapping[str, Any]:
    try:
        return read_object(reply.body)
    except UnreadableError:
        return {}
