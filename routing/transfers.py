"""Puts won customers to the account team: once for each won lead, and to somebody else if a manager says so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId, new_id
from prospects.kinds import Kind
from prospects.member import Member, Role
from prospects.rows import AccountRow
from routing import propose, turns
from routing.current import colleagues, current
from routing.holding import Held
from routing.lives import NoticeKind
from routing.sale import sale_of
from routing.transfer_life import TransferRef, TransferState
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
    row.why, row.member_id = f"{by} gave it to {to.name}: {reason}", to.id
    move(session, row, NoticeKind.TRANSFER, to, now)
    audit.note(session, "transfer given", ref, now, who=by, to=str(to.id))


def _receiver(session: Session, row: TransferRow, now: datetime) -> Receiver:
    """Who is to take them, by the rules in force; the turn taken is kept."""
    rules = current(session)
    team = turn_of(rules)
    owner = None
    if row.account_id is not None:
        owner = session.execute(
            select(AccountRow.owner_id).where(AccountRow.id == row.account_id)
        ).scalar_one()
    locked = turns.lock(session, [team])
    chosen = receive(
        rules,
        colleagues(session),
        locked[team],
        owner=MemberId(owner) if owner else None,
        rep=MemberId(row.rep_id),
        now=now,
    )
    if chosen.moved is not None:
        turns.keep(session, locked, {team: chosen.moved})
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
