"""What the receiving view stands on: sources from memory, refreshed beside the requests, and counts."""

import threading
import time
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.door import reading
from app.gathered import Gathered
from webhooks import certificates, health, known
from webhooks.health import Noted
from webhooks.known import Known
from webhooks.sources import Source, SourceKind

log = structlog.get_logger(__name__)

STALE = 1.0
"""Seconds after which the configuration is looked at again."""
PATIENCE = 1.0
"""Seconds a request waits for that look: LinkedIn's challenge must be answered within 3 s, database or no."""
FIRST_PATIENCE = 2.5
"""The same while nothing is known yet: without sources all there is to say is 503."""
FLUSH = 5.0
"""Seconds for which counts are gathered before they are written."""


class Intake:
    """One process's memory of its sources and of what happened to them since the last flush."""

    def __init__(self, database: Database, secret: str) -> None:
        self.database = database
        self._secret = secret
        self._known: Known | None = None
        self.certificates: Mapping[str, str] = {}
        """Certificates that senders sign with, by address; what comes from one that is not here is kept unproved."""
        self._looked = float("-inf")
        self._look: threading.Thread | None = None
        self._lock = threading.Lock()
        # Counted here and written at most every few seconds: an attack must not become writes.
        self._counts: Gathered[str, Noted] = Gathered(
            database, health.note, seconds=FLUSH, what="counts of requests that were refused"
        )
        self.flush = self._counts.flush

    def source(self, slug: str) -> Source | None:
        """The active source of this name; what was configured more than a second ago counts.

        Raises NotLoadedError while the sources have never been read.
        """
        self.refresh()
        if self._known is None:
            raise NotLoadedError
        return self._known.active(slug)

    def broken(self, slug: str) -> bool:
        """Whether this source is configured, and cannot be used as it stands."""
        return self._known is not None and slug in self._known.broken

    def site(self, origin: str, slug: str | None = None) -> Source | None:
        """The form that pages of this origin belong to: the one of this name, else the first by name.

        Raises NotLoadedError while the sources have never been read.
        """
        self.refresh()
        if (found := self._site(origin, slug)) is None:
            # An origin that was set a moment ago must not cost a visit.
            self.refresh(older_than=0.1)
            found = self._site(origin, slug)
        return found

    def _site(self, origin: str, slug: str | None) -> Source | None:
        if self._known is None:
            raise NotLoadedError
        ours = [
            each
            for _, each in sorted(self._known.sources.items())
            if each.kind is SourceKind.HTML_FORM and each.active and origin in each.origins
        ]
        return next((each for each in ours if each.slug == slug), next(iter(ours), None))

    def refresh(self, *, older_than: float = STALE) -> None:
        """Look at the configuration again if that was long ago, waiting for it a second at most."""
        if time.monotonic() - self._looked < older_than:
            return
        with self._lock:
            look = self._look
            if look is None or not look.is_alive():
                look = self._look = threading.Thread(target=self._refresh, daemon=True)
                look.start()
        look.join(FIRST_PATIENCE if self._known is None else PATIENCE)

    def _refresh(self) -> None:
        started = time.monotonic()
        try:
            with reading(self.database) as session:
                self._known = known.sources(session, secret=self._secret)
                if any(each.kind is SourceKind.SES for each in self._known.sources.values()):
                    self.certificates = certificates.kept(session)
        except SQLAlchemyError as error:
            log.warning("sources are as they were", error=type(error).__name__)
        self._looked = started

    def challenged(self, slug: str, now: datetime) -> None:
        """A platform's challenge was answered."""
        self._counts.note(slug, lambda noted: (noted or Noted()).challenge(now))

    def refused(self, slug: str, now: datetime, status: int) -> None:
        """A request was not believed, and answered with `status`."""
        self._counts.note(slug, lambda noted: (noted or Noted()).refusal(now, status))


class NotLoadedError(Exception):
    """The sources have not been read yet, because the database is away."""
