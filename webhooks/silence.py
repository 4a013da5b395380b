"""Whether a source is silent for longer than it uses to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from webhooks.polling import HEADER
from webhooks.rows import DeliveryRow, DeliveryState

TIMES = 8
"""Usual gaps without a delivery that are worth a word; weekends make fewer than this cry wolf."""
FEWEST = 6
"""Deliveries below which nothing is usual yet."""
LOOKED_AT = 60
SHORTEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source delivers: the usual gap (median), and whether it is silent beyond that."""

    usual: timedelta
    silent: bool


def pace(instants: Sequence[datetime], now: datetime) -> Pace | None:
    """The pace of a source by its latest deliveries, newest first; None while there are too few."""
    if len(instants) < FEWEST:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(instants)]
    usual = timedelta(seconds=median(gaps))
    return Pace(usual, now - instants[0] > max(usual * TIMES, SHORTEST))


def paces(session: Session, sources: Iterable[str], now: datetime) -> dict[str, Pace | None]:
    """The pace of each of these sources; tests count for nothing."""
    return {source: pace(_latest(session, source), now) for source in sources}


def _latest(session: Session, source: str) -> Sequence[datetime]:
    # One look at the end of an index for each source; there are few of them.
    query = (
        select(DeliveryRow.received_at, DeliveryRow.headers)
        .where(DeliveryRow.source == source, DeliveryRow.state != DeliveryState.TEST)
        .order_by(DeliveryRow.id.desc())
        .limit(LOOKED_AT)
    )
    # What we had to ask for was not delivered.
    return [row.received_at for row in session.execute(query) if HEADER not in row.headers]
