"""A CRM's deals as opportunities of ours: state, amount, expected day and name, and where we differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import AccountId, ProspectId, new_id
from prospects.rows import OpportunityRow
from webhooks import crm_links
from webhooks.crm_links import Linked
from webhooks.crm_rows import LinkRow
from webhooks.crms.dialect import Deal, DealState
from webhooks.crms.masters import Record, Said


@dataclass(frozen=True, slots=True)
class Placed:
    """A deal with its company here and whom it names of ours."""

    deal: Deal
    account_id: AccountId | None
    people: tuple[ProspectId, ...]


def keep(
    session: Session,
    placed: Sequence[Placed],
    links: Mapping[tuple[str, str], LinkRow],
    now: datetime,
) -> list[Linked]:
    """Each deal at a company we know is an opportunity there."""
    wanted = {link.opportunity_id for link in links.values() if link.opportunity_id}
    found = session.execute(select(OpportunityRow).where(OpportunityRow.id.in_(wanted))).scalars()
    rows = {row.id: row for row in found}
    linked = []
    for each in placed:
        link = links.get(("deal", each.deal.id))
        row = rows.get(link.opportunity_id) if link and link.opportunity_id else None
        if row is None and each.account_id and each.deal.state is not DealState.GONE:
            row = OpportunityRow(id=new_id(now), account_id=each.account_id, state="")
            row.created_at = now
            session.add(row)
        one = _linked(each, row, link, now)
        if row is not None:
            _apply(row, each.deal, one.judged.taken, now)
        linked.append(one)
    session.flush()
    return linked


def _linked(
    placed: Placed, row: OpportunityRow | None, link: LinkRow | None, now: datetime
) -> Linked:
    deal, before = placed.deal, crm_links.said_before(link)
    theirs = _said(deal)
    same = link is not None and before.get("is") == deal.state
    since = (deal.changed_at or now).isoformat()
    return Linked(
        kind=Record.DEAL,
        external_id=deal.id,
        record=Record.DEAL,
        ours=ours_of(row) if row else {},
        theirs=theirs,
        before=before,
        account_id=row.account_id if row else placed.account_id,
        opportunity_id=row.id if row else None,
        since=str(before["since"]) if same and before.get("since") else since,
    )


def _said(deal: Deal) -> Said:
    money = deal.amount is not None and deal.currency
    # What was deleted there is lost here: nobody will buy it.
    state = DealState.LOST if deal.state is DealState.GONE else deal.state
    return {
        "state": state,
        "is": deal.state,
        "amount": f"{deal.amount} {deal.currency}" if money else None,
        "expected": deal.expected_on.isoformat() if deal.expected_on else None,
        "name": deal.name,
    }


def ours_of(row: OpportunityRow) -> dict[str, str | None]:
    """What we say of a deal."""
    money = row.amount is not None and row.currency
    return {
        "state": row.state or None,
        "amount": f"{row.amount:.2f} {row.currency}" if money else None,
        "expected": row.expected_on.isoformat() if row.expected_on else None,
        "name": row.product,
    }


def _apply(row: OpportunityRow, deal: Deal, taken: Mapping[str, str], now: datetime) -> None:
    if "state" in taken:
        row.state = taken["state"]
        over = row.state != DealState.OPEN
        row.closed_at = min(deal.changed_at or now, now) if over else None
    if "amount" in taken:
        number, _, currency = taken["amount"].partition(" ")
        row.amount, row.currency = Decimal(number), currency
    if "expected" in taken:
        row.expected_on = date.fromisoformat(taken["expected"])
    if "name" in taken:
        row.product = taken["name"]
