"""Ends what is open about somebody who is being forgotten."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects.ids import HandoffId, ProspectId
from prospects.values import HandoffRef
from routing.finding_rows import ConfirmationRow
from routing.holding import close, hold
from routing.lives import OPEN, HandoffState
from routing.refusals import NotYoursError
from routing.rows import HandoffRow
from routing.transfer_life import WAITING, TransferState
from routing.transfer_rows import TransferRow
from routing.write_up_life import WAITING as STILL_TO_WRITE
from routing.write_up_life import WriteUpState
from routing.write_up_rows import WriteUpRow


def forget(session: Session, prospect_id: ProspectId, now: datetime) -> None:
    """Close their open handoffs, so that their company is free again; drop what waits for others here.

    Safe to repeat.
    """
    session.execute(
        update(TransferRow)
        .where(TransferRow.prospect_id == prospect_id, TransferRow.state.in_(WAITING))
        .values(state=TransferState.DROPPED, due_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(WriteUpRow)
        .where(WriteUpRow.prospect_id == prospect_id, WriteUpRow.state.in_(STILL_TO_WRITE))
        .values(state=WriteUpState.DROPPED, due_at=None)
        .execution_options(synchronize_session=False)
    )
    found = session.execute(
        select(HandoffRow.id).where(
            HandoffRow.prospect_id == prospect_id, HandoffRow.state.in_(OPEN)
        )
    )
    for handoff_id in found.scalars().all():
        _end(session, HandoffRef(prospect_id, HandoffId(handoff_id)), now)


def unname(session: Session, prospect_id: ProspectId) -> list[ProspectId]:
    """Take them out of findings that name them as the right person; whose findings those were."""
    named = (
        update(ConfirmationRow)
        .where(ConfirmationRow.right_prospect_id == prospect_id)
        .values(right_person={})
        .returning(ConfirmationRow.prospect_id)
    )
    found = session.execute(named.execution_options(synchronize_session=False))
    return [ProspectId(each) for each in sorted(set(found.scalars()))]


def _end(session: Session, ref: HandoffRef, now: datetime) -> None:
    try:
        held = hold(session, ref)
    except NotYoursError:  # forgotten already
        return
    if held.state in OPEN:
        close(session, held.handoff, HandoffState.DISQUALIFIED, now)
