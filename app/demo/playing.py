"""The demo's own process: keeps the platforms that are not there, fills, moves the clock, sends leads."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.bell import Bell
from app.database import Database, open_database
from app.demo import fill
from app.demo.director import GRAIN, soonest_due, waiting
from app.demo.platforms import Door, Platforms, platforms
from app.demo.walkins import walk_in
from app.demo_state import moving
from app.demo_state.rows import DemoRow
from app.demo_state.watch import Demo, DemoWatch
from app.door import perform, reading
from app.endings import RefusedError
from app.jobs.drain import drain
from app.settings import Settings
from app.workspace.apply import apply
from prospects.due import in_hand

log = structlog.get_logger(__name__)

LOOK = 0.2
"""Seconds between two looks at what the visitor asked for."""
PATIENCE = 10.0
"""Seconds a step of the clock waits for workers that still hold something."""


def play(settings: Settings, address: str) -> None:
    """Fill the demo if it is not filled yet, then do what its visitors ask for, until ended."""
    database = open_database(settings.database_url, ring=Bell(settings.redis_url).ring)
    with reading(database) as session:
        row = session.get(DemoRow, 1)
    if row is None:
        raise RefusedError("this is no demo; start one with `warmline up --demo`")
    site = fill.backstage(database, settings)
    with platforms(fill.door_of(site)) as outside:
        if row.filled_at is None:
            fill.fill(database, settings, outside, site, seed=row.seed)
        watch = DemoWatch(database, settings)
        point(database, watch.settings(), outside)
        Player(database, watch, replace(outside, door=_socket(address))).wait()


class Player:
    """What goes on after the demo is filled."""

    def __init__(self, database: Database, watch: DemoWatch, outside: Platforms) -> None:
        self._database = database
        self._watch = watch
        self._outside = outside

    def wait(self) -> None:
        """Look again and again; the process ends with the lifeline or a signal."""
        while True:
            try:
                self.look()
            except (SQLAlchemyError, requests.RequestException):
                log.exception("the demo could not do what was asked of it")
            time.sleep(LOOK)

    def look(self) -> None:
        """Do what was asked, once."""
        demo = self._watch.look(afresh=True)
        assert demo is not None
        if demo.leads_sent < demo.leads_asked:
            self._send(demo)
        if demo.moving_to is not None:
            self._move(demo.moving_to)

    def _send(self, demo: Demo) -> None:
        try:
            self._outside.on_linkedin(walk_in(demo.leads_sent + 1), self._database.clock.now())
        finally:
            # Also when it failed: a lead that breaks its sender must not be sent for ever.
            perform(self._database, moving.sent_lead)

    def _move(self, to: datetime) -> None:
        """From one due instant to the next, so that nothing happens later than it would have."""
        while (soonest := soonest_due(self._database)) and soonest <= to:
            self._turn(max(self._database.clock.now(), min(to, soonest + GRAIN)))
            self._settle()
        self._turn(to)
        self._settle()
        perform(self._database, moving.arrived)

    def _turn(self, to: datetime) -> None:
        ahead = to - clock.now()
        perform(self._database, lambda session: moving.turn_clock(session, ahead))
        self._watch.look(afresh=True)

    def _settle(self) -> None:
        """Have done what is due, here and in the workers, and wait until nobody holds anything."""
        deadline = time.monotonic() + PATIENCE
        settings = self._watch.settings()
        while time.monotonic() < deadline:
            due = waiting(self._database, self._database.clock.now())
            for queue in sorted(due):
                drain(self._database, settings, queue)
            with reading(self._database) as session:
                held = in_hand(session)
            if not due and not held:
                return
            time.sleep(0.01)


def point(database: Database, settings: Settings, outside: Platforms) -> None:
    """Say where the platforms are this time: they listen where there is room."""
    with TemporaryDirectory() as folder:
        shutil.copy(fill.WORKSPACE / "sources.yaml", folder)
        apply(
            database,
            Path(folder),
            outside.variables,
            database.clock.now(),
            secret=settings.secret_key,
            egress=settings.egress_allow,
            force=True,
        )


def _socket(address: str) -> Door:
    """The webhooks of the site in another process."""

    def post(path: str, body: bytes, headers: Mapping[str, str]) -> int:
        url = f"{address}/webhooks/{path}"
        return requests.post(url, data=body, headers=dict(headers), timeout=10).status_code

    return post
