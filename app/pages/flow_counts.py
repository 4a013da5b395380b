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


def by_place(session: Session, flow: str) -> dict[tuple[str, int], int]:
    """How many people wait at each step of a flow, in each of its versions."""
    key = (EnrollmentRow.step, EnrollmentRow.version)
    rows = session.execute(
        select(*key, func.count())
        .where(EnrollmentRow.flow == flow, EnrollmentRow.state.in_(INSIDE))
        .group_by(*key)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def by_step(places: Mapping[tuple[str, int], int], version: int | None = None) -> dict[str, int]:
    """How many of them wait at each step, in all versions or in one."""
    found: defaultdict[str, int] = defaultdict(int)
    for (step, place), number in places.items():
        if version in (None, place):
            found[step] += number
    return dict(found)


def by_version(places: Mapping[tuple[str, int], int]) -> dict[int, int]:
    """How many of them are inside by each version."""
    found: defaultdict[int, int] = defaultdict(int)
    for (_, version), number in places.items():
        found[version] += number
    return dict(found)
