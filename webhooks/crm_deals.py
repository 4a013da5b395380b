"""Takes over a CRM's deals: whom sales are selling to, and what was won and lost with what amount."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import deals, people, timeline
from prospects.deals import InDealRow, OpenDeal
from prospects.ids import AccountId, ProspectId
from prospects.kinds import IMPORTED, Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from webhooks import crm_companies, crm_links, crm_opportunities, crm_people
from webhooks.adapter import About, Read
from webhooks.crm_links import Linked
from webhooks.crm_opportunities import Placed
from webhooks.crm_rows import LinkRow
from webhooks.crms.dialect import FIRST, Contact, Deal, DealState
from webhooks.crms.masters import Record
from webhooks.destinations import Destination
from webhooks.documents import filled
from webhooks.leads import lead_of

LATELY = timedelta(days=7)
"""What ended before is history: it is written down, and rings for nobody."""


def take(
    session: Session, crm: Destination, told: Sequence[Deal], now: datetime, *, secret: str
) -> None:
    """The same deal twice is once; the last word of it counts."""
    last = {each.id: each for each in told if each.id}
    links = crm_links.before(session, crm.slug, [Record.DEAL], last)
    # What was deleted and never known is nothing.
    latest = [
        each
        for each in last.values()
        if each.state is not DealState.GONE or (Record.DEAL, each.id) in links
    ]
    placed = _placed(session, crm, latest, links, now, secret=secret)
    linked = crm_opportunities.keep(session, placed, links, now)
    crm_links.keep(session, crm.slug, linked, now)
    kept = {each.external_id: each for each in linked}
    about = _about(session, crm, placed)
    facts = [
        _fact(crm, each.deal, who, kept[each.deal.id], now)
        for each in placed
        for who in about[each.deal.id]
    ]
    # After who was in it is read, and before anybody looks at them again.
    _open_and_close(session, crm, placed)
    fresh = [fact for fact in facts if not fact.body.get(IMPORTED)]
    old = [fact for fact in facts if fact.body.get(IMPORTED)]
    timeline.record(session, old, now, ring=False)
    timeline.record(session, fresh, now)


def name_of(crm: Destination, deal: str) -> str:
    """What a deal of a CRM is called on the record."""
    return f"{crm.slug}/{deal}"


def _placed(
    session: Session,
    crm: Destination,
    told: Sequence[Deal],
    links: Mapping[tuple[str, str], LinkRow],
    now: datetime,
    *,
    secret: str,
) -> list[Placed]:
    """Companies of open deals are made, and people whom they name; of others those that we know."""
    still = [each for each in told if each.state is DealState.OPEN]
    crm_companies.make(session, [each.company for each in still if each.company], now)
    named = {one.id: one for each in told for one in each.people}
    # By what deals name we only know people; their page of contacts says what became of them.
    met = crm_people.whose(session, crm, list(named.values()))
    missing = {one.id: (one, each) for each in still for one in each.people if one.id not in met}
    met |= _made(session, crm, list(missing.values()), now, secret)
    domains = {each.company.domain for each in told if each.company and each.company.domain}
    accounts = crm_companies.at_domains(session, domains)
    theirs = _accounts_of(session, set(met.values()))
    return [_place(each, met, accounts, theirs, links.get(("deal", each.id))) for each in told]


def _place(
    deal: Deal,
    met: Mapping[str, ProspectId],
    accounts: Mapping[str, AccountId],
    theirs: Mapping[ProspectId, AccountId],
    link: LinkRow | None,
) -> Placed:
    who = tuple(dict.fromkeys(met[one.id] for one in deal.people if one.id in met))
    at = accounts.get(deal.company.domain or "") if deal.company else None
    at = at or next((theirs[each] for each in who if each in theirs), None)
    if at is None and link is not None and link.account_id:
        at = AccountId(link.account_id)
    return Placed(deal, at, who)


def _made(
    session: Session,
    crm: Destination,
    missing: Sequence[tuple[Contact, Deal]],
    now: datetime,
    secret: str,
) -> dict[str, ProspectId]:
    leads = [lead_of(_read(crm, *each), each[0].id, crm.slug) for each in missing]
    resolved = people.resolve(
        session, [each for each in leads if not isinstance(each, str)], now, secret=secret
    )
    return {each.ref: each.prospect_id for each in resolved if each.prospect_id}


def _read(crm: Destination, contact: Contact, deal: Deal) -> Read:
    own = crm_people.own_id(crm, contact.id)
    return Read(
        space="contact",
        key=contact.id,
        label=contact.id,
        about=About(
            email=contact.email,
            phone=contact.phone,
            name=contact.name,
            title=contact.title,
            company=deal.company.name if deal.company else None,
            country=contact.country,
            ids=dict([own]) if own else {},
        ),
        kind=Kind.DEAL,
        # Whoever was forgotten after the CRM had them stays forgotten.
        happened_at=contact.made_at or FIRST,
    )


def _accounts_of(session: Session, who: set[ProspectId]) -> dict[ProspectId, AccountId]:
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.account_id).where(
            ProspectRow.id.in_(who), ProspectRow.account_id.is_not(None)
        )
    )
    return {ProspectId(row.id): AccountId(row.account_id) for row in rows}


def _open_deal(crm: Destination, placed: Placed) -> OpenDeal:
    names = bool(placed.deal.people)
    return OpenDeal(
        deal=name_of(crm, placed.deal.id),
        account_id=placed.account_id,
        names_people=names,
        people=placed.people,
    )


def _about(
    session: Session, crm: Destination, placed: Sequence[Placed]
) -> dict[str, set[ProspectId]]:
    """Whom each deal is about, by its id: whom it names now, or named while it was open."""
    found = deals.people_of(session, [_open_deal(crm, each) for each in placed])
    rows = session.execute(select(InDealRow).where(InDealRow.deal.in_(list(found)))).scalars()
    for row in rows:
        found[row.deal].add(ProspectId(row.prospect_id))
    return {each.deal.id: found[name_of(crm, each.deal.id)] for each in placed}


def _open_and_close(session: Session, crm: Destination, placed: Sequence[Placed]) -> None:
    still = [each for each in placed if each.deal.state is DealState.OPEN]
    deals.opened(session, [_open_deal(crm, each) for each in still])
    over = [each for each in placed if each.deal.state is not DealState.OPEN]
    deals.closed(session, [name_of(crm, each.deal.id) for each in over])


def _fact(crm: Destination, deal: Deal, who: ProspectId, kept: Linked, now: datetime) -> Fact:
    at = min(deal.changed_at or now, now)
    history = deal.state is not DealState.OPEN and at < now - LATELY
    money = deal.amount is not None and deal.currency
    body = {
        "crm": crm.slug,
        "deal": deal.id,
        "state": deal.state.value,
        "name": deal.name,
        "amount": str(deal.amount) if money else None,
        "currency": deal.currency if money else None,
        "opportunity": str(kept.opportunity_id) if kept.opportunity_id else None,
        IMPORTED: True if history else None,
    }
    return Fact(
        prospect_id=who,
        kind=Kind.DEAL,
        happened_at=at,
        source=f"crm:{crm.slug}",
        key=f"deal:{crm.slug}:{deal.id}:{deal.state}:{kept.since}",
        body=filled(body),
    )
