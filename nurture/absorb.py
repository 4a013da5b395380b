"""Two people are found to be one: of a flow that both are in one goes on; undoing lets the other go on too."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from nurture.enrollment import OVER, EnrollmentState
from nurture.rows import EnrollmentRow, SendRow
from nurture.sending import SendRef, SendState
from prospects import outbox
from prospects.ids import ProspectId, SendId
from prospects.topics import Topic

MERGED = "merged"
"""Why somebody left a flow: the same person is further in it under another id."""

Ended = Mapping[str, Any]


def absorb(session: Session, people: Sequence[ProspectId], now: datetime) -> dict[str, Any]:
    """End doubled places in flows of these, who are one from now on; returns them as they were.

    Who has reached most steps stays, of equals who came first. What was planned for the others is
    not sent. The flows of only one of them go on as they are.
    """
    doubled, sends = to_end(session, people)
    ended = {
        "enrollments": [
            {**_key(row), "state": row.state, "reason": row.reason, "due_at": _written(row.due_at)}
            for row in doubled
        ],
        "sends": [{**_key(row), "state": row.state, "reason": row.reason} for row in sends],
    }
    for row in doubled:
        row.state, row.reason, row.left_at = EnrollmentState.EXITED, MERGED, now
        row.due_at = None
    for send in sends:
        send.state, send.reason = SendState.SUPPRESSED, MERGED
    session.flush()
    return ended


def to_end(
    session: Session, people: Sequence[ProspectId]
) -> tuple[list[EnrollmentRow], list[SendRow]]:
    """What is doubled if these are one: places in flows, and the mails planned there."""
    doubled = [row for rows in _by_flow(session, people).values() for row in _all_but_one(rows)]
    return doubled, _planned(session, doubled)


def release(session: Session, ended: Ended, now: datetime) -> None:
    """The merge is undone: what it ended goes on from where it stood."""
    for was in ended.get("enrollments", ()):
        row = session.get(EnrollmentRow, _ref(was), populate_existing=True)
        if row is not None and row.state == EnrollmentState.EXITED and row.reason == MERGED:
            row.state, row.reason, row.left_at = was["state"], was["reason"], None
            row.due_at = datetime.fromisoformat(was["due_at"]) if was["due_at"] else None
    planned: list[SendRef] = []
    for was in ended.get("sends", ()):
        send = session.get(SendRow, _ref(was), populate_existing=True)
        if send is not None and send.state == SendState.SUPPRESSED and send.reason == MERGED:
            send.state, send.reason = was["state"], was["reason"]
            planned.append(SendRef(ProspectId(send.prospect_id), SendId(send.id)))
    session.flush()
    outbox.post(session, Topic.MAIL, planned, now)


def _by_flow(session: Session, people: Sequence[ProspectId]) -> dict[str, list[EnrollmentRow]]:
    rows = session.execute(
        select(EnrollmentRow)
        .where(EnrollmentRow.prospect_id.in_(people), EnrollmentRow.state.not_in(OVER))
        .order_by(EnrollmentRow.entered_at, EnrollmentRow.id)
        .execution_options(populate_existing=True)
    )
    found: defaultdict[str, list[EnrollmentRow]] = defaultdict(list)
    for row in rows.scalars():
        found[row.flow].append(row)
    return found


def _all_but_one(rows: Sequence[EnrollmentRow]) -> list[EnrollmentRow]:
    """Without the one who is furthest: whoever starts over would be mailed the same twice."""
    furthest = max(rows, key=lambda row: sum(row.visits.values()))
    return [row for row in rows if row is not furthest]


def _planned(session: Session, doubled: Sequence[EnrollmentRow]) -> list[SendRow]:
    if not doubled:
        return []
    theirs = tuple_(SendRow.prospect_id, SendRow.enrollment_id)
    rows = session.execute(
        select(SendRow)
        .where(theirs.in_([(row.prospect_id, row.id) for row in doubled]))
        .where(SendRow.state.in_((SendState.PLANNED, SendState.HELD)))
        .order_by(SendRow.id)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


def _key(row: EnrollmentRow | SendRow) -> dict[str, str]:
    return {"prospect": str(row.prospect_id), "id": str(row.id)}


def _ref(was: Mapping[str, Any]) -> tuple[UUID, UUID]:
    return UUID(was["prospect"]), UUID(was["id"])


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
