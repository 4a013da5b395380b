"""Reads what the account team is told of a sale: what was found, sold and promised, and who is who there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import not_, or_, select
from sqlalchemy.orm import Session, aliased

from prospects import stakes, team
from prospects.ids import MemberId, ProspectId
from prospects.rows import OpportunityRow, ProspectRow
from prospects.stakes import StakeRow
from prospects.values import HandoffRef
from routing.compose import stamp
from routing.finding_rows import PromiseRow
from routing.holding import Held
from routing.rows import HandoffRow
from routing.transfer_paper import Contact, Sale
from routing.verdicts import standing

MOST_CONTACTS = 30


def sale_of(session: Session, held: Held, ref: HandoffRef) -> Sale:
    """Everything about this won lead beyond the person."""
    handoff = held.handoff
    rep = team.member(session, MemberId(handoff.rep_id)) if handoff.rep_id else None
    return Sale(
        rep=rep.name if rep else "",
        reason=handoff.reason,
        found=_found(session, ref),
        sold=_sold(session, handoff),
        promises=_promises(session, ref),
        contacts=_contacts(session, held),
    )


def _found(session: Session, ref: HandoffRef) -> Mapping[str, Any] | None:
    row = standing(session, ref)
    if row is None:
        return None
    return {
        "verdict": row.verdict,
        "stage": row.stage_found or row.claimed,
        "spoke_with": row.spoke_with,
        "channel": row.channel,
        "at": stamp(row.at),
        "fact": row.fact,
        "still_needed": row.still_needed,
        "deciders": row.deciders,
    }


def _sold(session: Session, handoff: HandoffRow) -> Mapping[str, Any] | None:
    row = session.get(OpportunityRow, handoff.opportunity_id) if handoff.opportunity_id else None
    if row is None:
        return None
    return {
        "product": row.product,
        "amount": f"{row.amount:.2f}" if row.amount is not None else None,
        "currency": row.currency,
    }


def _promises(session: Session, ref: HandoffRef) -> Sequence[Mapping[str, Any]]:
    """What is promised and not kept yet."""
    rows = session.execute(
        select(PromiseRow)
        .where(PromiseRow.prospect_id == ref.prospect_id, PromiseRow.handoff_id == ref.handoff_id)
        .where(PromiseRow.kept_at.is_(None))
        .order_by(PromiseRow.due_at, PromiseRow.id)
    )
    return [
        {"id": str(row.id), "what": row.what, "due_at": stamp(row.due_at)} for row in rows.scalars()
    ]


def _contacts(session: Session, held: Held) -> Sequence[Contact]:
    """The buyer first, then whom we know at the company, those with a role there first."""
    person = held.person
    if person.account_id is None:
        return (Contact(held.who),)
    theirs = aliased(ProspectRow)
    spoken_of = (
        select(StakeRow.prospect_id)
        .join(theirs, theirs.id == StakeRow.prospect_id)
        .where(or_(theirs.id == ProspectRow.id, theirs.absorbed_by == ProspectRow.id))
        .where(StakeRow.stake.is_not(None))
        .exists()
    )
    people = session.execute(
        select(ProspectRow.id)
        .where(ProspectRow.account_id == person.account_id)
        .where(ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None))
        .order_by(ProspectRow.id != person.id, not_(spoken_of), ProspectRow.id)
        .limit(MOST_CONTACTS)
    )
    ids = [ProspectId(each) for each in people.scalars()]
    said = stakes.of(session, ids)
    return [Contact(who, *_part(said.get(who))) for who in ids]


def _part(said: StakeRow | None) -> tuple[str | None, str | None]:
    return (said.stake, said.stance) if said else (None, None)
