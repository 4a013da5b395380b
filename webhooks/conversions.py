"""Tells ad platforms what became of their leads: once for each step, only with consent, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal_column, select, tuple_
from sqlalchemy.orm import Session

from prospects import configuration, outbox
from prospects.announcing import DESTINATION
from prospects.ids import ProspectId
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks import conversion_status, endpoints, known, signs
from webhooks.conversion_doubts import DOUBLED, doubled_among, why_not
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.destinations import Destination
from webhooks.endpoints import Shut
from webhooks.platforms.conversion import (
    Again,
    AllRefused,
    Came,
    Conversion,
    Fate,
    Later,
    Platform,
    Refused,
    Taken,
)
from webhooks.platforms.registry import PLATFORMS
from webhooks.signs import Signs

LEASE = timedelta(seconds=40)
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 30, 60))
MENDING = timedelta(minutes=30)
"""How often a platform is tried whose token was refused."""
# A literal, so that the partial index is known to hold the row.
WAITING = ConversionRow.state == literal_column(f"'{ConversionState.WAITING}'")


@dataclass(frozen=True, slots=True)
class Batch:
    """What is told in one call, and of which rows."""

    destination: Destination = field(repr=False)
    platform: Platform = field(repr=False)
    keys: Sequence[tuple[UUID, UUID]]
    conversions: Sequence[Conversion] = field(repr=False)
    tries: int


def prepare(session: Session, slug: str, now: datetime, *, secret: str) -> Batch | Shut | None:
    """The next batch for a platform; None if nothing waits, or nothing of it may be told.

    What may not be told is settled here, with the reason. After failures in a row it is left alone, but
    not if its entry was written anew since.
    """
    destination = known.destinations(session, secret=secret).destinations.get(slug)
    if destination is None or not destination.is_platform or not destination.active:
        return None
    platform = PLATFORMS[destination.kind]
    rows = _lease(session, slug, platform, now)
    if rows and (shut := _shut(session, slug, now)):
        return shut
    met = signs.of(session, {ProspectId(row.prospect_id) for row in rows})
    doubled = doubled_among(session, rows, met)
    told: list[tuple[ConversionRow, Conversion]] = []
    for row in rows:
        theirs = met[ProspectId(row.prospect_id)]
        why = DOUBLED if row.id in doubled else why_not(row, theirs, destination, platform, now)
        if why:
            _settle(row, ConversionState.WITHHELD, why, now)
        elif destination.dry_run:
            _settle(row, ConversionState.REHEARSED, None, now)
        else:
            told.append((row, conversion_of(row, theirs, destination)))
    if not told:
        _go_on(session, slug, now)
        return None
    for row, _ in told:
        row.leased_until, row.tries = now + LEASE, row.tries + 1
    keys = [(row.prospect_id, row.id) for row, _ in told]
    tries = max(row.tries for row, _ in told)
    return Batch(destination, platform, keys, [each for _, each in told], tries)


def settle(session: Session, batch: Batch, came: Came, now: datetime) -> Later | None:
    """Write down what became of each; Later if the same is to be tried again."""
    slug = batch.destination.slug
    rows = _told(session, batch)
    for row in rows:
        row.leased_until = None
    if isinstance(came, Later):
        for row in rows:
            row.reason = came.reason
        endpoints.failed(session, endpoint_of(slug), came.reason, now, wish=None)
        usual = MENDING if came.ours else PAUSES[min(batch.tries, len(PAUSES)) - 1]
        return Later(came.reason, max(came.after or usual, timedelta(seconds=1)), came.ours)
    endpoints.worked(session, endpoint_of(slug), now)
    if isinstance(came, AllRefused):
        _halve(rows, came.reason, now)
    else:
        for row, fate in zip(rows, came, strict=True):
            _learn(row, fate, now)
        conversion_status.promise(session, rows, batch.platform, now)
    session.flush()
    _go_on(session, slug, now)
    return None


def _told(session: Session, batch: Batch) -> list[ConversionRow]:
    """The steps of a batch in the order in which they were told, locked in the order of their keys."""
    key = ConversionRow.prospect_id, ConversionRow.id
    query = select(ConversionRow).where(tuple_(*key).in_(list(batch.keys))).order_by(*key)
    found = {row.id: row for row in session.execute(query.with_for_update()).scalars()}
    return [found[which] for _, which in batch.keys]


def endpoint_of(slug: str) -> str:
    """Under which name the table of endpoints has a destination."""
    return f"to:{slug}"


def _lease(session: Session, slug: str, platform: Platform, now: datetime) -> list[ConversionRow]:
    query = (
        select(ConversionRow)
        .where(WAITING, ConversionRow.destination == slug)
        .where((ConversionRow.leased_until.is_(None)) | (ConversionRow.leased_until <= now))
        .order_by(ConversionRow.id)
        .limit(platform.most)
    )
    if not on_sqlite(session):
        query = query.with_for_update(skip_locked=True)
    rows = list(session.execute(query).scalars())
    return rows[: rows[0].most or platform.most] if rows else []


def _shut(session: Session, slug: str, now: datetime) -> Shut | None:
    name = endpoint_of(slug)
    written = configuration.read(session, DESTINATION)[slug].applied_at
    endpoints.changed(session, name, written, now)
    until = endpoints.shut_until(session, name, now)
    return endpoints.rest_until(until, now) if until else None


def _go_on(session: Session, slug: str, now: datetime) -> None:
    """Promise another look if anything else waits, be it for a call that is under way or was lost."""
    left = (
        select(ConversionRow.leased_until)
        .where(WAITING, ConversionRow.destination == slug)
        .order_by(ConversionRow.leased_until.is_not(None), ConversionRow.leased_until)
        .limit(1)
    )
    if found := session.execute(left).first():
        due = max(found.leased_until or now, now)
        outbox.post(session, Topic.CONVERT, [slug], now, due_at=due)


def conversion_of(row: ConversionRow, theirs: Signs, destination: Destination) -> Conversion:
    """The step as it is told: under the platform's name for it, worth what the deal is or what is configured."""
    named = destination.events[row.milestone]
    worth = (row.amount, row.currency) if row.amount is not None else (named.value, named.currency)
    personal = destination.personalization
    return Conversion(
        id=str(row.id),
        name=named.name,
        at=row.at,
        known=theirs.known,
        value=worth[0],
        currency=worth[1],
        personalized=personal is not None and theirs.agrees(personal),
    )


def _halve(rows: Sequence[ConversionRow], reason: str, now: datetime) -> None:
    """Nobody said which of them is bad: they go in two halves, until the bad one is alone."""
    if len(rows) == 1:
        _settle(rows[0], ConversionState.REFUSED, reason, now)
        return
    for row in rows:
        row.most, row.reason = (len(rows) + 1) // 2, reason


def _learn(row: ConversionRow, fate: Fate, now: datetime) -> None:
    match fate:
        case Taken(request):
            row.request = request
            _settle(row, ConversionState.ACCEPTED, None, now)
        case Refused(reason):
            _settle(row, ConversionState.REFUSED, reason, now)
        case Again():
            row.reason = "another one of its batch was refused"


def _settle(row: ConversionRow, state: ConversionState, reason: str | None, now: datetime) -> None:
    row.state, row.reason, row.settled_at, row.leased_until = state, reason, now, None
