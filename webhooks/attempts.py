"""What was tried: one row an attempt, kept for 30 days and shown beside its call."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from prospects.ids import new_id
from prospects.texts import clean
from webhooks.call_rows import CallAttemptRow
from webhooks.outbound import Answered, NoAnswer

KEPT = timedelta(days=30)
ANSWER_SHOWN = 500
"""Characters of an answer that are kept: enough to read why it was refused."""


def note(
    session: Session,
    key: tuple[UUID, UUID],
    result: Answered | NoAnswer,
    now: datetime,
    *,
    n: int,
    took_ms: int,
) -> None:
    """Write one attempt down; `old_calls` lets go of it in time."""
    match result:
        case Answered(status=status, body=body):
            came: dict[str, Any] = {"status": status, "answer": _beginning(body)}
        case NoAnswer(reason=reason):
            came = {"reason": reason}
    session.add(
        CallAttemptRow(
            prospect_id=key[0],
            call_id=key[1],
            id=new_id(now),
            n=n,
            at=now,
            took_ms=took_ms,
            **came,
        )
    )


def of_calls(
    session: Session, calls: Collection[tuple[UUID, UUID]], now: datetime
) -> dict[UUID, list[CallAttemptRow]]:
    """The attempts of these calls (person, call) within 30 days by call, the first first."""
    rows = session.execute(
        select(CallAttemptRow)
        .where(tuple_(CallAttemptRow.prospect_id, CallAttemptRow.call_id).in_(calls))
        .where(CallAttemptRow.at >= now - KEPT)
        .order_by(CallAttemptRow.id)
    ).scalars()
    found: dict[UUID, list[CallAttemptRow]] = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(row)
    return found


def _beginning(body: bytes) -> str | None:
    text = clean(body[: 4 * ANSWER_SHOWN].decode("utf-8", "replace"))
    return text[:ANSWER_SHOWN].strip() or None
