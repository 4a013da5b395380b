"""Dead calls told once more, under the same id: one, some, or all of a hook."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from prospects.given_up import DEAD as GIVEN_UP_STATE
from prospects.message import MessageRow
from prospects.topics import Topic, queue_of
from webhooks import calls, endpoints
from webhooks.call_rows import CallRow, CallState
from webhooks.letters import CRM

MOST = 5_000
"""Calls brought back by one request; whoever has more asks again."""
# A literal, so that the partial index is known to hold the row.
DEAD = CallRow.state == literal_column(f"'{CallState.DEAD}'")


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many were brought back, and how many are still dead."""

    calls: int
    left: int


def one(session: Session, row: CallRow, now: datetime) -> None:
    """Tell it once more, from the first attempt on; its endpoint is tried at once."""
    endpoints.try_now(session, row.hook, now)
    _bring_back(session, row.hook, [(row.prospect_id, row.id)], now)
    for name, value in _anew(row.hook, now).items():
        setattr(row, name, value)


def all_dead(
    session: Session, hook: str, now: datetime, *, since: datetime | None = None
) -> Redriven:
    """Tell a hook all it was not told, the oldest first, or what was promised from `since` on.

    What erasure has emptied stays dead.
    """
    return _tell(session, hook, [CallRow.made_at >= since] if since else [], now)


def chosen(session: Session, hook: str, ids: Collection[UUID], now: datetime) -> Redriven:
    """Tell a hook these of the calls that are dead."""
    return _tell(session, hook, [CallRow.id.in_(ids)], now)


def _tell(
    session: Session, hook: str, which: Sequence[ColumnElement[bool]], now: datetime
) -> Redriven:
    mine = [DEAD, CallRow.hook == hook, *which]
    columns = (CallRow.prospect_id, CallRow.id, CallRow.body)
    rows = session.execute(
        select(*columns).where(*mine).order_by(CallRow.id).limit(MOST).with_for_update()
    )
    keys = [(row.prospect_id, row.id) for row in rows if row.body]
    endpoints.try_now(session, hook, now)
    if keys:
        _bring_back(session, hook, keys, now)
        session.execute(
            update(CallRow)
            .where(DEAD, CallRow.hook == hook, CallRow.id.in_([call_id for _, call_id in keys]))
            .values(**_anew(hook, now))
            .execution_options(synchronize_session=False)
        )
        session.expire_all()
    left = session.execute(select(func.count()).select_from(CallRow).where(*mine)).scalar_one()
    return Redriven(len(keys), left)


def _anew(hook: str, now: datetime) -> dict[str, Any]:
    due_at = now if hook.startswith(CRM) else None
    fresh = {"state": CallState.WAITING, "attempts": 0, "since": now, "settled_at": None}
    return {**fresh, "due_at": due_at, "most": None}


def _bring_back(
    session: Session, hook: str, keys: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    refs = [f"{who}/{which}" for who, which in keys]
    session.execute(
        delete(MessageRow).where(
            MessageRow.topic == Topic.CALL,
            MessageRow.ref.in_(refs),
            MessageRow.state == GIVEN_UP_STATE,
            MessageRow.queue == queue_of(Topic.CALL),
        )
    )
    calls.promise(session, [(hook, key) for key in keys], now)
