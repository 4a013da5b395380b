"""Puts won customers to the account team: once for each won lead, to somebody else if a manager says so or somebody left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit, team, timeline
from prospects.bidi import isolated
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.member import Member, Role
from prospects.rows import AccountRow
from routing import propose, turns
from routing.current import colleagues, current
from routing.holding import Held
from routing.lives import NoticeKind
from routing.sale import sale_of
from routing.transfer_life import SOMEBODYS, TransferRef, TransferState
from routing.transfer_moves import hold_waiting, move, record
from routing.transfer_paper import TEMPLATE, compose
from routing.transfer_receiver import Receiver, receive, turn_of
from routing.transfer_rows import TransferRow

TAKERS = frozenset({Role.ACCOUNT_MANAGER, Role.REP, Role.MANAGER})
"""Whom a manager may give a customer to: where there is no account team, somebody in sales keeps them."""


def make(session: Session, held: Held, now: datetime) -> None:
    """Put the customer of this won lead to an account manager; with nobody there it waits for a manager.

    The team's turn is the last thing this transaction locks.
    """
    ref, handoff = propose.ref_of(held.handoff), held.handoff
    assert handoff.rep_id is not None
    row = TransferRow(
        prospect_id=handoff.prospect_id,
        id=new_id(now),
        handoff_id=handoff.id,
        account_id=held.person.account_id,
        rep_id=handoff.rep_id,
        state=TransferState.PROPOSED,
        paper=compose(held.see(session, now), sale_of(session, held, ref), now),
        paper_template=TEMPLATE,
        moves=0,
        made_at=now,
    )
    chosen = _receiver(session, row, now)
    row.why, row.member_id = chosen.why, chosen.member.id if chosen.member else None
    session.add(row)
    move(session, row, NoticeKind.TRANSFER, chosen.member, now)
    record(session, row, Kind.TRANSFER_PROPOSED, now)


def give(
    session: Session, ref: TransferRef, *, to: Member, reason: str, by: str, now: datetime
) -> None:
    """A manager (`by`, in words) puts the customer to somebody else, with a clock of their own.

    A question that waits for its answer still does.
    Raises FaultyError if they cannot have it or no reason is given, NotYoursError or TransferOverError.
    """
    row, _held = hold_waiting(session, ref)
    _check(row, to, reason)
    row.why, row.member_id = (
        f"{isolated(by)} gave it to {isolated(to.name)}: {isolated(reason)}",
        to.id,
    )
    move(session, row, NoticeKind.TRANSFER, to, now)
    audit.note(session, "transfer given", ref, now, who=by, to=str(to.id))


def rehome(session: Session, refs: Sequence[TransferRef], now: datetime) -> set[TransferRef]:
    """Put the customers of account managers who have left to the next of the team, whether taken or not.

    Those of one company go to one colleague; with nobody there they wait for a manager. Safe to repeat.
    Returns those whose person is busy.
    """
    # All people first, because the team's turn is the last thing a transaction locks.
    seen = timeline.lock_and_see(session, {ref.prospect_id for ref in refs}, now)
    members = {member.id: member for member in team.members(session)}
    chosen: dict[UUID, Receiver] = {}
    for row in _somebodys(session, refs, [each.prospect_id for each in seen.snapshots]):
        before = members.get(MemberId(row.member_id)) if row.member_id else None
        if before is None or before.active:
            continue
        company = row.account_id or row.id
        chosen[company] = to = chosen.get(company) or _receiver(session, row, now)
        if row.state == TransferState.ACCEPTED:
            row.state, row.accepted_at = TransferState.PROPOSED, None
        row.why = f"{before.name} has left; {to.why}"
        row.member_id = to.member.id if to.member else None
        move(session, row, NoticeKind.TRANSFER, to.member, now)
        record(session, row, Kind.TRANSFER_PROPOSED, now)
    return {ref for ref in refs if ref.prospect_id in seen.busy}


def _somebodys(
    session: Session, refs: Sequence[TransferRef], present: Sequence[ProspectId]
) -> Sequence[TransferRow]:
    rows = session.execute(
        select(TransferRow)
        .where(TransferRow.prospect_id.in_(present))
        .where(TransferRow.id.in_([ref.transfer_id for ref in refs]))
        .where(TransferRow.state.in_(SOMEBODYS))
        .order_by(TransferRow.id)
        .execution_options(populate_existing=True)
    )
    return rows.scalars().all()


def _receiver(session: Session, row: TransferRow, now: datetime) -> Receiver:
    """Who is to take them, by the rules in force; the turn taken is kept."""
    rules = current(session)
    turn = turn_of(rules)
    owner = None
    if row.account_id is not None:
        owner = session.execute(
            select(AccountRow.owner_id).where(AccountRow.id == row.account_id)
        ).scalar_one()
    locked = turns.lock(session, [turn])
    chosen = receive(
        rules,
        colleagues(session),
        locked[turn],
        owner=MemberId(owner) if owner else None,
        rep=MemberId(row.rep_id),
        now=now,
    )
    if chosen.moved is not None:
        turns.keep(session, locked, {turn: chosen.moved})
    return chosen


def _check(row: TransferRow, to: Member, reason: str) -> None:
    faults = []
    if not to.active or not to.roles & TAKERS:
        mend = "somebody of the account team or of sales"
        faults.append(Fault("to", f"{to.name} takes no customers", mend))
    elif to.id == row.member_id:
        faults.append(Fault("to", f"{to.name} has it already", "somebody else"))
    if not reason.strip():
        faults.append(Fault("reason", "the reason is missing", "say why, in a few words"))
    if faults:
        raise FaultyError(*faults)
