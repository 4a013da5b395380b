"""What happens to a transfer when its clock has run: whoever is to move is told once more; the manager's page shows it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import MemberId
from routing import notices
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.transfer_life import WAITING, TransferState, read_ref
from routing.transfer_moves import won_lead
from routing.transfer_rows import TransferRow


def tick(session: Session, refs: Sequence[str], now: datetime) -> Collection[str]:
    """Tell whoever let the clock run out, once for each move; a look too many, or too early, does nothing.

    Nothing but a notice is written, whose key is unique, so nobody is locked and nobody is busy.
    """
    wanted = [ref for each in refs if (ref := read_ref(each))]
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
    return ()


def _next(row: TransferRow) -> MemberId | None:
    """Who is to move: the rep answers what is asked, else the account manager accepts."""
    if row.state == TransferState.ASKED:
        return MemberId(row.rep_id)
    return MemberId(row.member_id) if row.member_id else None
