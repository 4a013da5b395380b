"""Takes over what a CRM says of people we know: who owns them, what they never said, and that they refuse."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import consents, formerly, groups, words
from prospects.consents import EVERYTHING, Consent
from prospects.identities import normalise_phone, read_email
from prospects.identity import Identity, of_address, owners_of
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.store import on_sqlite
from webhooks import crm_links
from webhooks.crm_links import Colleagues, Linked
from webhooks.crm_rows import LinkRow
from webhooks.crms.dialect import Contact
from webhooks.crms.masters import Record, Said
from webhooks.destinations import Destination, DestinationKind, Reading

KINDS = ("contact", "lead")
REFUSES = "crm"
"""Why an address is suppressed that a CRM says must not be mailed."""
Met = Mapping[str, ProspectId]
"""Who of ours a contact is, by its id in the CRM."""


def take(
    session: Session, crm: Destination, contacts: Sequence[Contact], now: datetime, *, secret: str
) -> dict[str, ProspectId]:
    """Of whom we know the CRM's word is taken over; nobody is made. Who they are, by the CRM's id."""
    if Reading.DO_NOT_CONTACT in crm.reads:
        refusing = [each for each in contacts if each.refuses]
        addresses = (read_email(each.email) for each in refusing if each.email)
        digests = [consents.address_digest(secret, each.key) for each in addresses if each]
        consents.suppress(session, digests, now, reason=REFUSES)
    met = whose(session, crm, contacts)
    rows = _locked(session, set(met.values()))
    told = crm_links.before(session, crm.slug, KINDS, met)
    owners = crm_links.colleagues(session, crm.slug)
    here = [each for each in contacts if met.get(each.id) in rows]
    linked = [
        _linked(crm, each, rows[met[each.id]], owners, told.get((each.kind, each.id)))
        for each in {each.id: each for each in here}.values()
    ]
    changed = [each for each in linked if each.judged.taken]
    before = formerly.facts(rows.values())
    for each in changed:
        assert each.prospect_id is not None
        _apply(rows[ProspectId(each.prospect_id)], each.judged.taken, owners, now)
    session.flush()
    formerly.note(session, before, list(rows.values()), now)
    words.keep(
        session, [rows[ProspectId(each.prospect_id)] for each in changed if each.prospect_id]
    )
    crm_links.keep(session, crm.slug, linked, now)
    _refuse(session, crm, [each for each in here if each.refuses], met, now)
    return {each.id: met[each.id] for each in here}


def whose(session: Session, crm: Destination, contacts: Sequence[Contact]) -> dict[str, ProspectId]:
    """Who of ours each contact is: as it was linked, else by its address, else by the CRM's own id."""
    ids = {each.id for each in contacts}
    linked = {
        key[1]: row.prospect_id
        for key, row in crm_links.before(session, crm.slug, KINDS, ids).items()
        if row.prospect_id
    }
    named = {each.id: identities_of(crm, each) for each in contacts}
    known = owners_of(session, {one for some in named.values() for one in some})
    found: dict[str, UUID] = {}
    for each in contacts:
        theirs = [known[one] for one in named[each.id] if one in known]
        who = linked.get(each.id) or (theirs[0] if theirs else None)
        if who is not None:
            found[each.id] = who
    heads = groups.heads(session, set(found.values()))
    return {its: heads.get(ProspectId(who), ProspectId(who)) for its, who in found.items()}


def identities_of(crm: Destination, contact: Contact) -> list[Identity]:
    """By what a contact is recognised: the address first, then the CRM's own id."""
    read = read_email(contact.email) if contact.email else None
    found = [of_address(read.key, contact.name)] if read else []
    own = own_id(crm, contact.id)
    return [*found, Identity(*own)] if own else found


def own_id(crm: Destination, contact: str) -> tuple[str, str] | None:
    """The CRM's id of a contact as an identity; HubSpot's is only one together with its portal."""
    if crm.kind is DestinationKind.SALESFORCE:
        return "salesforce", contact
    return ("hubspot", f"{crm.account}/{contact}") if crm.account else None


def ours_of(row: ProspectRow, owners: Colleagues) -> dict[str, str | None]:
    """What we say of a person."""
    return {
        "email": row.email,
        "name": row.name,
        "title": row.title,
        "phone": row.phone,
        "country": row.country,
        "owner": owners.of_member(row.owner_id),
    }


def _linked(
    crm: Destination, contact: Contact, row: ProspectRow, owners: Colleagues, link: LinkRow | None
) -> Linked:
    country = (contact.country or "").upper()
    read = read_email(contact.email) if contact.email else None
    phone = normalise_phone(contact.phone, row.country) if contact.phone else None
    theirs: Said = {
        # Whoever has none here is not known by it either, so it is not for us to give them one.
        "email": read.key if read and row.email else None,
        "name": contact.name,
        "title": contact.title,
        "phone": phone,
        # A country's name is written in many ways; its code in one.
        "country": country if len(country) == 2 and country.isascii() else None,
        "owner": owners.address(contact.owner) if Reading.OWNERS in crm.reads else None,
    }
    return Linked(
        kind=contact.kind,
        external_id=contact.id,
        record=Record.CONTACT,
        ours=ours_of(row, owners),
        theirs=theirs,
        before=crm_links.said_before(link),
        prospect_id=row.id,
    )


def _apply(row: ProspectRow, taken: Mapping[str, str], owners: Colleagues, now: datetime) -> None:
    for name, said in taken.items():
        match name:
            case "owner":
                row.owner_id = owners.members[said]
            case "name" | "title" | "phone" | "country":
                setattr(row, name, said)
    row.changed_at = now


def _refuse(
    session: Session, crm: Destination, refusing: Sequence[Contact], met: Met, now: datetime
) -> None:
    if Reading.DO_NOT_CONTACT not in crm.reads:
        return
    source = f"crm:{crm.slug}"
    said = [
        Consent(
            prospect_id=met[each.id],
            topic=EVERYTHING,
            given=False,
            text=None,
            at=now,
            source=source,
            key=f"{source}:{each.id}:refuses",
        )
        for each in refusing
    ]
    consents.record(session, said, now)


def _locked(session: Session, people: Collection[ProspectId]) -> dict[ProspectId, ProspectRow]:
    """Their rows, locked in the order of their ids; the forgotten are not among them."""
    query = select(ProspectRow).where(ProspectRow.id.in_(people), ProspectRow.erased_at.is_(None))
    query = query.order_by(ProspectRow.id).execution_options(populate_existing=True)
    if not on_sqlite(session):
        query = query.with_for_update()
    return {ProspectId(row.id): row for row in session.execute(query).scalars()}
