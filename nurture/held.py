"""Mails that wait for a person's word: freed together, by what held them."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from nurture.sending import SendRef, SendState
from prospects import outbox
from prospects.ids import ProspectId, SendId
from prospects.topics import Topic


def release(session: Session, reason: str, now: datetime) -> int:
    """Plan every mail again that is held for this reason; returns how many.

    Everything else that may forbid a mail is looked at again when it is handed over.
    """
    freed = session.execute(
        update(SendRow)
        .where(SendRow.state == SendState.HELD, SendRow.reason == reason)
        .values(state=SendState.PLANNED, reason=None)
        .returning(SendRow.prospect_id, SendRow.id)
        .execution_options(synchronize_session=False)
    )
    refs = [SendRef(ProspectId(row.prospect_id), SendId(row.id)) for row in freed]
    outbox.post(session, Topic.MAIL, refs, now)
    return len(refs)
