"""Somebody goes away: the offers they hold end when they leave, so that no lead waits for their return."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.hours import leaves_at
from prospects.ids import HandoffId, ProspectId
from prospects.member import Member
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing.availability import absent_until, hours_of
from routing.current import current
from routing.lives import HandoffState, OfferState
from routing.rows import HandoffRow, OfferRow


def let_go(session: Session, members: Iterable[Member], now: datetime) -> int:
    """Let the open offers of these colleagues end when they go away; returns how many end sooner for it.

    Call it once their absences are written. The fallback owner's stay: nobody is left to ask.
    """
    places = current(session).holidays
    changed = 0
    for member in members:
        away = absent_until(member, now, places)
        ends = now if away else leaves_at(hours_of(member, places), now)
        if ends is not None:
            changed += _end(session, member, ends, now)
    return changed


def _end(session: Session, member: Member, ends: datetime, now: datetime) -> int:
    refs = _waiting(session, member, ends)
    whom = [ref.prospect_id for ref in refs]
    which = [ref.handoff_id for ref in refs]
    # The handoffs first, as everybody else writes them, so that two writers cannot deadlock.
    session.execute(
        update(HandoffRow)
        .where(HandoffRow.prospect_id.in_(whom), HandoffRow.id.in_(which))
        .where(HandoffRow.state == HandoffState.OFFERED)
        .values(expires_at=ends)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OfferRow)
        .where(OfferRow.prospect_id.in_(whom), OfferRow.handoff_id.in_(which))
        .where(OfferRow.state == OfferState.OPEN)
        .values(expires_at=ends)
        .execution_options(synchronize_session=False)
    )
    outbox.post(session, Topic.HANDOFF, refs, now, due_at=max(ends, now))
    return len(refs)


def _waiting(session: Session, member: Member, ends: datetime) -> list[HandoffRef]:
    rows = session.execute(
        select(HandoffRow.prospect_id, HandoffRow.id)
        .where(HandoffRow.rep_id == member.id, HandoffRow.state == HandoffState.OFFERED)
        .where(HandoffRow.fallback.is_(False), HandoffRow.expires_at > ends)
        .where(
            select(OfferRow.n)
            .where(OfferRow.prospect_id == HandoffRow.prospect_id)
            .where(OfferRow.handoff_id == HandoffRow.id, OfferRow.state == OfferState.OPEN)
            .exists()
        )
        .order_by(HandoffRow.prospect_id)
    )
    return [HandoffRef(ProspectId(row[0]), HandoffId(row[1])) for row in rows]
