"""Finds out whether a database holds a demo; if so its clock is followed, and nothing is let out.

A demo is one row (`app/demo_state/rows.py`), so every process of it agrees: web, workers, sweep and
commands read the row anew twice a second. Without the row all of this costs one look, once.
"""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network

from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database import Database
from app.demo_state.rows import DemoRow
from app.door import reading
from app.settings import Settings

STALE = 0.4
"""Seconds after which the row is read again: all processes follow within half a second."""
PATIENCE = 1.0
"""Seconds a request waits to learn whether this is a demo; after that it is none, until it is known."""
SENDER = "Isotherm <hello@isotherm.example>"
STAND_INS = (ip_network("127.0.0.1/32"),)
"""Where the platforms of a demo are; the only place it may call."""


@dataclass(frozen=True, slots=True)
class Demo:
    """How the demo stands; `scene` of `scenes` have been played while it is filled."""

    ahead: timedelta
    filled: bool
    scene: int
    scenes: int
    moving_to: datetime | None
    leads_asked: int
    leads_sent: int

    @property
    def busy(self) -> bool:
        """Whether something that was asked of it is still under way."""
        return self.moving_to is not None or self.leads_sent < self.leads_asked


class DemoWatch:
    """One process's view of its database; asks it at the first look, and never again if it is no demo."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known = False
        self._demo: Demo | None = None
        self._looked = float("-inf")
        self._lock = threading.Lock()
        self._first: threading.Thread | None = None

    def settings(self) -> Settings:
        """The settings; a demo's mail nobody and call nothing but its stand-ins."""
        return self._settings if self.look() is None else gentle(self._settings)

    def look(self, *, afresh: bool = False) -> Demo | None:
        """The demo as it stood half a second ago at most; None for a workspace of its own.

        Raises SQLAlchemyError while the database has never answered.
        """
        if self._known and self._demo is None:
            return None
        with self._lock:
            if afresh or time.monotonic() - self._looked > STALE:
                self._read()
        return self._demo

    def look_soon(self) -> Demo | None:
        """The same for requests, which must not wait for a database that is away: then None."""
        if self._known:
            return self.look()
        with self._lock:
            if self._first is None or not self._first.is_alive():
                self._first = threading.Thread(target=self._try, daemon=True)
                self._first.start()
            first = self._first
        first.join(PATIENCE)
        return self._demo

    def _try(self) -> None:
        with suppress(SQLAlchemyError):
            self._read()

    def _read(self) -> None:
        try:
            with reading(self._database) as session:
                row = session.get(DemoRow, 1)
        except SQLAlchemyError:
            if not self._known:
                raise
        else:
            self._demo = state_of(row) if row else None
            if self._demo and not self._known:
                self._database.clock.go_by(self._now)
            self._known = True
        self._looked = time.monotonic()

    def _now(self) -> datetime:
        demo = self.look()
        return clock.now() + (demo.ahead if demo else timedelta(0))


def state_of(row: DemoRow) -> Demo:
    """The demo as its row has it."""
    return Demo(
        ahead=timedelta(seconds=row.ahead),
        filled=row.filled_at is not None,
        scene=row.scene,
        scenes=row.scenes,
        moving_to=row.moving_to,
        leads_asked=row.leads_asked,
        leads_sent=row.leads_sent,
    )


def gentle(settings: Settings) -> Settings:
    """The settings without any way out: mail stays on the outbox page, and only stand-ins are called."""
    from webhooks.outbound import Only  # commands that call nobody need not load it

    return replace(
        settings, smtp_url=None, mail_from=SENDER, egress_allow=Only(STAND_INS), demo=True
    )
