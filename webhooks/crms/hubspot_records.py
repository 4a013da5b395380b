"""HubSpot's records as plain values: owners, companies, contacts, deals. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prospects.identities import company_domain
from webhooks.crms.dialect import Company, Contact, Deal, DealState, Owner, amount, currency, day
from webhooks.destinations import Destination
from webhooks.documents import part, text
from webhooks.instants import instant

OBJECTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "companies": (
        "hs_lastmodifieddate",
        ("domain", "website", "name", "hubspot_owner_id", "lifecyclestage"),
    ),
    "contacts": (
        "lastmodifieddate",
        (
            *("email", "firstname", "lastname", "jobtitle", "phone", "country"),
            *("hubspot_owner_id", "hs_email_optout", "createdate"),
        ),
    ),
    "deals": (
        "hs_lastmodifieddate",
        (
            *("dealname", "amount", "deal_currency_code", "closedate", "dealstage"),
            *("hs_is_closed", "hs_is_closed_won"),
        ),
    ),
}
"""Of each sort of record: what says when it changed, and what we ask of it."""


def owners(results: Iterable[Mapping[str, Any]]) -> Iterator[Owner]:
    """Those who can be reached by an address."""
    for each in results:
        if text(each.get("id")) and text(each.get("email")):
            yield Owner(id=text(each["id"]), email=text(each["email"]).strip().lower())


def company(record: Mapping[str, Any]) -> Company:
    """A company; its domain is the registrable one."""
    said = {name: text(value) for name, value in part(record, "properties").items()}
    return Company(
        id=text(record.get("id")),
        domain=company_domain(None, said.get("domain") or said.get("website") or None),
        name=said.get("name") or None,
        owner=said.get("hubspot_owner_id") or None,
        customer=said.get("lifecyclestage") == "customer",
    )


def contact(record: Mapping[str, Any]) -> Contact:
    """A contact."""
    said = {name: text(value).strip() for name, value in part(record, "properties").items()}
    names = (said.get("firstname"), said.get("lastname"))
    return Contact(
        id=text(record.get("id")),
        email=said.get("email") or None,
        name=" ".join(each for each in names if each) or None,
        title=said.get("jobtitle") or None,
        phone=said.get("phone") or None,
        country=said.get("country") or None,
        owner=said.get("hubspot_owner_id") or None,
        refuses=said.get("hs_email_optout", "").lower() == "true",
        made_at=instant(said.get("createdate") or record.get("createdAt")),
    )


def plain_deal(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a cursor keeps of a deal until its company and people are there."""
    said = {name: text(value) for name, value in part(record, "properties").items() if value}
    wanted = (*OBJECTS["deals"][1], "hs_lastmodifieddate")
    return {"id": text(record.get("id")), "said": {n: said[n] for n in wanted if n in said}}


def deal(
    plain: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]], crm: Destination
) -> Deal:
    """A deal with the contacts of it that were found."""
    said, at = plain["said"], plain.get("at") or []
    closed = said.get("hs_is_closed") == "true"
    won = said.get("hs_is_closed_won") == "true"
    state = DealState.WON if won else DealState.LOST if closed else DealState.OPEN
    return Deal(
        id=plain["id"],
        state=state,
        name=said.get("dealname"),
        amount=amount(said.get("amount")),
        currency=currency(said.get("deal_currency_code")) or crm.currency,
        expected_on=day(said.get("closedate")),
        changed_at=instant(said.get("hs_lastmodifieddate")),
        company=Company(id=at[0][0], domain=at[0][1], name=at[0][2]) if at else None,
        people=tuple(contact(people[each]) for each in plain["people"] if each in people),
    )
