"""How each source is doing: counted in memory at the door, written now and then, read by pages and API."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.ids import first_id
from prospects.store import on_sqlite, table_of
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import HEADER
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState, SourceHealthRow

LOOKED_AT = 30


@dataclass(frozen=True, slots=True)
class Noted:
    """What happened at one source since it was last written down."""

    challenged_at: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None
    refused_status: int | None = None
    """What the last request that was refused was answered: tells why, and holds nothing of what it said."""

    def challenge(self, now: datetime) -> "Noted":
        return replace(self, challenged_at=now)

    def refusal(self, now: datetime, status: int) -> "Noted":
        return replace(self, refused=self.refused + 1, refused_at=now, refused_status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a source's owner should know. `trouble` is what its platform complains of, in words.

    `asked_at` is when its platform was last asked to the end for what it never delivered, `missed`
    what that brought in all, `unasked` why the last question brought nothing.
    """

    source: str
    last_delivery_at: datetime | None = None
    challenged_at: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None
    refused_status: int | None = None
    trouble: str | None = None
    trouble_at: datetime | None = None
    asked_at: datetime | None = None
    missed: int = 0
    missed_at: datetime | None = None
    unasked: str | None = None


DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Deliveries of the last 24 hours and of the last seven days, counted up to MOST_COUNTED."""

    day: int
    week: int


@dataclass(frozen=True, slots=True)
class LatestTest:
    """A test lead that came in: from which source, and when."""

    source: str
    at: datetime


def note(session: Session, noted: Mapping[str, Noted]) -> None:
    """Add what was noted to what is on record."""
    table = table_of(SourceHealthRow)
    for source, new in sorted(noted.items()):
        dialect = sqlite if on_sqlite(session) else postgresql
        statement = dialect.insert(table).values(
            source=source,
            challenged_at=new.challenged_at,
            refused=new.refused,
            refused_at=new.refused_at,
            refused_status=new.refused_status,
        )
        changes = {
            "challenged_at": func.coalesce(statement.excluded.challenged_at, table.c.challenged_at),
            "refused": table.c.refused + statement.excluded.refused,
            "refused_at": func.coalesce(statement.excluded.refused_at, table.c.refused_at),
            "refused_status": func.coalesce(
                statement.excluded.refused_status, table.c.refused_status
            ),
        }
        session.execute(statement.on_conflict_do_update(index_elements=["source"], set_=changes))


def trouble(session: Session, source: str, reason: str | None, now: datetime) -> None:
    """Say what a source's platform complains of, or (None) that all is well again."""
    # The row is made first, so that the update below finds it.
    if reason is not None:
        note(session, {source: Noted()})
    session.execute(
        update(SourceHealthRow)
        .where(SourceHealthRow.source == source)
        .where(SourceHealthRow.trouble.is_distinct_from(reason))
        .values(trouble=reason, trouble_at=now)
        .execution_options(synchronize_session=False)
    )


def leave_alone(session: Session, source: str, until: datetime) -> None:
    """Ask this source's platform nothing before then, or before the configuration changes."""
    note(session, {source: Noted()})
    session.execute(
        update(SourceHealthRow)
        .where(SourceHealthRow.source == source)
        .values(rest_until=until, rest_version=configuration.version(session))
        .execution_options(synchronize_session=False)
    )


def rest(session: Session, source: str, now: datetime) -> timedelta | None:
    """How long this source's platform is still to be left alone; None if it may be asked."""
    columns = (SourceHealthRow.rest_until, SourceHealthRow.rest_version)
    row = session.execute(select(*columns).where(SourceHealthRow.source == source)).first()
    if row is None or row.rest_until is None or row.rest_until <= now:
        return None
    same = row.rest_version == configuration.version(session)
    return row.rest_until - now if same else None


def of(session: Session, sources: Iterable[str]) -> dict[str, Health]:
    """The health of each of these sources."""
    slugs = sorted(set(sources))
    rows = session.execute(
        select(SourceHealthRow).where(SourceHealthRow.source.in_(slugs))
    ).scalars()
    noted = {row.source: row for row in rows}
    asked = select(SourcePollRow).where(SourcePollRow.source.in_(slugs))
    polled = {row.source: row for row in session.execute(asked).scalars()}
    return {
        slug: _with_asking(_health(slug, _newest(session, slug), noted.get(slug)), polled.get(slug))
        for slug in slugs
    }


def _newest(session: Session, source: str) -> datetime | None:
    """When its platform last delivered; what we had to ask for is no delivery."""
    # Ids rise with time, so each source's newest are the end of an index.
    query = (
        select(DeliveryRow.received_at, DeliveryRow.headers)
        .where(DeliveryRow.source == source)
        .order_by(DeliveryRow.id.desc())
        .limit(LOOKED_AT)
    )
    found = session.execute(query)
    return next((row.received_at for row in found if HEADER not in row.headers), None)


def _with_asking(health: Health, row: SourcePollRow | None) -> Health:
    if row is None:
        return health
    return replace(
        health, asked_at=row.asked_at, missed=row.found, missed_at=row.found_at, unasked=row.reason
    )


def rate(session: Session, source: str, now: datetime) -> Rate:
    """How many deliveries came lately, tests among them."""
    ids = DeliveryRow.id
    week = select(ids).where(DeliveryRow.source == source, ids >= first_id(now - WEEK))
    day = select(ids).where(DeliveryRow.source == source, ids >= first_id(now - DAY))
    counts = [
        session.execute(select(func.count()).select_from(some.limit(MOST_COUNTED).subquery()))
        for some in (day, week)
    ]
    return Rate(*(each.scalar_one() for each in counts))


def to_fetch(session: Session, source: str) -> int:
    """How many leads its platform named and has not told yet, counted up to MOST_COUNTED."""
    # A literal, so that the partial index of these is known to hold the row.
    due = CaptureRow.state == literal_column(f"'{CaptureState.FETCH_DUE}'")
    some = select(CaptureRow.id).where(CaptureRow.source == source, due).limit(MOST_COUNTED)
    return session.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def refusing(session: Session, since: datetime) -> list[Health]:
    """Sources that refused a request since then, the latest first."""
    rows = session.execute(
        select(SourceHealthRow)
        .where(SourceHealthRow.refused_at >= since)
        .order_by(SourceHealthRow.refused_at.desc(), SourceHealthRow.source)
    ).scalars()
    return [_health(row.source, None, row) for row in rows]


def latest_test(session: Session) -> LatestTest | None:
    """The newest test lead; None if none came yet."""
    row = session.execute(
        select(DeliveryRow.source, DeliveryRow.received_at)
        # A literal, or no database would know that the partial index of tests holds the row.
        .where(DeliveryRow.state == literal_column(f"'{DeliveryState.TEST}'"))
        .order_by(DeliveryRow.id.desc())
        .limit(1)
    ).first()
    return LatestTest(row.source, row.received_at) if row else None


def _health(slug: str, newest: datetime | None, row: SourceHealthRow | None) -> Health:
    if row is None:
        return Health(source=slug, last_delivery_at=newest)
    return Health(
        source=slug,
        last_delivery_at=newest,
        challenged_at=row.challenged_at,
        refused=row.refused,
        refused_at=row.refused_at,
        refused_status=row.refused_status,
        trouble=row.trouble,
        trouble_at=row.trouble_at,
    )
