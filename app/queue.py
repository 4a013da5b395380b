"""The worker: waits for the bell of one queue and drains what is due in it.

One queue per worker, because RQ takes a job from one queue without losing it, from several not.
No fork, because a bell carries a batch and the libraries are already loaded.
"""

import signal
import time
from dataclasses import dataclass
from types import FrameType

import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker

from app import workspace_key
from app.bell import Bell, connect
from app.database import Database, open_database
from app.demo_state.watch import DemoWatch
from app.garbage import look_seldom
from app.jobs import drain as jobs
from app.pulse import Pulse
from app.settings import Settings
from prospects.topics import Queue

log = structlog.get_logger(__name__)

# RQ waits for a bell this long less 15 s, and for Redis's answer 10 s more than that: with its
# default of 420 s a worker sits for seven minutes on a connection that is silently gone.
LIVES = 30
PAUSE = 0.5
SAID_ENOUGH = 60.0
ENOUGH_AT_ONCE = 20.0
"""Seconds after which a drain takes up nothing more; far below bell.LONGEST_DRAIN."""


class Worker(SimpleWorker):
    """RQ's worker without what a bell does not need, and with short waits for a lost Redis."""

    max_connection_wait_time = 2.0

    def subscribe(self) -> None:
        """Not at all: nobody sends commands to a worker but by signals."""

    @property
    def told_to_stop(self) -> bool:
        return self._shutdown_requested_date is not None


@dataclass(slots=True)
class Surroundings:
    """What a drain needs and a bell does not carry."""

    database: Database
    watch: DemoWatch
    pulse: Pulse
    worker: Worker | None = None
    said_at: float = float("-inf")
    """When it was last said that Redis is away."""

    def say_that_redis_is_away(self, queue: Queue, error: Exception) -> None:
        """One line a minute: an operator must see it, and the disk outlive it."""
        if time.monotonic() - self.said_at > SAID_ENOUGH:
            self.said_at = time.monotonic()
            log.warning("redis is away", queue=queue, error=type(error).__name__)


def work(settings: Settings, queue: Queue) -> None:
    """Drain `queue` whenever its bell is rung, until SIGTERM; outlives every loss of Redis."""
    if settings.redis_url is None:
        raise ValueError("a worker needs REDIS_URL: without Redis the sweep does all the work")
    global _surroundings
    bell = Bell(settings.redis_url)
    # One for the drain, one for each call to the outside that it settles at the same time.
    database = open_database(settings.database_url, ring=bell.ring, connections=10)
    workspace_key.check(database, settings)
    watch = DemoWatch(database, settings)
    watch.look_soon()
    _surroundings = Surroundings(database, watch, Pulse(database, settings, queue))
    _surroundings.pulse.start()
    _stop_at_once_on_signal()
    look_seldom()
    try:
        while not _one_life(settings.redis_url, queue, _surroundings):
            _stop_at_once_on_signal()
            time.sleep(PAUSE)
    finally:
        _surroundings.pulse.stop()


def drain(queue: str) -> None:
    """What a bell asks for: do what is due in `queue`. Called by RQ, in a worker only.

    Ends early when the worker is told to stop, or before RQ would interrupt it in mid-work;
    the sweep rings again for what is left.
    """
    assert _surroundings is not None, "only a worker is rung"
    here, deadline = _surroundings, time.monotonic() + ENOUGH_AT_ONCE

    def enough() -> bool:
        stopping = here.worker is not None and here.worker.told_to_stop
        return stopping or time.monotonic() > deadline

    try:
        with here.pulse.at_work():
            taken = jobs.drain(here.database, here.watch.settings(), Queue(queue), enough)
            here.pulse.took(taken)
    except Exception:
        # The promises are still in the database; RQ has nothing to add, and would keep the bell.
        log.exception("a drain ended early", queue=queue)


_surroundings: Surroundings | None = None


def _one_life(url: str, queue: Queue, here: Surroundings) -> bool:
    """Work until told to stop (True) or until Redis or RQ fails (False)."""
    try:
        here.worker = Worker(
            [queue.value],
            connection=connect(url, socket_connect_timeout=2),
            serializer="json",
            worker_ttl=LIVES,
            log_job_description=False,
        )
        here.worker.work(logging_level="CRITICAL")
    except (RedisError, OSError) as error:
        here.say_that_redis_is_away(queue, error)
        return here.worker is not None and here.worker.told_to_stop
    if not here.worker.told_to_stop:
        log.warning("the bell was lost, listening again", queue=queue)
    return here.worker.told_to_stop


def _stop_at_once_on_signal() -> None:
    """Between two lives there is nothing to finish."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
