"""Counts people and mails of flows as they are now, set-based."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nurture.enrollment import OVER, EnrollmentState
from nurture.rows import EnrollmentRow, SendRow
from nurture.sending import SendState
from prospects.ids import first_id
from routing.rows import HandoffRow

WEEK = timedelta(days=7)
GONE = (SendState.SENT, SendState.DELIVERED, SendState.BOUNCED, SendState.COMPLAINED)
INSIDE = tuple(state for state in EnrollmentState if state not in OVER)
FINISHED = "reached the end"


@dataclass(frozen=True, slots=True)
class Counts:
    """By flow: people inside, of them parked, mails of the last week, hand-overs, and who left by reason."""

    inside: Mapping[str, int]
    parked: Mapping[str, int]
    mailed: Mapping[str, int]
    handed_over: Mapping[str, int]
    left: Mapping[str, list[tuple[str, int]]]


def count(session: Session, now: datetime, flow: str | None = None) -> Counts:
    """The counts of every flow, or of one."""
    inside: defaultdict[str, int] = defaultdict(int)
    parked: dict[str, int] = {}
    left: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    only = [EnrollmentRow.flow == flow] if flow else []
    for flow, state, reason, number in session.execute(
        select(EnrollmentRow.flow, EnrollmentRow.state, EnrollmentRow.reason, func.count())
        .where(*only)
        .group_by(EnrollmentRow.flow, EnrollmentRow.state, EnrollmentRow.reason)
        .order_by(func.count().desc(), EnrollmentRow.reason)
    ):
        if state in OVER:
            left[flow].append((reason or FINISHED, number))
        else:
            inside[flow] += number
        if state == EnrollmentState.PARKED:
            parked[flow] = parked.get(flow, 0) + number
    return Counts(inside, parked, _mailed(session, now), _handed_over(session), left)


def _mailed(session: Session, now: datetime) -> dict[str, int]:
    # Ids rise with time, so the last week's mails are one end of an index.
    rows = session.execute(
        select(SendRow.flow, func.count())
        .where(SendRow.id >= first_id(now - WEEK), SendRow.state.in_(GONE))
        .group_by(SendRow.flow)
    )
    return {row[0]: row[1] for row in rows}


def _handed_over(session: Session) -> dict[str, int]:
    """Handoffs that a flow asked for: the record says so in words, `flow considered, step go`."""
    found: defaultdict[str, int] = defaultdict(int)
    for asked, number in session.execute(
        select(HandoffRow.requested_by, func.count())
        .where(HandoffRow.requested_by.startswith("flow "))
        .group_by(HandoffRow.requested_by)
    ):
        found[asked.removeprefix("flow ").partition(",")[0]] += number
    return found


def by_step(session: Session, flow: str, *, version: int | None = None) -> dict[str, int]:
    """How many people wait at each step of a flow, in all of its versions or in one."""
    query = select(EnrollmentRow.step, func.count()).where(
        EnrollmentRow.flow == flow, EnrollmentRow.state.in_(INSIDE)
    )
    if version is not None:
        query = query.where(EnrollmentRow.version == version)
    return {row[0]: row[1] for row in session.execute(query.group_by(EnrollmentRow.step))}


def by_version(session: Session, flow: str) -> dict[int, int]:
    """How many people are inside by each version of a flow."""
    rows = session.execute(
        select(EnrollmentRow.version, func.count())
        .where(EnrollmentRow.flow == flow, EnrollmentRow.state.in_(INSIDE))
        .group_by(EnrollmentRow.version)
    )
    return {row[0]: row[1] for row in rows}
