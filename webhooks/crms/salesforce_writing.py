"""Salesforce, written to two hundred at a time: contacts or leads we have met, else who has their address, else a lead under our id. Pure.

Our external id is the field `Warmline_Id__c` of leads and contacts; leads are upserted by it, so that however
often one is made, it is made once. sObject Collections answer for each record by itself.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Reply
from webhooks.crms.dialect import Record, Wanted, errors_in
from webhooks.crms.writing import (
    Fate,
    Fates,
    Later,
    Met,
    Refused,
    Talk,
    Written,
    refused_whole,
    rounds,
)
from webhooks.destinations import Destination
from webhooks.documents import objects, read_object, text
from webhooks.platforms.conversion import short

MOST = 200
"""Records of one collection, as Salesforce allows."""
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
SOUGHT = (("Contact", ""), ("Lead", " AND IsConverted = false"))
LONGEST_QUERY = 8_000
"""Characters of the addresses in one query: an address of Salesforce's holds twice as many."""
GONE = frozenset(
    {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND", "MALFORMED_ID"}
    | {"CANNOT_UPDATE_CONVERTED_LEAD"}
)
"""What it says of one record that is no longer there, or has become another."""
BUSY = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
"""What it says of one record that somebody else is writing to."""
COMMON = ("INVALID_FIELD", "INVALID_TYPE", "NOT_FOUND", "INVALID_SESSION_ID")
"""How a complaint begins that holds for every record: a field of ours that is not there yet."""
Rest = Generator[Wanted, Reply, list[Record]]
"""A part of a talk; what it returns is left to be written in another way."""


def version(crm: Destination) -> str:
    """The version of the API that is spoken, such as v62.0."""
    return crm.api_version if "api_version" in crm.model_fields_set else VERSION


def write(records: Sequence[Record], crm: Destination, fates: Fates) -> Talk:
    """The talk that writes these people; `fates` is filled in."""
    base = f"{DATA}{version(crm)}"
    known = [Met(each, each.known[0].capitalize(), each.known[1]) for each in records if each.known]
    left = yield from _update(base, known, fates)
    left = [*left, *(each for each in records if not each.known)]
    found: list[Met] = []
    for kind, besides in SOUGHT:
        met = {each.record.id for each in found}
        unmet = [each for each in left if each.person.get("email") and each.id not in met]
        found += yield from _sought(base, (kind, besides), unmet, fates)
        left = [each for each in left if each.id not in fates]
    met = {each.record.id for each in found}
    gone = yield from _update(base, found, fates)
    left = [*gone, *(each for each in left if each.id not in met)]
    if left:
        yield from _make(base, left, fates)


def _update(base: str, met: Sequence[Met], fates: Fates) -> Rest:
    gone: list[Record] = []
    # Sorted by kind, since each change of it takes a part of a collection, of which there are ten.
    for turn in rounds(sorted(met, key=lambda each: each.kind)):
        path = f"{base}/composite/sobjects"
        reply = yield Wanted("PATCH", path, _collection([_changed(each) for each in turn]))
        results = _results(reply, [each.record for each in turn], fates)
        judged = [_judged(each, result) for each, result in zip(turn, results, strict=False)]
        fates.update({record.id: fate for record, fate in judged if fate})
        gone += [record for record, fate in judged if fate is None]
    return gone


def _changed(met: Met) -> dict[str, Any]:
    own = {"id": met.external_id, EXTERNAL: met.record.id}
    return {**_typed(met.kind), **own, **_ours(met.record)}


def _judged(met: Met, result: Mapping[str, Any]) -> tuple[Record, Fate | None]:
    """What became of a record that was there; None if it is not there any more."""
    codes = _codes(result)
    if result.get("success") is True:
        return met.record, Written(met.kind.lower(), met.external_id)
    return met.record, None if codes & GONE else _failed(result, codes)


def _make(base: str, records: Sequence[Record], fates: Fates) -> Talk:
    bodies = [_lead(each) for each in records]
    path = f"{base}/composite/sobjects/Lead/{EXTERNAL}"
    reply = yield Wanted("PATCH", path, _collection(bodies))
    for each, result in zip(records, _results(reply, records, fates), strict=False):
        its_id = text(result.get("id"))
        if result.get("success") is True and its_id:
            fates[each.id] = Written("lead", its_id)
        else:
            fates[each.id] = _failed(result, _codes(result))


def _sought(
    base: str, sought: tuple[str, str], records: Sequence[Record], fates: Fates
) -> Generator[Wanted, Reply, list[Met]]:
    (kind, besides), at = sought, dict[str, str]()
    # The only values in them are addresses, with what could end their quotes made harmless.
    soql = [
        f"SELECT Id, Email FROM {kind} WHERE Email IN ({quoted}){besides} ORDER BY CreatedDate"  # noqa: S608
        for quoted in _some_at_once(records)
    ]
    pages = [f"{base}/query?{urlencode({'q': each})}" for each in soql]
    while pages:
        reply = yield Wanted("GET", pages.pop(0))
        if reply.status != 200:
            # Whoever was not looked for might be made a second time.
            fates.update(refused_whole(records, complaint(reply), reply.status, common=False))
            return []
        document = _document(reply)
        found = reversed(list(objects(document.get("records"))))
        at = {text(each.get("Email")).lower(): text(each.get("Id")) for each in found} | at
        more = text(document.get("nextRecordsUrl"))
        pages += [more] if document.get("done") is False and more.startswith(DATA) else []
    return [
        Met(each, kind, its_id) for each in records if (its_id := at.get(_address(each).lower()))
    ]


def _some_at_once(records: Sequence[Record]) -> Iterator[str]:
    """The addresses in quotes, as many as go into one query."""
    some: list[str] = []
    for each in records:
        told = _address(each).replace("\\", "\\\\").replace("'", "\\'")
        some.append(f"'{told}'")
        if sum(len(quote(one)) for one in some) > LONGEST_QUERY - 1000:
            yield ",".join(some)
            some = []
    if some:
        yield ",".join(some)


def _address(record: Record) -> str:
    return record.person.get("email", "")


def _lead(record: Record) -> dict[str, Any]:
    theirs = {PERSON[name]: value for name, value in record.person.items() if name in PERSON}
    needed = {"LastName": UNKNOWN, "Company": UNKNOWN}
    return {**_typed("Lead"), EXTERNAL: record.id, **needed, **theirs, **_ours(record)}


def _typed(kind: str) -> dict[str, Any]:
    return {"attributes": {"type": kind}}


def _collection(records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"allOrNone": False, "records": records}


def _results(reply: Reply, records: Sequence[Record], fates: Fates) -> list[Mapping[str, Any]]:
    """What is said of each record, in their order; none where the whole was refused."""
    try:
        found = read_json(reply.body) if 200 <= reply.status < 300 else None
    except UnreadableError:
        found = None
    results = list(objects(found))
    if len(results) == len(records):
        return results
    said = complaint(reply)
    fates.update(refused_whole(records, said, reply.status, common=said.startswith(COMMON)))
    return []


def _codes(result: Mapping[str, Any]) -> set[str]:
    return {text(each.get("statusCode")) for each in objects(result.get("errors"))}


def _failed(result: Mapping[str, Any], codes: set[str]) -> Refused | Later:
    error = next(objects(result.get("errors")), {})
    words = (error.get("statusCode"), error.get("message"))
    said = short(" ".join(text(each) for each in words if each), "no reason was given")
    return Later(said) if codes & BUSY else Refused(said, 200)


def complaint(reply: Reply) -> str:
    """Salesforce's error code and message, or OAuth's."""
    for error in errors_in(reply):
        words = (error.get("errorCode") or error.get("error"), error.get("message"))
        return short(" ".join(text(each) for each in words if each), "")
    return ""


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
