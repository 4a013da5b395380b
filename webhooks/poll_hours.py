"""When each platform, mailbox, CRM and lookup is asked next: one row each, and whoever moves its hour does the asking."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects.store import insert_new, on_sqlite
from webhooks.poll_rows import SourcePollRow


def come(session: Session, names: Collection[str], now: datetime) -> list[str]:
    """Those of these sources whose hour has come, or who were never asked, in order."""
    if not names:
        return []
    rows = session.execute(
        select(SourcePollRow.source, SourcePollRow.due_at).where(SourcePollRow.source.in_(names))
    )
    later = {row.source for row in rows if row.due_at > now}
    return sorted(set(names) - later)


def take(session: Session, name: str, now: datetime, *, since: datetime, until: datetime) -> bool:
    """Whether this hour is ours: then the next is `until`, and nobody else finds it due.

    Who was never asked is asked from `since` on.
    """
    fresh = {"source": name, "since": since, "due_at": now, "tries": 0, "found": 0}
    insert_new(session, SourcePollRow, [fresh], on=["source"])
    moved = session.execute(
        update(SourcePollRow)
        .where(SourcePollRow.source == name, SourcePollRow.due_at <= now)
        .values(due_at=until)
        .returning(SourcePollRow.source)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def locked(session: Session, name: str) -> SourcePollRow | None:
    """The row as it is written now, for whoever settles what was answered."""
    query = select(SourcePollRow).where(SourcePollRow.source == name)
    query = query if on_sqlite(session) else query.with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
