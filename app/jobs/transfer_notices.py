"""What a notice about a customer on their way to the account team tells, and whether it still matters."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices import Occasion
from prospects.contact import without_contact
from prospects.member import Member
from prospects.rows import ProspectRow
from routing.lives import NoticeKind
from routing.rows import NoticeRow
from routing.transfer_acts import questions
from routing.transfer_life import WAITING, TransferState
from routing.transfer_rows import TransferRow

KINDS = frozenset(
    {
        NoticeKind.TRANSFER, NoticeKind.TRANSFER_ASKED, NoticeKind.TRANSFER_ANSWERED,
        NoticeKind.TRANSFER_ACCEPTED, NoticeKind.TRANSFER_LATE,
    }
)  # fmt: skip


def occasion(session: Session, notice: NoticeRow, to: Member, base_url: str) -> Occasion:
    """The occasion of a notice that matters."""
    row = _transfer(session, notice)
    assert row is not None, "asked by matters"
    asked = questions(session, row) if row.state == TransferState.ASKED else []
    person = session.get_one(ProspectRow, row.prospect_id)
    return Occasion(
        kind=NoticeKind(notice.kind),
        to=to,
        paper=row.paper,
        reason=f"They ask: {without_contact(asked[-1].question, person.phone)}" if asked else None,
        until=row.due_at,
        url=f"{base_url}/transfers/{row.prospect_id}/{row.id}",
    )


def matters(session: Session, notice: NoticeRow) -> bool:
    """Whether it is still this colleague's move; that a customer was taken is told whatever came after."""
    row = _transfer(session, notice)
    if row is None or row.state == TransferState.DROPPED:
        return False
    match NoticeKind(notice.kind):
        case NoticeKind.TRANSFER_ACCEPTED:
            return row.state == TransferState.ACCEPTED
        case NoticeKind.TRANSFER_ASKED:
            return row.state == TransferState.ASKED and row.rep_id == notice.member_id
        case NoticeKind.TRANSFER_LATE:
            return row.state in WAITING and row.moves == notice.n
        case _:
            return row.state in WAITING and row.member_id == notice.member_id


def _transfer(session: Session, notice: NoticeRow) -> TransferRow | None:
    return session.execute(
        select(TransferRow).where(
            TransferRow.prospect_id == notice.prospect_id,
            TransferRow.handoff_id == notice.handoff_id,
        )
    ).scalar_one_or_none()
