"""Dead calls told once more, under the same id: one, some, or all of a hook, the many step by step."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.given_up import DEAD as GIVEN_UP_STATE
from prospects.message import MessageRow
from prospects.store import upsert
from prospects.topics import Topic, queue_of
from webhooks import calls, endpoints
from webhooks.call_rows import CallRow, CallState, RedriveRow
from webhooks.letters import CRM

STEP = 500
"""Calls brought back in one transaction: the first at once, the others one step after the other."""
# A literal, so that the partial index is known to hold the row.
DEAD = CallRow.state == literal_column(f"'{CallState.DEAD}'")
Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many are to be told again, and how many of these are still to be brought back."""

    calls: int
    left: int = 0


def one(session: Session, row: CallRow, now: datetime) -> None:
    """Tell it once more, from the first attempt on; its endpoint is tried at once."""
    endpoints.try_now(session, row.hook, now)
    _bring_back(session, row.hook, [(row.prospect_id, row.id)], now)
    for name, value in _anew(row.hook, now).items():
        setattr(row, name, value)


def chosen(session: Session, hook: str, ids: Collection[UUID], now: datetime) -> Redriven:
    """Tell a hook these of the calls that are dead."""
    endpoints.try_now(session, hook, now)
    query = _dead(hook, [CallRow.id.in_(ids)]).order_by(CallRow.id).with_for_update()
    keys = [(row.prospect_id, row.id) for row in session.execute(query) if row.body]
    _tell(session, hook, keys, now)
    return Redriven(len(keys))


def all_dead(
    session: Session, hook: str, now: datetime, *, since: datetime | None = None
) -> Redriven:
    """Tell a hook all it was not told, the oldest first, or what was promised from `since` on.

    The first are brought back at once, the others by the topic `redrive`; asked twice it begins anew.
    What erasure has emptied stays dead.
    """
    counted = _dead(hook, _from(since)).subquery()
    count = session.execute(select(func.count()).select_from(counted)).scalar_one()
    asked = {"hook": hook, "asked_at": now, "since": since, "after": None, "calls": count}
    upsert(session, RedriveRow, [{**asked, "told": 0, "done_at": None}], on=["hook"])
    row = _step(session, hook, now)
    return Redriven(row.told, 0) if row.done_at else Redriven(count, count - row.told)


def go_on(session: Session, hooks: Sequence[str], now: datetime) -> None:
    """The next step of each of these."""
    for hook in hooks:
        _step(session, hook, now)


def under_way(session: Session, hook: str) -> Redriven | None:
    """How far it has come; None if all were brought back."""
    row = session.get(RedriveRow, hook)
    return None if row is None or row.done_at else Redriven(row.calls, row.calls - row.told)


def _step(session: Session, hook: str, now: datetime) -> RedriveRow:
    row = session.get_one(RedriveRow, hook, with_for_update=True, populate_existing=True)
    if row.done_at is not None:
        return row
    endpoints.try_now(session, hook, now)
    beyond = [CallRow.id > row.after] if row.after else []
    query = _dead(hook, [*_from(row.since), *beyond]).order_by(CallRow.id).limit(STEP)
    found = session.execute(query.with_for_update()).all()
    keys = [(each.prospect_id, each.id) for each in found if each.body]
    _tell(session, hook, keys, now)
    row.told += len(keys)
    row.after = found[-1].id if found else row.after
    row.done_at = now if len(found) < STEP else None
    session.flush()
    if row.done_at is None:
        outbox.post(session, Topic.REDRIVE, [hook], now)
    return row


def _dead(hook: str, which: Sequence[ColumnElement[bool]]) -> Select[UUID, UUID, Any]:
    columns = (CallRow.prospect_id, CallRow.id, CallRow.body)
    return select(*columns).where(DEAD, CallRow.hook == hook, *which)


def _from(since: datetime | None) -> list[ColumnElement[bool]]:
    return [CallRow.made_at >= since] if since else []


def _tell(session: Session, hook: str, keys: Sequence[Key], now: datetime) -> None:
    if not keys:
        return
    _bring_back(session, hook, keys, now)
    session.execute(
        update(CallRow)
        .where(DEAD, CallRow.hook == hook, CallRow.id.in_([call_id for _, call_id in keys]))
        .values(**_anew(hook, now))
        .execution_options(synchronize_session=False)
    )


def _anew(hook: str, now: datetime) -> dict[str, Any]:
    due_at = now if hook.startswith(CRM) else None
    fresh = {"state": CallState.WAITING, "attempts": 0, "since": now, "settled_at": None}
    return {**fresh, "due_at": due_at, "most": None}


def _bring_back(session: Session, hook: str, keys: Sequence[Key], now: datetime) -> None:
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
