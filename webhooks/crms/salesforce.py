"""Salesforce, read by SOQL: users, and what of accounts, contacts, leads and opportunities has changed. Pure.

`queryAll` also tells of what was deleted. A contact's part in an opportunity is a record of its own,
which changes nothing in the opportunity; so those whose parts changed are asked for as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from prospects.identities import company_domain
from webhooks.adapter import Reply, Trouble
from webhooks.crms.dialect import (
    Brought,
    Company,
    Contact,
    Deal,
    DealState,
    Dialect,
    Owner,
    Thing,
    Wanted,
    amount,
    currency,
    day,
    trouble,
)
from webhooks.crms.salesforce_writing import DATA, MOST, complaint, version, write
from webhooks.destinations import Destination, Reading
from webhooks.documents import objects, part, read_object, text
from webhooks.instants import instant
from webhooks.polling import Cursor, Task

PERSON = "Email, Name, Title, Phone, OwnerId, HasOptedOutOfEmail, CreatedDate, IsDeleted"
FIELDS: Mapping[str, str] = {
    "User": "Id, Email",
    "Account": "Id, Name, Website, Type, OwnerId, IsDeleted",
    "Contact": f"Id, {PERSON}, MailingCountry",
    "Lead": f"Id, {PERSON}, Country, IsConverted",
    "Opportunity": (
        "Id, Name, Amount, IsClosed, IsWon, IsDeleted, CloseDate, SystemModstamp, AccountId, "
        "Account.Name, Account.Website, (SELECT ContactId, Contact.Email, Contact.Name, "
        "Contact.Title, Contact.Phone, Contact.CreatedDate FROM OpportunityContactRoles "
        "WHERE IsDeleted = false)"
    ),
}
PARTS = "parts"
"""The task of opportunities in which somebody's part has changed."""


def begin(crm: Destination, since: datetime) -> Sequence[Task]:
    """Users first, since the others name them by id."""
    at, reads = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), frozenset(crm.reads)
    tasks: list[Task] = [("User", at)] if Reading.OWNERS in reads else []
    if reads & {Reading.OWNERS, Reading.CUSTOMERS}:
        tasks.append(("Account", at))
    if reads & {Reading.OWNERS, Reading.DO_NOT_CONTACT}:
        tasks += [("Contact", at), ("Lead", at)]
    if Reading.DEALS in reads:
        tasks += [("Opportunity", at), (PARTS, at)]
    return tasks


def ask(cursor: Cursor, crm: Destination) -> Wanted:
    what, at = cursor.todo[0]
    if cursor.after and cursor.after.startswith(DATA):
        return Wanted("GET", cursor.after)
    record = "Opportunity" if what == PARTS else what
    fields = FIELDS[record]
    if record == "Opportunity" and crm.currency is None:
        fields += ", CurrencyIsoCode"
    changed = f"SystemModstamp >= {at}"
    if what == PARTS:
        parts = f"SELECT OpportunityId FROM OpportunityContactRole WHERE {changed}"  # noqa: S608
        changed = f"Id IN ({parts})"
    # Nothing but names and times of our own is in it.
    soql = f"SELECT {fields} FROM {record} WHERE {changed} ORDER BY SystemModstamp, Id"  # noqa: S608
    verb = "query" if record == "User" else "queryAll"
    return Wanted("GET", f"{DATA}{version(crm)}/{verb}?{urlencode({'q': soql})}")


def read(cursor: Cursor, reply: Reply, crm: Destination) -> Brought | Trouble:
    what, _ = cursor.todo[0]
    if wrong := trouble(reply, complaint(reply)):
        return wrong
    document = read_object(reply.body)
    more = text(document.get("nextRecordsUrl")) if document.get("done") is False else ""
    if more and not more.startswith(DATA):
        return Trouble("the CRM's next page is no address of its own", final=True)
    things = tuple(_things(what, objects(document.get("records")), crm))
    return Brought(after=more or None, things=things)


def _things(what: str, records: Iterable[Mapping[str, Any]], crm: Destination) -> Iterator[Thing]:
    for each in records:
        gone = each.get("IsDeleted") is True
        if not text(each.get("Id")):
            continue
        match what:
            case "User" if text(each.get("Email")):
                yield Owner(id=text(each["Id"]), email=text(each["Email"]).strip().lower())
            case "Account" if not gone:
                yield _company(each)
            case "Contact" | "Lead" if not gone and each.get("IsConverted") is not True:
                yield _contact(each, what.lower())
            case "Opportunity" | "parts":
                yield _deal(each, crm)


def _company(record: Mapping[str, Any]) -> Company:
    return Company(
        id=text(record.get("Id")),
        domain=company_domain(None, text(record.get("Website")) or None),
        name=text(record.get("Name")) or None,
        owner=text(record.get("OwnerId")) or None,
        customer=text(record.get("Type")).lower().startswith("customer"),
    )


def _contact(record: Mapping[str, Any], kind: str) -> Contact:
    return Contact(
        id=text(record.get("Id") or record.get("ContactId")),
        kind=kind,
        email=text(record.get("Email")).strip() or None,
        name=text(record.get("Name")).strip() or None,
        title=text(record.get("Title")).strip() or None,
        phone=text(record.get("Phone")).strip() or None,
        country=text(record.get("MailingCountry") or record.get("Country")).strip() or None,
        owner=text(record.get("OwnerId")) or None,
        refuses=record.get("HasOptedOutOfEmail") is True,
        made_at=instant(record.get("CreatedDate")),
    )


def _deal(record: Mapping[str, Any], crm: Destination) -> Deal:
    state = DealState.OPEN
    if record.get("IsClosed") is True:
        state = DealState.WON if record.get("IsWon") is True else DealState.LOST
    if record.get("IsDeleted") is True:
        state = DealState.GONE
    at = part(record, "Account")
    company = Company(
        id=text(record.get("AccountId")),
        domain=company_domain(None, text(at.get("Website")) or None),
        name=text(at.get("Name")) or None,
    )
    parts = objects(part(record, "OpportunityContactRoles").get("records"))
    people = ({**part(each, "Contact"), "ContactId": each.get("ContactId")} for each in parts)
    return Deal(
        id=text(record.get("Id")),
        state=state,
        name=text(record.get("Name")) or None,
        amount=amount(record.get("Amount")),
        currency=currency(record.get("CurrencyIsoCode")) or crm.currency,
        expected_on=day(record.get("CloseDate")),
        changed_at=instant(record.get("SystemModstamp")),
        company=company if company.id else None,
        people=tuple(_contact(each, "contact") for each in people if text(each["ContactId"])),
    )


DIALECT = Dialect(
    api="",
    token_path="/services/oauth2/token",  # noqa: S106 - a path
    begin=begin,
    ask=ask,
    read=read,
    most=MOST,
    write=write,
    complaint=complaint,
)
