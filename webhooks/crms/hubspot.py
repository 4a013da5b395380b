"""HubSpot, read: its owners, and by its search what of companies, contacts and deals has changed. Pure.

A search ends at 10,000 results; beyond them it begins anew at the last change it had come to. It knows no
associations, so whom a deal names, and of which company it is, takes three more calls for each page.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from webhooks.adapter import Reply, Trouble
from webhooks.crms.dialect import (
    Brought,
    Company,
    Contact,
    Deal,
    DealState,
    Dialect,
    Wanted,
    trouble,
)
from webhooks.crms.hubspot_records import OBJECTS, company, contact, owners, plain_deal
from webhooks.crms.hubspot_records import deal as deal_of
from webhooks.crms.hubspot_writing import MOST, complaint, write
from webhooks.destinations import Destination, Reading
from webhooks.documents import objects, part, read_object, text
from webhooks.instants import instant
from webhooks.polling import Cursor, Task

AT_ONCE = 100
MOST_FOUND = 10_000
"""Results of one search; asking for more is an error."""


def begin(crm: Destination, since: datetime) -> Sequence[Task]:
    """Owners first, since the others name them by number."""
    at, reads = str(int(since.timestamp() * 1000)), frozenset(crm.reads)
    tasks: list[Task] = [("owners",)] if Reading.OWNERS in reads else []
    if reads & {Reading.OWNERS, Reading.CUSTOMERS}:
        tasks.append(("companies", at))
    if reads & {Reading.OWNERS, Reading.DO_NOT_CONTACT}:
        tasks.append(("contacts", at))
    if Reading.DEALS in reads:
        tasks += [("deals", at), ("gone",)]
    return tasks


def ask(cursor: Cursor, _crm: Destination) -> Wanted:
    what, *rest = cursor.todo[0]
    match what:
        case "owners":
            return _list("/crm/v3/owners", cursor.after)
        case "gone":
            return _list("/crm/v3/objects/deals", cursor.after, archived="true")
        case "named" | "at":
            pages = json.loads(rest[0])
            to = "contacts" if what == "named" else "companies"
            inputs = [{"id": each["id"]} for each in pages]
            path = f"/crm/v4/associations/deals/{to}/batch/read"
            return Wanted("POST", path, {"inputs": inputs})
        case "known" | "people":
            to = "companies" if what == "known" else "contacts"
            key = "company" if what == "known" else "people"
            pages = json.loads(rest[0])
            ids = {one for each in pages for one in _many(each.get(key))}
            asked = {"properties": list(OBJECTS[to][1]), "inputs": [{"id": n} for n in sorted(ids)]}
            return Wanted("POST", f"/crm/v3/objects/{to}/batch/read", asked)
        case _:
            return _search(what, rest[0], cursor.after)


def _list(path: str, after: str | None, **asked: str) -> Wanted:
    query = {"limit": str(AT_ONCE), **asked, **({"after": after} if after else {})}
    return Wanted("GET", f"{path}?{urlencode(query)}")


def _search(what: str, since: str, after: str | None) -> Wanted:
    changed, properties = OBJECTS[what]
    lately = {"propertyName": changed, "operator": "GTE", "value": since}
    document: dict[str, Any] = {
        "filterGroups": [{"filters": [lately]}],
        "sorts": [{"propertyName": changed, "direction": "ASCENDING"}],
        "properties": [*properties, changed],
        "limit": AT_ONCE,
    }
    if after:
        document["after"] = after
    return Wanted("POST", f"/crm/v3/objects/{what}/search", document)


def read(cursor: Cursor, reply: Reply, crm: Destination) -> Brought | Trouble:
    what, *rest = cursor.todo[0]
    if wrong := trouble(reply, complaint(reply)):
        return wrong
    document = read_object(reply.body)
    results = list(objects(document.get("results")))
    after = text(part(part(document, "paging"), "next").get("after")) or None
    match what:
        case "owners":
            return Brought(after=after, things=tuple(owners(results)))
        case "gone":
            lately = (each for each in results if _since(each.get("archivedAt"), cursor.since))
            gone = (Deal(id=text(each.get("id")), state=DealState.GONE) for each in lately)
            return Brought(after=after, things=tuple(gone))
        case "companies":
            return _page(cursor, results, after, company)
        case "contacts":
            return _page(cursor, results, after, contact)
        case "deals":
            page = _page(cursor, results, after, None)
            written = json.dumps([plain_deal(each) for each in results])
            named: tuple[Task, ...] = (("named", written),) if results else ()
            return Brought(tasks=(*page.tasks, *named), after=page.after)
        case _:
            return _of_deals(what, json.loads(rest[0]), results, crm)


def _page(
    cursor: Cursor,
    results: Sequence[Mapping[str, Any]],
    after: str | None,
    make: Callable[[Mapping[str, Any]], Company | Contact] | None,
) -> Brought:
    """What a search brought; at its end of 10,000 it begins anew where it had come to."""
    what, since = cursor.todo[0]
    things = tuple(make(each) for each in results) if make else ()
    if after is None or not after.isdigit() or int(after) < MOST_FOUND:
        return Brought(after=after, things=things)
    last = instant(part(results[-1], "properties").get(OBJECTS[what][0])) if results else None
    at = max(int(last.timestamp() * 1000) if last else 0, int(since) + 1)
    return Brought(tasks=((what, str(at)),), things=things)


def _of_deals(
    what: str, deals: list[dict[str, Any]], results: Iterable[Mapping[str, Any]], crm: Destination
) -> Brought:
    """One of the further steps of a page of deals: whom they name last, so that no cursor holds anybody."""
    if what in ("named", "at"):
        tied = {text(part(each, "from").get("id")): each.get("to") for each in results}
        for deal in deals:
            ids = [text(each.get("toObjectId")) for each in objects(tied.get(deal["id"]))]
            deal["people" if what == "named" else "company"] = (
                ids[:AT_ONCE] if what == "named" else ids[:1]
            )
        following = "at" if what == "named" else "known"
        if what == "at" and not any(deal["company"] for deal in deals):
            return _then_people(deals, crm)
        return Brought(tasks=((following, json.dumps(deals)),))
    found = {text(each.get("id")): each for each in results}
    if what == "known":
        for deal in deals:
            at = [company(found[each]) for each in deal["company"] if each in found]
            deal["at"] = [[each.id, each.domain, each.name] for each in at]
        return _then_people(deals, crm)
    return Brought(things=tuple(deal_of(deal, found, crm) for deal in deals))


def _then_people(deals: list[dict[str, Any]], crm: Destination) -> Brought:
    """Those that name somebody wait for one more call; the few contacts of a page go in one."""
    named = [deal for deal in deals if deal["people"]]
    rest = tuple(deal_of(deal, {}, crm) for deal in deals if not deal["people"])
    tasks: list[Task] = []
    batch: list[dict[str, Any]] = []
    for deal in named:
        if batch and sum(len(each["people"]) for each in (*batch, deal)) > AT_ONCE:
            tasks.append(("people", json.dumps(batch)))
            batch = []
        batch.append(deal)
    if batch:
        tasks.append(("people", json.dumps(batch)))
    return Brought(tasks=tuple(tasks), things=rest)


def _many(value: object) -> list[str]:
    return [text(each) for each in value] if isinstance(value, list) else []


def _since(written: object, since: datetime) -> bool:
    at = instant(written)
    return at is None or at >= since


DIALECT = Dialect(
    api="https://api.hubapi.com",
    token_path="/oauth/v1/token",  # noqa: S106 - a path
    begin=begin,
    ask=ask,
    read=read,
    most=MOST,
    write=write,
    complaint=complaint,
)
