"""What the desk does with a write-up it has taken: writes it, or gives it back with the reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import team, timeline
from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.kinds import Kind, WriteUpBody, plain
from prospects.member import Member
from prospects.timeline import Fact
from prospects.values import HandoffRef
from routing import notices
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.refusals import TakenError
from routing.rows import HandoffRow
from routing.transfer_receiver import until
from routing.write_up_life import WriteUpRef, WriteUpState, Written, check
from routing.write_up_moves import line, move, row_of
from routing.write_up_rows import WriteUpRow


def write(
    session: Session,
    ref: WriteUpRef,
    actor: Member,
    written: Written,
    *,
    today: date,
    now: datetime,
) -> bool:
    """The desk has written it: who asked and whose lead it is are told; False if it was written before.

    `today` is the writer's own. The frozen brief is not changed: what was written stands beside it.
    Raises FaultyError, NotYoursError or TakenError.
    """
    clean = check(written, today)
    row = _theirs(session, ref, actor)
    if row.state == WriteUpState.WRITTEN:
        return False
    values = {
        "state": WriteUpState.WRITTEN,
        "text": clean.text,
        "facts": [each.as_document() for each in clean.facts],
        "due_at": _after_writing(session, row, now),
        "settled_at": now,
    }
    return _settle(session, ref, actor, values, NoticeKind.WRITTEN, now)


def give_back(session: Session, ref: WriteUpRef, actor: Member, reason: str, now: datetime) -> bool:
    """The desk cannot write it, and says why; returns and raises as `write`."""
    why = line(reason, "reason", "why you give it back is missing")
    row = _theirs(session, ref, actor)
    if row.state == WriteUpState.GIVEN_BACK:
        return False
    values = {
        "state": WriteUpState.GIVEN_BACK, "reason": why, "due_at": None, "settled_at": now,
    }  # fmt: skip
    return _settle(session, ref, actor, values, NoticeKind.GIVEN_BACK, now)


def _settle(
    session: Session,
    ref: WriteUpRef,
    actor: Member,
    values: Mapping[str, Any],
    kind: NoticeKind,
    now: datetime,
) -> bool:
    if not move(session, ref, WriteUpState.TAKEN, values, member_id=actor.id):
        raise TakenError
    row = row_of(session, ref)
    _tell(session, row, actor, kind, now)
    if kind is NoticeKind.WRITTEN:
        body = WriteUpBody(
            write_up=str(row.id),
            handoff=str(row.handoff_id) if row.handoff_id else None,
            by=str(actor.id),
            what=row.what,
        )
        fact = Fact(
            prospect_id=ref.prospect_id,
            kind=Kind.WRITTEN_UP,
            happened_at=now,
            source="desk",
            key=f"written up:{row.id}",
            body=plain(body),
        )
        timeline.record(session, [fact], now)
    return True


def _tell(
    session: Session, row: WriteUpRow, actor: Member, kind: NoticeKind, now: datetime
) -> None:
    """Tell who asked, and whose lead it is; each by a number of their own, as one lead may have many."""
    if row.handoff_id is None:
        return
    ref = HandoffRef(ProspectId(row.prospect_id), HandoffId(row.handoff_id))
    rep = session.execute(
        select(HandoffRow.rep_id).where(
            HandoffRow.prospect_id == row.prospect_id, HandoffRow.id == row.handoff_id
        )
    ).scalar_one_or_none()
    whom = dict.fromkeys(each for each in (row.asked_by, rep) if each and each != actor.id)
    tellings = [
        Telling(ref, kind, row.n * 2 + turn, MemberId(each)) for turn, each in enumerate(whom)
    ]
    notices.tell(session, tellings, now)


def _theirs(session: Session, ref: WriteUpRef, actor: Member) -> WriteUpRow:
    row = row_of(session, ref)
    if row.member_id != actor.id:
        raise TakenError
    return row


def _after_writing(session: Session, row: WriteUpRow, now: datetime) -> datetime | None:
    """A promise that was written still has to be kept: until then whoever owes it has a day."""
    if row.promise_id is None:
        return None
    asker = team.member(session, MemberId(row.asked_by)) if row.asked_by else None
    return until(asker, now, 1) if asker else None
