"""What became of what platforms were told: counted by step and reason, shown as it would be told, told again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import ProspectId, first_id
from prospects.topics import Topic
from webhooks import endpoints, signs
from webhooks.conversion_doubts import why_not
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.conversions import WAITING, conversion_of, endpoint_of
from webhooks.destinations import Destination
from webhooks.platforms.registry import PLATFORMS

COUNTED = timedelta(days=90)
"""So far back steps are counted: no platform takes what is older."""
MOST = 5_000
"""Steps brought back by one request."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many steps of one kind have this fate for this reason."""

    destination: str
    milestone: str
    state: ConversionState
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """One step as its platform would be told it now, hashed; or why it would not."""

    document: Mapping[str, Any] | None
    reason: str | None


def counts(session: Session, slugs: Sequence[str], now: datetime) -> list[Count]:
    """What became of the steps of the last 90 days, the most first."""
    columns = (
        ConversionRow.destination,
        ConversionRow.milestone,
        ConversionRow.state,
        ConversionRow.reason,
    )
    rows = session.execute(
        select(*columns, func.count())
        .where(ConversionRow.destination.in_(slugs), ConversionRow.id >= first_id(now - COUNTED))
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
    )
    return [Count(row[0], row[1], ConversionState(row[2]), row[3], row[4]) for row in rows]


def again(session: Session, destination: Destination, now: datetime) -> int:
    """Tell what was refused or withheld once more, where it is not too old, and what waits at once.

    Returns how many steps that is.
    """
    oldest = now - PLATFORMS[destination.kind].oldest
    which = (
        select(ConversionRow.id)
        .where(ConversionRow.destination == destination.slug, ConversionRow.at > oldest)
        .where(or_(*(ConversionRow.state == literal_column(f"'{each}'") for each in NOT_TOLD)))
        .order_by(ConversionRow.id)
        .limit(MOST)
    )
    session.execute(
        update(ConversionRow)
        .where(ConversionRow.id.in_(which), ConversionRow.destination == destination.slug)
        .values(state=ConversionState.WAITING, reason=None, most=None, settled_at=None)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    waiting = select(func.count()).where(WAITING, ConversionRow.destination == destination.slug)
    if count := session.execute(waiting).scalar_one():
        endpoints.try_now(session, endpoint_of(destination.slug), now)
        outbox.post(session, Topic.CONVERT, [destination.slug], now)
    return count


NOT_TOLD = (ConversionState.REFUSED, ConversionState.WITHHELD)


def preview(
    session: Session, row: ConversionRow, destination: Destination, now: datetime
) -> Preview:
    """The platform's own document for this step alone; no token is in it."""
    platform = PLATFORMS[destination.kind]
    theirs = signs.of(session, [ProspectId(row.prospect_id)])[ProspectId(row.prospect_id)]
    if reason := why_not(row, theirs, destination, platform, now):
        return Preview(None, reason)
    told = platform.build([conversion_of(row, theirs, destination)], destination, "")
    return Preview(told.document, None)
