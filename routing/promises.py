"""What becomes of a promise: kept, moved, in trouble, given to somebody who helps, or owed by the lead's new rep."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from prospects import audit, outbox, team
from prospects.faults import Fault, FaultyError
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.member import Member, Role
from prospects.store import on_sqlite
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices
from routing.finding_rows import PromiseRow
from routing.holding import hold_person
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.promise_rows import PromiseChangeRow
from routing.refusals import KeptError, NotYoursError
from routing.rows import OfferRow

LONGEST_MOVE = timedelta(days=90)
"""What is further away than a quarter is no promise any more."""
HELPERS = frozenset({Role.DESK, Role.MANAGER, Role.ADMIN})
"""Who can be given a promise alone: they see every brief. To give it to a rep, give them the lead."""


class PromiseAct(StrEnum):
    """What can happen to a promise before it is kept."""

    MOVED = "moved"
    TROUBLE = "trouble"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class PromiseRef:
    """The name of a promise."""

    prospect_id: ProspectId
    promise_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes a promise (`by` in words), why and when; `member_id` None is a program."""

    by: str
    reason: str
    now: datetime
    member_id: MemberId | None = None


def keep(session: Session, ref: HandoffRef, promise_id: UUID, actor: Member, now: datetime) -> bool:
    """The promise is kept, as of now; False if there is no such promise of this colleague's to keep.

    A second time changes nothing: the first instant stays.
    """
    kept = session.execute(
        update(PromiseRow)
        .where(
            PromiseRow.prospect_id == ref.prospect_id,
            PromiseRow.id == promise_id,
            PromiseRow.handoff_id == ref.handoff_id,
            PromiseRow.rep_id == actor.id,
            PromiseRow.kept_at.is_(None),
        )
        .values(kept_at=now)
        .returning(PromiseRow.id)
        .execution_options(synchronize_session=False)
    )
    return kept.scalar_one_or_none() is not None


def move(session: Session, ref: PromiseRef, change: Change, *, due_at: datetime) -> None:
    """The buyer was told of another day. It is in time again, and no longer in trouble.

    Raises NotYoursError, KeptError, or FaultyError without a reason or for a day that will not do.
    """
    row = _open(session, ref, owner=change.member_id)
    _check(change, due_at)
    _write(session, row, PromiseAct.MOVED, change, due=due_at)


def ask_for_help(session: Session, ref: PromiseRef, change: Change) -> None:
    """The rep sees that they cannot keep it and says why: the managers' page has it at once, before it is late.

    Raises NotYoursError, KeptError, or FaultyError without a reason.
    """
    row = _open(session, ref, owner=change.member_id)
    _check(change, None)
    _write(session, row, PromiseAct.TROUBLE, change)
    row.trouble, row.trouble_at = change.reason, change.now
    session.flush()


def give(
    session: Session, ref: PromiseRef, change: Change, *, to: Member, due_at: datetime
) -> None:
    """Somebody else keeps it, by a day of their own; the lead stays with its rep.

    Raises NotYoursError if there is no such promise, KeptError, or FaultyError.
    """
    row = _open(session, ref, owner=None)
    faults = []
    if not to.active or not to.roles & HELPERS:
        mend = "somebody of the desk, or a manager; to give it to a rep, give them the lead"
        faults.append(Fault("to", f"{to.name} cannot be given a promise alone", mend))
    elif to.id == row.rep_id:
        faults.append(Fault("to", f"{to.name} owes it already", "somebody else"))
    _check(change, due_at, *faults)
    _write(session, row, PromiseAct.GIVEN, change, due=due_at, to=to)
    handoff = HandoffRef(ref.prospect_id, HandoffId(row.handoff_id))
    n = _changes(session, row)
    telling = Telling(handoff, NoticeKind.PROMISE_GIVEN, n, MemberId(to.id))
    notices.tell(session, [telling], change.now)
    audit.note(session, "promise given", handoff, change.now, who=change.by, to=str(to.id))


def follow(session: Session, ref: HandoffRef, owner: Member) -> None:
    """Whoever takes a lead owes the buyer what its former reps promised and have not kept yet."""
    asked = select(OfferRow.rep_id).where(
        OfferRow.prospect_id == ref.prospect_id, OfferRow.handoff_id == ref.handoff_id
    )
    gone = team.left()
    session.execute(
        update(PromiseRow)
        .where(
            PromiseRow.prospect_id == ref.prospect_id,
            PromiseRow.handoff_id == ref.handoff_id,
            PromiseRow.kept_at.is_(None),
            # What was given to somebody who helps stays with them, while they are here.
            or_(PromiseRow.rep_id.in_(asked), PromiseRow.rep_id.in_(gone)),
        )
        .values(rep_id=owner.id)
        .execution_options(synchronize_session=False)
    )


def _open(session: Session, ref: PromiseRef, *, owner: MemberId | None) -> PromiseRow:
    """The promise under lock, its person first; of this owner's if one is asked for."""
    hold_person(session, ref.prospect_id)
    query = select(PromiseRow).where(
        PromiseRow.prospect_id == ref.prospect_id, PromiseRow.id == ref.promise_id
    )
    query = query if on_sqlite(session) else query.with_for_update()
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None or (owner is not None and row.rep_id != owner):
        raise NotYoursError
    if row.kept_at is not None:
        raise KeptError
    return row


def _check(change: Change, due_at: datetime | None, *faults: Fault) -> None:
    found = list(faults)
    if due_at is not None and not change.now < due_at <= change.now + LONGEST_MOVE:
        found.append(Fault("due_at", "this day will not do", "a day ahead, within 90 days"))
    if not change.reason.strip():
        found.append(Fault("reason", "the reason is missing", "say why, in a few words"))
    if found:
        raise FaultyError(*found)


def _write(
    session: Session,
    row: PromiseRow,
    act: PromiseAct,
    change: Change,
    *,
    due: datetime | None = None,
    to: Member | None = None,
) -> None:
    session.add(
        PromiseChangeRow(
            prospect_id=row.prospect_id,
            id=new_id(change.now),
            promise_id=row.id,
            act=act,
            by_id=change.member_id,
            at=change.now,
            reason=change.reason,
            due_before=row.due_at,
            due_after=due or row.due_at,
            rep_before=row.rep_id,
            rep_after=to.id if to else row.rep_id,
        )
    )
    if due is not None:
        outbox.post(session, Topic.PROMISE, [f"{row.prospect_id}/{row.id}"], change.now, due_at=due)
    row.due_at = due or row.due_at
    row.rep_id = to.id if to else row.rep_id
    row.trouble = row.trouble_at = None
    session.flush()


def _changes(session: Session, row: PromiseRow) -> int:
    """How often anything was given of this handoff: keeps the notices of it apart."""
    found = (
        select(PromiseChangeRow.id)
        .join(
            PromiseRow,
            (PromiseRow.prospect_id == PromiseChangeRow.prospect_id)
            & (PromiseRow.id == PromiseChangeRow.promise_id),
        )
        .where(PromiseRow.prospect_id == row.prospect_id, PromiseRow.handoff_id == row.handoff_id)
        .where(PromiseChangeRow.act == PromiseAct.GIVEN)
    )
    return len(session.execute(found).all())
