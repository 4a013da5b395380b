"""The pulse of one working process: a thread that gives its sign of life every few seconds."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import signs_of_life
from app.database import Database
from app.door import unit_of_work
from app.settings import Settings
from app.signs_of_life import Sign
from app.up.supervisor import PART
from prospects.topics import Queue

log = structlog.get_logger(__name__)

BEAT = 5.0
"""Seconds between two signs: a row a process, which no database feels."""


class Pulse:
    """Says that this process lives, and how much work it has taken up. Never in the way of that work."""

    def __init__(self, database: Database, settings: Settings, queue: Queue | None) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self._at_work = 0
        self._has_place = False
        at, pid = database.clock.now(), os.getpid()
        name = f"{queue} worker" if queue else "sweep"
        self._sign = Sign(
            host=socket.gethostname()[:255],
            folder=str(settings.data),
            part=os.environ.get(PART, f"{name} {pid}")[:80],
            queue=queue,
            pid=pid,
            started_at=at,
            seen_at=at,
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End, and give the place up; if that cannot be said, the silence will say it."""
        self._stop.set()
        self._thread.join(1)
        try:
            with unit_of_work(self._database) as session:
                signs_of_life.leave(session, self._sign)
        except SQLAlchemyError as error:
            log.debug("left without a word", error=type(error).__name__)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While there is something to do."""
        with self._lock:
            self._at_work += 1
            if self._sign.busy_since is None:
                self._sign = replace(self._sign, busy_since=self._database.clock.now())
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1
                if not self._at_work:
                    self._sign = replace(self._sign, busy_since=None)

    def took(self, count: int) -> None:
        """So much work was taken up."""
        with self._lock:
            self._sign = replace(self._sign, taken=self._sign.taken + count)

    def _beat(self) -> None:
        self._say()
        while not self._stop.wait(BEAT):
            self._say()

    def _say(self) -> None:
        try:
            with unit_of_work(self._database) as session:
                if self._has_place:
                    signs_of_life.give(session, self._now())
                else:
                    self._take_place(signs_of_life.first(session, self._now()))
            self._has_place = True
        except SQLAlchemyError as error:
            # The next sign is due in a moment; what matters of this is said by those at work.
            log.debug("no sign of life could be given", error=type(error).__name__)

    def _now(self) -> Sign:
        with self._lock:
            self._sign = replace(self._sign, seen_at=self._database.clock.now())
            return self._sign

    def _take_place(self, found: Sign) -> None:
        with self._lock:
            self._sign = replace(
                self._sign,
                starts=found.starts,
                pid_before=found.pid_before,
                seen_before=found.seen_before,
            )
