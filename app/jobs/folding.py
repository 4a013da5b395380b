"""The topic `fold`: old page views become one act a day; what our own pages told, and we told others, goes in time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.settings import Settings
from prospects import old_views, outbox
from prospects.message import MessageRow
from prospects.topics import Topic
from webhooks import old_calls, old_traces

REF = "views"


def plan(session: Session, now: datetime) -> None:
    """Promise a batch."""
    outbox.post(session, Topic.FOLD, [REF], now)


def due(session: Session, now: datetime) -> bool:
    """Whether there is anything to fold that nobody has promised yet; what was given up waits for a person."""
    promised = select(MessageRow.id).where(MessageRow.topic == Topic.FOLD)
    if session.execute(promised.limit(1)).first() is not None:
        return False
    return any(each.due(session, now) for each in (old_views, old_traces, old_calls))


def fold(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """One batch; as long as there is more, the next is promised."""
    more = [
        old_views.fold(session, now),
        old_traces.forget(session, now),
        old_calls.let_go(session, now),
    ]
    if any(more):
        outbox.post(session, Topic.FOLD, [REF], now)
    return ()
