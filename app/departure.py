"""What becomes of a colleague's things when they no longer work here: ways in end, leads return to routing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from app import tokens
from app.auth import sessions
from app.auth.rows import LinkRow
from app.rows import ApiTokenRow
from prospects import outbox
from prospects.ids import MemberId, ProspectId
from prospects.topics import Topic
from routing import write_ups
from routing.finding_rows import PromiseRow
from routing.lives import OPEN, HandoffState
from routing.propose import ref_of
from routing.rows import HandoffRow
from routing.transfer_life import WAITING
from routing.transfer_rows import TransferRow
from routing.write_up_life import WriteUpRef, WriteUpState
from routing.write_up_rows import WriteUpRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a colleague has in hand: offers, leads they took, leads they answer for, promises, ways in.

    `customers` are those that wait for them to accept, `write_ups` what they took at the desk.
    """

    offers: int = 0
    taken: int = 0
    held: int = 0
    promises: int = 0
    customers: int = 0
    write_ups: int = 0
    tokens: int = 0
    sign_ins: int = 0

    @property
    def leads(self) -> int:
        return self.offers + self.taken + self.held


def burden(session: Session, member_id: MemberId, now: datetime) -> Burden:
    """What would be given back, kept open or ended if this colleague left now."""
    mine = select(HandoffRow.state, func.count()).where(
        HandoffRow.rep_id == member_id, HandoffRow.state.in_(OPEN)
    )
    leads = {row[0]: row[1] for row in session.execute(mine.group_by(HandoffRow.state))}
    owed = select(func.count()).where(PromiseRow.rep_id == member_id, PromiseRow.kept_at.is_(None))
    acting = select(func.count()).where(
        ApiTokenRow.member_id == member_id, ApiTokenRow.revoked_at.is_(None)
    )
    return Burden(
        offers=leads.get(HandoffState.OFFERED, 0),
        taken=leads.get(HandoffState.ACCEPTED, 0) + leads.get(HandoffState.CHECKED, 0),
        held=leads.get(HandoffState.HELD, 0),
        promises=session.execute(owed).scalar_one(),
        customers=_count(session, _customers(member_id)),
        write_ups=_count(session, _write_ups(member_id)),
        tokens=session.execute(acting).scalar_one(),
        sign_ins=len(sessions.running(session, member_id, now)),
    )


def depart(
    session: Session, members: Collection[MemberId], now: datetime, *, by: str
) -> dict[MemberId, int]:
    """End every way in of these colleagues, who are inactive by now; how many leads go back of each.

    The leads are promised to routing in this transaction; the clocks find their rep gone and ask the
    next one, who also owes what was promised from the moment they take the lead.
    """
    left = {}
    for member_id in members:
        sessions.end_all(session, member_id, now)
        session.execute(
            delete(LinkRow).where(LinkRow.member_id == member_id, LinkRow.used_at.is_(None))
        )
        tokens.revoke_all_of(session, member_id, now, by=by)
        mine = select(HandoffRow).where(HandoffRow.rep_id == member_id, HandoffRow.state.in_(OPEN))
        refs = [str(ref_of(row)) for row in session.execute(mine).scalars()]
        outbox.post(session, Topic.HANDOFF, refs, now)
        for row in session.execute(_write_ups(member_id)).scalars().all():
            write_ups.put_back(session, WriteUpRef(ProspectId(row.prospect_id), row.id), now)
        left[member_id] = len(refs)
    return left


def _customers(member_id: MemberId) -> Select[TransferRow]:
    waiting = TransferRow.state.in_(WAITING)
    return select(TransferRow).where(TransferRow.member_id == member_id, waiting)


def _write_ups(member_id: MemberId) -> Select[WriteUpRow]:
    """In the order of people, in which everybody locks them."""
    taken = WriteUpRow.state == WriteUpState.TAKEN
    mine = select(WriteUpRow).where(WriteUpRow.member_id == member_id, taken)
    return mine.order_by(WriteUpRow.prospect_id, WriteUpRow.id)


def _count(session: Session, query: Select[Any]) -> int:
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
