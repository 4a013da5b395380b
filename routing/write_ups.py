"""What the desk is asked for, and who of it takes it: each write-up is in one pair of hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import team
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.member import Member, Role
from prospects.store import insert_new, table_of
from prospects.texts import replace_unstorable
from prospects.values import HandoffRef
from routing.current import current
from routing.finding_rows import PromiseRow
from routing.holding import Held, hold_person
from routing.lives import OPEN
from routing.refusals import AlreadyAskedError, ClosedError, MovedOnError, NoDeskError, TakenError
from routing.transfer_receiver import until
from routing.write_up_life import WriteUpRef, WriteUpState
from routing.write_up_moves import line, move, row_of
from routing.write_up_rows import WriteUpRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants from the desk about a person; the same `once` again is the same write-up."""

    prospect_id: ProspectId
    what: str
    once: UUID
    batch: UUID
    handoff_id: HandoffId | None = None
    promise_id: UUID | None = None
    note: str | None = None


def ask(session: Session, wanted: Wanted, actor: Member | None, now: datetime) -> bool:
    """Put a write-up into the desk's queue; False if it, or one of the same promise, is there already.

    `actor` asks; None is the engine. Raises FaultyError without words, NoDeskError, or NotYoursError about
    somebody who was forgotten.
    """
    hold_person(session, wanted.prospect_id)
    what = line(wanted.what, "what", "what is missing")
    desk = [each for each in team.members(session) if each.active and Role.DESK in each.roles]
    if not desk:
        raise NoDeskError
    row: dict[str, Any] = {
        "prospect_id": wanted.prospect_id,
        "id": wanted.once,
        "handoff_id": wanted.handoff_id,
        "promise_id": wanted.promise_id,
        "n": _count(session, wanted) + 1,
        "what": what,
        "note": str(replace_unstorable(wanted.note)) if wanted.note else None,
        "batch": wanted.batch,
        "asked_by": actor.id if actor else None,
        "asked_at": now,
        "state": WriteUpState.ASKED,
        "due_at": until(actor or desk[0], now, current(session).desk.business_days),
        "facts": [],
    }
    return bool(
        insert_new(session, WriteUpRow, [row], on=(), returning=[table_of(WriteUpRow).c.id])
    )


def ask_for_lead(
    session: Session, held: Held, actor: Member | None, *, note: str, batch: UUID, now: datetime
) -> None:
    """Ask for whatever is promised to the buyer and not kept, what is late before all else; else for `note`.

    Raises NoDeskError, ClosedError, or AlreadyAskedError if the desk has all of it.
    """
    who, lead = held.who, HandoffId(held.handoff.id)
    promised = _promised(session, held, now)
    if held.state not in OPEN and not promised:
        raise ClosedError
    wanted = [
        Wanted(
            prospect_id=who, handoff_id=lead, promise_id=each.id, what=each.what, note=note,
            once=new_id(now), batch=batch,
        )
        for each in promised
    ] or [Wanted(prospect_id=who, handoff_id=lead, what=note, once=new_id(now), batch=batch)]  # fmt: skip
    if not sum(ask(session, each, actor, now) for each in wanted):
        raise AlreadyAskedError


def take_back(session: Session, ref: HandoffRef, batch: UUID, now: datetime) -> None:
    """Undo the asking of one tap. Raises MovedOnError if somebody has taken one of them."""
    rows = session.execute(
        select(WriteUpRow)
        .where(WriteUpRow.prospect_id == ref.prospect_id, WriteUpRow.handoff_id == ref.handoff_id)
        .where(WriteUpRow.batch == batch)
    )
    dropped = {"state": WriteUpState.DROPPED, "due_at": None, "settled_at": now}
    for row in rows.scalars().all():
        if not move(session, WriteUpRef(ref.prospect_id, row.id), WriteUpState.ASKED, dropped):
            raise MovedOnError


def take(session: Session, ref: WriteUpRef, actor: Member, now: datetime) -> bool:
    """It is this colleague's to write; False if they had taken it before.

    A conditional update decides between two who take it at once. Raises NotYoursError or TakenError.
    """
    values = {"state": WriteUpState.TAKEN, "member_id": actor.id, "taken_at": now}
    if move(session, ref, WriteUpState.ASKED, values):
        return True
    row = row_of(session, ref)
    if row.state == WriteUpState.TAKEN and row.member_id == actor.id:
        return False
    raise TakenError


def put_back(session: Session, ref: WriteUpRef, now: datetime) -> bool:
    """Somebody else of the desk may take it again; False if nobody had it. Who may is the caller's to check."""
    row = row_of(session, ref)
    asker = team.member(session, MemberId(row.asked_by)) if row.asked_by else None
    again = until(asker, now, current(session).desk.business_days) if asker else row.due_at
    values = {"state": WriteUpState.ASKED, "member_id": None, "taken_at": None, "due_at": again}
    return move(session, ref, WriteUpState.TAKEN, values)


def of_lead(session: Session, ref: HandoffRef) -> Sequence[WriteUpRow]:
    """The write-ups of a lead that were not dropped, the newest first."""
    rows = session.execute(
        select(WriteUpRow)
        .where(WriteUpRow.prospect_id == ref.prospect_id, WriteUpRow.handoff_id == ref.handoff_id)
        .where(WriteUpRow.state != WriteUpState.DROPPED)
        .order_by(WriteUpRow.id.desc())
        .limit(50)
    )
    return rows.scalars().all()


def _promised(session: Session, held: Held, now: datetime) -> Sequence[PromiseRow]:
    """What the lead's rep owes the buyer: what is late, else all of it."""
    rows = (
        session.execute(
            select(PromiseRow)
            .where(PromiseRow.prospect_id == held.who, PromiseRow.handoff_id == held.handoff.id)
            .where(PromiseRow.kept_at.is_(None))
            .order_by(PromiseRow.due_at, PromiseRow.id)
        )
        .scalars()
        .all()
    )
    return [each for each in rows if each.due_at <= now] or rows


def _count(session: Session, wanted: Wanted) -> int:
    counted = select(func.count()).where(
        WriteUpRow.prospect_id == wanted.prospect_id, WriteUpRow.handoff_id == wanted.handoff_id
    )
    return session.execute(counted).scalar_one()
