"""When each sign-in and each token was last used: kept in memory, and written down now and then.

Looking at a page writes nothing and waits for no writer, so this is gathered beside the requests.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.auth.rows import SessionRow
from app.database import Database
from app.gathered import Gathered
from app.rows import ApiTokenRow

FLUSH = 10.0
"""Seconds for which uses are gathered before they are written."""
EVERY = timedelta(minutes=1)
"""Of one sign-in or token: as exact as anybody needs to know it."""
MOST_KEPT = 10_000


class Seen:
    """One process's memory of who came by. Lost when it ends: it is only a courtesy."""

    def __init__(self, database: Database) -> None:
        self._written: dict[str | UUID, datetime] = {}
        self._gathered: Gathered[str | UUID, datetime] = Gathered(
            database, self._write, seconds=FLUSH, what="when who came by"
        )
        self.flush = self._gathered.flush

    def note(self, key: str | UUID, now: datetime) -> None:
        """A sign-in (the digest of its token) or a program's token (its id) was used."""
        before = self._written.get(key)
        if before is None or now - before >= EVERY:
            self._gathered.note(key, lambda _before: now)

    def _write(self, session: Session, new: Mapping[str | UUID, datetime]) -> None:
        if len(self._written) > MOST_KEPT:
            self._written.clear()
        self._written.update(new)
        write(session, new)


def write(session: Session, seen: Mapping[str | UUID, datetime]) -> None:
    """Keep the latest use of each; one that another process knows to be later stays."""
    for key, at in sorted(seen.items(), key=lambda each: str(each[0])):
        row = ApiTokenRow if isinstance(key, UUID) else SessionRow
        its_key = ApiTokenRow.id if isinstance(key, UUID) else SessionRow.digest
        session.execute(
            update(row)
            .where(its_key == key, or_(row.seen_at.is_(None), row.seen_at < at))
            .values(seen_at=at)
            .execution_options(synchronize_session=False)
        )
