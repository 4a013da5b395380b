"""Looks again at what a CRM said before: what was changed on our side is a conflict, what was settled is none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.orm import Session

from prospects.rows import AccountRow, OpportunityRow, ProspectRow
from webhooks import crm_companies, crm_links, crm_opportunities, crm_people
from webhooks.crm_links import Colleagues, Linked
from webhooks.crm_rows import ConflictRow, LinkRow
from webhooks.crms.masters import Record

AnyRow = TypeVar("AnyRow", ProspectRow, AccountRow, OpportunityRow)
MOST = 5000
"""Records looked at again after one pass, of each of the three sorts."""
_KEY = (LinkRow.kind, LinkRow.external_id)


def recheck(session: Session, crm: str, since: datetime | None, now: datetime) -> None:
    """Compare again what the CRM said last with what stands here now; nothing is taken over.

    Looked at are standing conflicts, people who changed `since`, and those whose turn it is of all the
    others: what somebody changes here shows without the CRM saying anything. Of conflicts and of all others
    those come first that were compared the longest ago, so that pass by pass each has its turn.
    """
    keys: set[tuple[str, str]] = set()
    for wanted in _wanted(crm, since):
        keys |= {(row[0], row[1]) for row in session.execute(wanted.limit(MOST))}
    kinds, ids = {kind for kind, _ in keys}, {each for _, each in keys}
    links = crm_links.before(session, crm, kinds, ids) if keys else {}
    crm_links.differ(session, crm, compared(session, crm, list(links.values())), now)
    session.execute(
        update(LinkRow)
        .where(LinkRow.crm == crm, LinkRow.kind.in_(kinds), LinkRow.external_id.in_(ids))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def _wanted(crm: str, since: datetime | None) -> Iterator[Select[str, str]]:
    ours = select(*_KEY).where(LinkRow.crm == crm, LinkRow.kind != crm_links.OWNER)
    standing = select(ConflictRow.kind, ConflictRow.external_id).where(ConflictRow.crm == crm)
    conflicting = tuple_(*_KEY).in_(standing)
    yield ours.where(conflicting).order_by(LinkRow.seen_at, *_KEY)
    if since is not None:
        changed = ours.join(ProspectRow, ProspectRow.id == LinkRow.prospect_id)
        yield changed.where(ProspectRow.changed_at >= since).order_by(ProspectRow.changed_at.desc())
    yield ours.order_by(LinkRow.seen_at, *_KEY)


def compared(session: Session, crm: str, links: Sequence[LinkRow]) -> list[Linked]:
    """These records of the CRM with what stands here now."""
    owners = crm_links.colleagues(session, crm)
    ours = _ours(session, links, owners)
    return [_linked(link, ours[link.kind, link.external_id]) for link in links]


def _ours(
    session: Session, links: Sequence[LinkRow], owners: Colleagues
) -> Mapping[tuple[str, str], Mapping[str, str | None]]:
    people = _rows(session, ProspectRow, {each.prospect_id for each in links})
    companies = _rows(session, AccountRow, {each.account_id for each in links})
    deals = _rows(session, OpportunityRow, {each.opportunity_id for each in links})
    found: dict[tuple[str, str], Mapping[str, str | None]] = {}
    for each in links:
        key = each.kind, each.external_id
        if each.prospect_id in people:
            found[key] = crm_people.ours_of(people[each.prospect_id], owners)
        elif each.opportunity_id in deals:
            found[key] = crm_opportunities.ours_of(deals[each.opportunity_id])
        elif each.kind == Record.COMPANY and each.account_id in companies:
            found[key] = crm_companies.ours_of(companies[each.account_id], owners)
        else:
            found[key] = {}
    return found


def _rows(session: Session, row: type[AnyRow], ids: set[UUID | None]) -> dict[UUID | None, AnyRow]:
    found = session.execute(select(row).where(row.id.in_(ids - {None}))).scalars()
    return {each.id: each for each in found}


def _linked(link: LinkRow, ours: Mapping[str, str | None]) -> Linked:
    record = Record.CONTACT if link.prospect_id else Record(link.kind)
    said = crm_links.said_before(link)
    # What would be taken over waits for the CRM to say it again: here only conflicts are looked at.
    theirs = {name: each if ours.get(name) else None for name, each in said.items()}
    return Linked(
        kind=link.kind,
        external_id=link.external_id,
        record=record,
        ours=ours,
        theirs=theirs,
        before={},
        prospect_id=link.prospect_id,
        account_id=link.account_id,
    )
