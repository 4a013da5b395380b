"""Mails that wait for a person's word: freed by what held them, or one by one."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from nurture.sending import NOT_LIVE, RELEASED, RESTORED, STOPPED, SendRef, SendState
from prospects import outbox
from prospects.ids import ProspectId, SendId
from prospects.topics import Topic


def release(session: Session, reason: str, now: datetime) -> int:
    """Plan every mail again that is held for this reason; returns how many.

    Everything else that may forbid a mail is looked at again when it is handed over.
    """
    return _free(session, SendRow.reason == reason, now)


def count(session: Session, reason: str) -> int:
    """How many mails are held for this reason."""
    held = (SendRow.state == SendState.HELD) & (SendRow.reason == reason)
    return session.execute(select(func.count()).select_from(SendRow).where(held)).scalar_one()


def release_unmade(session: Session, template: str, now: datetime) -> int:
    """Plan every mail again that could not be made of this template; returns how many."""
    return _free(session, (SendRow.template == template) & unmade(), now)


def release_one(session: Session, ref: SendRef, now: datetime) -> int:
    """Plan one mail again that could not be made, or came from a backup; 0 if it is held for neither."""
    its = (SendRow.prospect_id == ref.prospect_id) & (SendRow.id == ref.send_id)
    return _free(session, its & (unmade() | (SendRow.reason == RESTORED)), now)


def unmade() -> ColumnElement[bool]:
    """Mails held because of their template: it is missing, or could not be filled for this person."""
    others = (NOT_LIVE, STOPPED, RESTORED)
    return (SendRow.state == SendState.HELD) & SendRow.reason.not_in(others)


def _free(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    freed = session.execute(
        update(SendRow)
        .where(SendRow.state == SendState.HELD, which)
        .values(
            state=SendState.PLANNED, reason=case((SendRow.reason == RESTORED, RELEASED), else_=None)
        )
        .returning(SendRow.prospect_id, SendRow.id)
        .execution_options(synchronize_session=False)
    )
    refs = [SendRef(ProspectId(row.prospect_id), SendId(row.id)) for row in freed]
    outbox.post(session, Topic.MAIL, refs, now)
    return len(refs)
