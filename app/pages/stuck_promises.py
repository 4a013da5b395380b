"""Reads promises that are late or cannot be kept, and what the desk makes of them: what it has in hand is not stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.pages.words import sentence
from app.pages.write_up_lists import stands
from prospects.bidi import isolated
from routing.finding_rows import PromiseRow
from routing.interventions import Intervention
from routing.lives import OPEN, HandoffState
from routing.rows import HandoffRow
from routing.write_up_life import WriteUpState
from routing.write_up_rows import WriteUpRow

OWED = OPEN | {HandoffState.WON, HandoffState.RECYCLED}
"""A promise is owed also to a buyer who has bought, and to one who is not that far yet."""
HELPED = (WriteUpState.ASKED, WriteUpState.TAKEN, WriteUpState.WRITTEN)


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise that is late, or that its rep cannot keep: the cause in words, and the act that solves it."""

    handoff: HandoffRow
    promise: PromiseRow
    cause: str
    act: Intervention


def owed(session: Session, names: Mapping[Any, str], now: datetime, most: int) -> Sequence[Owed]:
    """Promises not kept, the longest overdue first, but for those the desk is in time with."""
    helped = exists().where(
        WriteUpRow.prospect_id == PromiseRow.prospect_id,
        WriteUpRow.promise_id == PromiseRow.id,
        WriteUpRow.state.in_(HELPED),
        WriteUpRow.due_at > now,
    )
    rows = session.execute(
        select(PromiseRow, HandoffRow)
        .join(
            HandoffRow,
            (HandoffRow.prospect_id == PromiseRow.prospect_id)
            & (HandoffRow.id == PromiseRow.handoff_id),
        )
        .where(PromiseRow.kept_at.is_(None), PromiseRow.what != "", HandoffRow.state.in_(OWED))
        .where((PromiseRow.due_at < now) | PromiseRow.trouble_at.is_not(None))
        .where(~helped)
        .order_by(PromiseRow.due_at, PromiseRow.id)
        .limit(most)
    ).all()
    written = _asked(session, [promise for promise, _ in rows])
    return [
        Owed(
            handoff,
            promise,
            _said(promise, names) + _of_the_desk(written.get(promise.id)),
            Intervention.GIVE if promise.id in written else Intervention.DESK,
        )
        for promise, handoff in rows
    ]


def _said(promise: PromiseRow, names: Mapping[Any, str]) -> str:
    rep = names.get(promise.rep_id, "nobody")
    owed_by = f"{rep} promised: {isolated(promise.what)}"
    if not promise.trouble_at:
        return owed_by
    return f"{sentence(owed_by)} They cannot keep it: {isolated(promise.trouble or '')}"


def _of_the_desk(row: WriteUpRow | None) -> str:
    """What the desk did about it, after the promise itself."""
    if row is None:
        return ""
    match WriteUpState(row.state):
        case WriteUpState.WRITTEN:
            return " · The desk wrote it, and it has not gone out yet."
        case WriteUpState.GIVEN_BACK:
            return f" · The desk gave it back: {isolated(row.reason or '')}"
        case WriteUpState.ASKED | WriteUpState.TAKEN:
            return " · The desk is late with it."
        case WriteUpState.DROPPED:
            return ""


def _asked(session: Session, promises: Sequence[PromiseRow]) -> Mapping[Any, WriteUpRow]:
    rows = session.execute(
        select(WriteUpRow)
        .where(WriteUpRow.prospect_id.in_([each.prospect_id for each in promises]))
        .where(WriteUpRow.promise_id.in_([each.id for each in promises]))
        .where(WriteUpRow.state != WriteUpState.DROPPED)
    )
    return stands(rows.scalars().all())
