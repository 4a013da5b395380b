"""Asks a platform that looks closer later what became of a batch that it had taken."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import parse_id
from prospects.topics import Topic
from webhooks import known
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.destinations import Destination
from webhooks.platforms.conversion import Later, Looked, Platform
from webhooks.platforms.registry import PLATFORMS

FIRST_LOOK = timedelta(minutes=30)
PAUSE = timedelta(hours=1)
LAST_LOOK = timedelta(days=2)
"""Whoever has not said by then what became of a batch is not asked any more."""
BATCH = "/"
"""How the ref of a look begins: the id of the first step of the batch follows."""


@dataclass(frozen=True, slots=True)
class Look:
    """One batch to ask about: its first step, and the platform's own name for it."""

    destination: Destination = field(repr=False)
    platform: Platform = field(repr=False)
    first: UUID
    request: str


def promise(session: Session, rows: list[ConversionRow], platform: Platform, now: datetime) -> None:
    """Ask later about the batch of these steps, where its platform can be asked."""
    named = sorted(row.id for row in rows if row.request and row.state == ConversionState.ACCEPTED)
    if platform.ask is not None and named:
        outbox.post(session, Topic.CONVERT, [f"{BATCH}{named[0]}"], now, due_at=now + FIRST_LOOK)


def prepare(session: Session, ref: str, *, secret: str) -> Look | None:
    """What to ask; None if there is nothing to ask about, or nobody to ask, any more."""
    row = session.execute(
        select(ConversionRow).where(ConversionRow.id == parse_id(ref.removeprefix(BATCH)))
    ).scalar_one_or_none()
    if row is None or row.request is None:
        return None
    found = known.destinations(session, secret=secret).destinations.get(row.destination)
    if found is None or not found.is_platform or not found.active:
        return None
    platform = PLATFORMS[found.kind]
    return Look(found, platform, row.id, row.request) if platform.ask else None


def settle(session: Session, look: Look, came: Looked | Later, now: datetime) -> Later | None:
    """Write down what the platform says; Later if it has not looked yet."""
    rows = list(
        session.execute(
            select(ConversionRow)
            .where(
                ConversionRow.destination == look.destination.slug, ConversionRow.id >= look.first
            )
            .where(ConversionRow.request == look.request)
            .where(ConversionRow.state == ConversionState.ACCEPTED)
            .with_for_update()
        ).scalars()
    )
    if isinstance(came, Later):
        taken = [row.settled_at for row in rows if row.settled_at]
        over = not taken or now - min(taken) > LAST_LOOK
        return None if over else Later(came.reason, came.after or PAUSE, came.ours)
    for row in rows:
        row.reason = came.reason
        row.state = ConversionState.REFUSED if came.refused else ConversionState.ACCEPTED
    session.flush()
    return None
