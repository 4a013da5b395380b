"""What becomes of a colleague's things when they no longer work here: ways in end, leads return to routing."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, or_, select, update
from sqlalchemy.orm import Session

from app import tokens
from app.auth import sessions
from app.auth.rows import LinkRow
from app.rows import ApiTokenRow
from prospects import audit, outbox
from prospects.ids import MemberId, ProspectId
from prospects.rows import AccountRow, ProspectRow
from prospects.topics import Topic
from routing import write_ups
from routing.finding_rows import PromiseRow
from routing.lives import OPEN, HandoffState
from routing.propose import ref_of
from routing.rows import HandoffRow
from routing.transfer_life import SOMEBODYS, WAITING, TransferState
from routing.transfer_moves import ref_of as transfer_ref
from routing.transfer_rows import TransferRow
from routing.write_up_life import WriteUpRef, WriteUpState
from routing.write_up_rows import WriteUpRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a colleague has in hand: offers, leads they took, leads they answer for, promises, ways in.

    `customers` are those that wait for them to accept, `cared_for` those they accepted, `companies`
    what they own, `write_ups` what they took at the desk.
    """

    offers: int = 0
    taken: int = 0
    held: int = 0
    promises: int = 0
    customers: int = 0
    cared_for: int = 0
    companies: int = 0
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
        customers=_count(session, _customers(member_id, WAITING)),
        cared_for=_count(session, _customers(member_id, {TransferState.ACCEPTED})),
        companies=_count(session, select(AccountRow.id).where(AccountRow.owner_id == member_id)),
        write_ups=_count(session, _write_ups(member_id)),
        tokens=session.execute(acting).scalar_one(),
        sign_ins=len(sessions.running(session, member_id, now)),
    )


def depart(
    session: Session, members: Collection[MemberId], now: datetime, *, by: str
) -> dict[MemberId, int]:
    """End every way in of these colleagues, who are inactive by now; how many leads go back of each.

    Leads and customers are promised to routing in this transaction; the clocks find their colleague
    gone and ask the next one, who also owes what was promised from the moment they take it. What they
    owned is nobody's until somebody takes a lead there.
    """
    left = {}
    companies = _disown(session, members)
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
        given = session.execute(_customers(member_id, SOMEBODYS)).scalars()
        customers = [str(transfer_ref(row)) for row in given]
        outbox.post(session, Topic.TRANSFER, customers, now)
        counted = {
            "leads": len(refs),
            "customers": len(customers),
            "companies": companies[member_id],
        }
        if any(counted.values()):
            audit.note(session, "work given on", member_id, now, who=by, **counted)
        left[member_id] = len(refs)
    return left


def _disown(session: Session, members: Collection[MemberId]) -> Counter[UUID | None]:
    """Their companies and people are nobody's; how many companies of each. Whom they have at customers, the next takes over.

    Companies first, then people, of all of them at once and in the order of ids, as everybody locks them.
    """
    companies = _free(session, AccountRow, AccountRow.owner_id.in_(members))
    _free(session, ProspectRow, or_(false(), *map(_owned_elsewhere, members)))
    return companies


def _owned_elsewhere(member_id: MemberId) -> ColumnElement[bool]:
    """People of theirs who are at no customer that they care for."""
    mine = _customers(member_id, {TransferState.ACCEPTED})
    cared_for = mine.with_only_columns(TransferRow.account_id).where(
        TransferRow.account_id.is_not(None)
    )
    elsewhere = or_(ProspectRow.account_id.is_(None), ProspectRow.account_id.not_in(cared_for))
    return and_(ProspectRow.owner_id == member_id, elsewhere)


def _free(
    session: Session, row: type[AccountRow] | type[ProspectRow], whose: ColumnElement[bool]
) -> Counter[UUID | None]:
    locked = select(row.owner_id).where(whose).order_by(row.id).with_for_update()
    count = Counter(session.execute(locked).scalars())
    session.execute(
        update(row).where(whose).values(owner_id=None).execution_options(synchronize_session=False)
    )
    return count


def _customers(member_id: MemberId, states: Collection[TransferState]) -> Select[TransferRow]:
    mine = select(TransferRow).where(TransferRow.member_id == member_id)
    return mine.where(TransferRow.state.in_(states))


def _write_ups(member_id: MemberId) -> Select[WriteUpRow]:
    """In the order of people, in which everybody locks them."""
    taken = WriteUpRow.state == WriteUpState.TAKEN
    mine = select(WriteUpRow).where(WriteUpRow.member_id == member_id, taken)
    return mine.order_by(WriteUpRow.prospect_id, WriteUpRow.id)


def _count(session: Session, query: Select[Any]) -> int:
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
