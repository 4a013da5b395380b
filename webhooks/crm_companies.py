"""Takes over what a CRM says of companies: who owns them, and who is a customer already."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import details, formerly
from prospects.details import Told
from prospects.ids import AccountId, new_id
from prospects.rows import AccountRow
from prospects.store import insert_new, on_sqlite
from webhooks import crm_links
from webhooks.crm_links import Colleagues, Linked
from webhooks.crm_rows import LinkRow
from webhooks.crms.dialect import Company
from webhooks.crms.masters import Record, Said
from webhooks.destinations import Destination, Reading

NAME, CUSTOMER = "name", "customer"
"""The field of a company that says `yes` where the CRM has it as a customer."""


def take(session: Session, crm: Destination, companies: Sequence[Company], now: datetime) -> None:
    """Every company with a domain is known from now on, so that whoever comes from it is whose they are."""
    good = {each.id: each for each in companies if each.domain and each.id}
    known = make(session, list(good.values()), now)
    rows = locked(session, set(known.values()))
    told = crm_links.before(session, crm.slug, [Record.COMPANY], good)
    owners = crm_links.colleagues(session, crm.slug)
    linked = [
        _linked(crm, each, rows[known[each.domain or ""]], owners, told.get(("company", each.id)))
        for each in good.values()
    ]
    before = {row.id: row.fields for row in rows.values()}
    for each in linked:
        assert each.account_id is not None
        _apply(rows[AccountId(each.account_id)], each.judged.taken, owners)
    formerly.note_accounts(session, before, rows.values(), now)
    facts = [
        Told(AccountId(each.account_id), name, value, crm.slug)
        for each in linked
        for name in (NAME, CUSTOMER)
        if each.account_id and (value := each.theirs.get(name))
    ]
    details.keep(session, facts, now)
    session.flush()
    crm_links.keep(session, crm.slug, linked, now)


def make(session: Session, companies: Sequence[Company], now: datetime) -> dict[str, AccountId]:
    """The account of each domain; those that are missing are made."""
    named = {each.domain: each.name for each in reversed(companies) if each.domain}
    rows: list[dict[str, Any]] = [
        {"id": new_id(now), "domain": domain, "name": name, "fields": {}, "created_at": now}
        for domain, name in sorted(named.items())
    ]
    insert_new(session, AccountRow, rows, on=["domain"])
    return at_domains(session, named)


def at_domains(session: Session, domains: Collection[str]) -> dict[str, AccountId]:
    """The accounts of these domains, of those that are known."""
    found = session.execute(
        select(AccountRow.domain, AccountRow.id).where(AccountRow.domain.in_(list(domains)))
    )
    return {row.domain: AccountId(row.id) for row in found if row.domain}


def locked(session: Session, accounts: Collection[AccountId]) -> dict[AccountId, AccountRow]:
    """The rows of these accounts, locked in the order of their ids."""
    query = select(AccountRow).where(AccountRow.id.in_(accounts)).order_by(AccountRow.id)
    if not on_sqlite(session):
        query = query.with_for_update()
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return {AccountId(row.id): row for row in rows}


def ours_of(row: AccountRow, owners: Colleagues) -> dict[str, str | None]:
    """What we say of a company."""
    said = row.fields.get(CUSTOMER)
    return {
        "name": row.name,
        "owner": owners.of_member(row.owner_id),
        "customer": str(said) if said is not None else None,
    }


def _linked(
    crm: Destination, company: Company, row: AccountRow, owners: Colleagues, link: LinkRow | None
) -> Linked:
    ours = ours_of(row, owners)
    customer = "yes" if company.customer else "no"
    # Who never was one need not be called none.
    silent = customer == "no" and not ours["customer"]
    theirs: Said = {
        "name": company.name,
        "owner": owners.address(company.owner) if Reading.OWNERS in crm.reads else None,
        "customer": None if silent or Reading.CUSTOMERS not in crm.reads else customer,
    }
    return Linked(
        kind=Record.COMPANY,
        external_id=company.id,
        record=Record.COMPANY,
        ours=ours,
        theirs=theirs,
        before=crm_links.said_before(link),
        account_id=row.id,
    )


def _apply(row: AccountRow, taken: Mapping[str, str], owners: Colleagues) -> None:
    if "name" in taken:
        row.name = taken["name"]
    if "owner" in taken:
        row.owner_id = owners.members[taken["owner"]]
    if "customer" in taken:
        row.fields = {**row.fields, CUSTOMER: taken["customer"]}
