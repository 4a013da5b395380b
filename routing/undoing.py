"""Takes back, within a minute, what a manager did about a lead, as long as nothing else has happened to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit, outbox, timeline
from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.kinds import HandoffBody, Kind, OfferedBody
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices, write_ups
from routing.bodies import body_of
from routing.footprint import footprint, put_back
from routing.holding import Held, hold
from routing.intervention_rows import InterventionRow
from routing.interventions import Intervention
from routing.lifecycle import of_handoff
from routing.lives import HandoffState, NoticeKind
from routing.marking import mark
from routing.notices import Telling
from routing.refusals import MovedOnError, TooLateToUndoError

UNDO_WITHIN = timedelta(minutes=1)
BACK_AGAIN = 1_000
"""Keeps what is told after an undo apart from what was told before, in one number."""


def undoable(session: Session, member_id: MemberId, now: datetime) -> Sequence[InterventionRow]:
    """What this colleague did last and may still take back: the acts of one tap, or nothing."""
    rows = (
        session.execute(
            select(InterventionRow)
            .where(InterventionRow.member_id == member_id)
            .where(InterventionRow.at > now - UNDO_WITHIN, InterventionRow.undone_at.is_(None))
            .order_by(InterventionRow.at.desc(), InterventionRow.id.desc())
            .limit(500)
        )
        .scalars()
        .all()
    )
    return [row for row in rows if row.batch == rows[0].batch]


def of_batch(session: Session, member_id: MemberId, batch: UUID) -> list[HandoffRef]:
    """The leads that this colleague's tap was about."""
    rows = session.execute(
        select(InterventionRow.prospect_id, InterventionRow.handoff_id).where(
            InterventionRow.member_id == member_id, InterventionRow.batch == batch
        )
    )
    return [HandoffRef(ProspectId(row[0]), HandoffId(row[1])) for row in rows]


def undo(session: Session, ref: HandoffRef, batch: UUID, *, by: str, now: datetime) -> bool:
    """Let the lead stand as before that act; False if it was undone before, or never done.

    Raises NotYoursError, TooLateToUndoError, MovedOnError or AnotherOpenError.
    """
    held = hold(session, ref)
    query = select(InterventionRow).where(
        InterventionRow.prospect_id == ref.prospect_id,
        InterventionRow.handoff_id == ref.handoff_id,
        InterventionRow.batch == batch,
    )
    row = session.execute(query).scalar_one_or_none()
    if row is None or row.undone_at is not None:
        return False
    if now - row.at > UNDO_WITHIN:
        raise TooLateToUndoError
    if footprint(session, held) != row.after:
        raise MovedOnError
    if row.act == Intervention.DESK:
        write_ups.take_back(session, ref, batch, now)
    else:
        _put_back(session, ref, held, row, now)
    row.undone_at = now
    audit.note(session, "handoff: undone", ref, now, who=by, undone=row.act)
    return True


def _put_back(
    session: Session, ref: HandoffRef, held: Held, row: InterventionRow, now: datetime
) -> None:
    left = held.handoff.rep_id
    put_back(session, held, row.before, now)
    mark(session, {held.who: of_handoff(held.state)})
    set_clocks(session, ref, held, now)
    if row.act != Intervention.EXTEND:
        _tell(session, ref, held, row, left, now)


def set_clocks(session: Session, ref: HandoffRef, held: Held, now: datetime) -> None:
    """Let the clock of a lead that was put back run on; one that has run out meanwhile rings at once."""
    handoff = held.handoff
    ends = handoff.confirm_by if held.state is HandoffState.ACCEPTED else handoff.expires_at
    if ends is not None:
        outbox.post(session, Topic.HANDOFF, [ref], now, due_at=max(ends, now))


def _tell(
    session: Session,
    ref: HandoffRef,
    held: Held,
    row: InterventionRow,
    left: UUID | None,
    now: datetime,
) -> None:
    """The record says that the lead is back, as it said that it had gone; so do mails to both reps."""
    fact = _back(held, row, now)
    if fact is not None:
        timeline.record(session, [fact], now)
    n, back = BACK_AGAIN + len(held.offers), held.handoff.rep_id
    tellings = []
    if left is not None and left not in (back, row.member_id):
        tellings.append(Telling(ref, NoticeKind.PASSED_ON, n, MemberId(left)))
    if back is not None and held.state is HandoffState.OFFERED:
        tellings.append(Telling(ref, NoticeKind.OFFERED, n, MemberId(back)))
    notices.tell(session, tellings, now)


def _back(held: Held, row: InterventionRow, now: datetime) -> Fact | None:
    handoff = held.handoff
    about: dict[str, Any] = {"handoff": str(handoff.id), "rep": str(handoff.rep_id)}
    if held.state is HandoffState.OFFERED and handoff.expires_at is not None:
        kind = Kind.OFFERED
        body = body_of(
            handoff, OfferedBody(**about, lane=handoff.lane, expires_at=handoff.expires_at)
        )
    elif held.state is HandoffState.ACCEPTED:
        kind, body = Kind.ACCEPTED, body_of(handoff, HandoffBody(**about))
    else:
        return None
    return Fact(
        prospect_id=held.who,
        kind=kind,
        happened_at=now,
        source="manager",
        key=f"undone:{row.id}",
        body=body,
    )
