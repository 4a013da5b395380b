"""What every act on a transfer is made of: taken under lock, moved to whoever is next, written into the history."""

from datetime import datetime

from sqlalchemy.orm import Session

from prospects import outbox, timeline
from prospects.ids import HandoffId, ProspectId
from prospects.kinds import Kind, TransferBody, plain
from prospects.member import Member
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices
from routing.current import current
from routing.holding import Held, hold
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.refusals import NotYoursError, TransferOverError
from routing.transfer_life import WAITING, TransferRef
from routing.transfer_receiver import until
from routing.transfer_rows import TransferRow


def hold_waiting(session: Session, ref: TransferRef) -> tuple[TransferRow, Held]:
    """Lock the account and the person, then read the transfer, which still waits for somebody.

    Raises NotYoursError if there is none, TransferOverError if it was accepted.
    """
    row = session.get(TransferRow, (ref.prospect_id, ref.transfer_id))
    if row is None:
        raise NotYoursError
    held = hold(session, won_lead(row))
    session.refresh(row)
    if row.state not in WAITING:
        raise TransferOverError
    return row, held


def won_lead(row: TransferRow) -> HandoffRef:
    """The lead that was won."""
    return HandoffRef(ProspectId(row.prospect_id), HandoffId(row.handoff_id))


def ref_of(row: TransferRow) -> TransferRef:
    """The name of a transfer."""
    return TransferRef(ProspectId(row.prospect_id), row.id)


def move(
    session: Session, row: TransferRow, kind: NoticeKind, to: Member | None, now: datetime
) -> None:
    """It is somebody's turn (`to`): they are told once, and their clock runs; nobody has no clock."""
    row.moves += 1
    rules = current(session)
    days = rules.transfers.business_days
    row.due_at = until(to, now, days, rules.holidays) if to else None
    session.flush()
    if to is None or row.due_at is None:
        return
    notices.tell(session, [Telling(won_lead(row), kind, row.moves, to.id)], now)
    outbox.post(session, Topic.TRANSFER, [ref_of(row)], now, due_at=row.due_at)


def record(session: Session, row: TransferRow, kind: Kind, now: datetime) -> None:
    """Write into the history that the customer was put to, or taken by, the account team."""
    body = TransferBody(
        transfer=str(row.id),
        handoff=str(row.handoff_id),
        rep=str(row.rep_id),
        member=str(row.member_id) if row.member_id else None,
    )
    fact = Fact(
        prospect_id=ProspectId(row.prospect_id),
        kind=kind,
        happened_at=now,
        source="routing",
        key=f"{kind}:{row.id}:{row.moves}",
        body=plain(body),
    )
    timeline.record(session, [fact], now)
