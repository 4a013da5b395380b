"""What programs were told goes in time: what arrived after thirty days, what was given up after ninety."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from prospects.given_up import DEAD as GIVEN_UP_STATE
from prospects.ids import first_id
from prospects.message import MessageRow
from prospects.topics import Topic, queue_of
from webhooks.attempts import KEPT
from webhooks.call_rows import CallAttemptRow, CallRow, CallState
from webhooks.redrive import DEAD

DEAD_KEPT = timedelta(days=90)
"""So long somebody has to have it told once more."""
BATCH = 1_000


def due(session: Session, now: datetime) -> bool:
    """Whether anything is old enough."""
    looks = (
        select(CallAttemptRow.id).where(CallAttemptRow.at < now - KEPT),
        select(CallRow.id).where(_over(now)),
    )
    return any(session.execute(each.limit(1)).first() is not None for each in looks)


def let_go(session: Session, now: datetime) -> bool:
    """Let go of the oldest calls, of their attempts and of others as old; whether there may be more."""
    calls = session.execute(
        select(CallRow.prospect_id, CallRow.id).where(_over(now)).order_by(CallRow.id).limit(BATCH)
    ).all()
    people, ids = {row.prospect_id for row in calls}, [row.id for row in calls]
    refs = [f"{row.prospect_id}/{row.id}" for row in calls]
    theirs = and_(CallAttemptRow.prospect_id.in_(people), CallAttemptRow.call_id.in_(ids))
    promised = (
        MessageRow.topic == Topic.CALL,
        MessageRow.ref.in_(refs),
        MessageRow.state == GIVEN_UP_STATE,
        MessageRow.queue == queue_of(Topic.CALL),
    )
    for statement in (
        delete(CallAttemptRow).where(CallAttemptRow.at < now - KEPT),
        delete(CallAttemptRow).where(theirs),
        delete(CallRow).where(CallRow.prospect_id.in_(people), CallRow.id.in_(ids)),
        delete(MessageRow).where(*promised),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    return due(session, now)


def _over(now: datetime) -> ColumnElement[bool]:
    """Told, or given up, long enough ago. What was replayed has an old id and was settled lately."""
    told = and_(CallRow.state == CallState.DELIVERED, CallRow.settled_at < now - KEPT)
    lost = and_(DEAD, CallRow.settled_at < now - DEAD_KEPT)
    return and_(CallRow.id < first_id(now - KEPT), or_(told, lost))
