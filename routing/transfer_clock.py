"""What happens to a transfer when its clock has run, or its account manager has left: told once more, or put to the next."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import team
from prospects.ids import MemberId
from routing import notices
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.transfer_life import SOMEBODYS, WAITING, TransferRef, TransferState, read_ref
from routing.transfer_moves import ref_of, won_lead
from routing.transfer_rows import TransferRow
from routing.transfers import rehome


def tick(session: Session, refs: Sequence[str], now: datetime) -> Collection[str]:
    """Tell whoever let the clock run out, once for each move; a look too many, or too early, does nothing.

    Whoever left gives their customers on to the next. Returns those whose person is busy.
    """
    wanted = [ref for each in refs if (ref := read_ref(each))]
    busy = _give_on(session, wanted, now)
    rows = session.execute(
        select(TransferRow)
        .where(TransferRow.prospect_id.in_([ref.prospect_id for ref in wanted]))
        .where(TransferRow.id.in_([ref.transfer_id for ref in wanted]))
        .where(TransferRow.state.in_(WAITING), TransferRow.due_at <= now)
    )
    late = [(row, _next(row)) for row in rows.scalars()]
    tellings = [
        Telling(won_lead(row), NoticeKind.TRANSFER_LATE, row.moves, who) for row, who in late if who
    ]
    notices.tell(session, tellings, now)
    return {str(ref) for ref in busy}


def _give_on(session: Session, refs: Sequence[TransferRef], now: datetime) -> set[TransferRef]:
    """Nobody is locked but for customers of who has left: all else is a notice, whose key is unique."""
    left = [member.id for member in team.members(session) if not member.active]
    rows = session.execute(
        select(TransferRow)
        .where(TransferRow.prospect_id.in_([ref.prospect_id for ref in refs]))
        .where(TransferRow.id.in_([ref.transfer_id for ref in refs]))
        .where(TransferRow.state.in_(SOMEBODYS), TransferRow.member_id.in_(left))
    )
    theirs = [ref_of(row) for row in rows.scalars()] if left else []
    return rehome(session, theirs, now) if theirs else set()


def _next(row: TransferRow) -> MemberId | None:
    """Who is to move: the rep answers what is asked, else the account manager accepts."""
    if row.state == TransferState.ASKED:
        return MemberId(row.rep_id)
    return MemberId(row.member_id) if row.member_id else None
