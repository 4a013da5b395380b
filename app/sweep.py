"""The sweep: looks every second for due work, rings for it, and without Redis does it itself."""

import threading
from datetime import datetime

import structlog

from app import clock
from app.bell import Bell
from app.database import Database
from app.door import reading
from app.jobs import drain as jobs
from app.settings import Settings
from prospects import due
from prospects.topics import Queue

log = structlog.get_logger(__name__)

PERIOD = 1.0
PERIOD_ALONE = 0.25
"""Seconds between looks where no bell is rung and the sweep is all there is."""


def run(database: Database, settings: Settings, bell: Bell, stop: threading.Event) -> None:
    """Look until `stop` is set; each queue in a thread of its own, so a slow one delays no other."""
    threads = [
        threading.Thread(
            target=_watch, args=(database, settings, bell, queue, stop), name=f"sweep-{queue}"
        )
        for queue in Queue
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def is_left_to_us(database: Database, bell: Bell, queue: Queue, now: datetime) -> bool:
    """Whether something is due in `queue` and Redis will not wake a worker for it."""
    with reading(database) as session:
        waits = queue in due.queues_due(session, now)
    return waits and not bell.ring_now(queue)


def _watch(
    database: Database, settings: Settings, bell: Bell, queue: Queue, stop: threading.Event
) -> None:
    while not stop.wait(PERIOD if bell.has_redis else PERIOD_ALONE):
        try:
            left_to_us = is_left_to_us(database, bell, queue, clock.now())
            taken = jobs.drain(database, settings, queue, stop.is_set) if left_to_us else 0
            log.debug("looked", queue=queue, taken=taken)
        except Exception:
            # The database may be away for a while; the sweep is what brings the rest back.
            log.exception("the sweep could not look", queue=queue)
