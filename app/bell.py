"""The bell: tells workers over Redis that there is work; the work itself is in the database.

A bell may be lost at any moment without harm, because the sweep looks every second. So it is
rung from a thread of its own: whoever commits never waits for Redis, up, slow or gone.
"""

import os
import threading
import time
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

log = structlog.get_logger(__name__)

# With so many bells waiting every worker will wake, and see what was committed before.
ENOUGH_WAITING = 4
REST = 0.02
"""Seconds between two bells of one process."""
PATIENCE = 0.25
"""Seconds one Redis command may take."""
PAUSE_WHEN_AWAY = 1.0
"""Seconds Redis is left alone after it did not answer."""
# A killed worker's bell is of no use to anybody, so it is forgotten soon. RQ keeps it a year.
FORGET_FAILED = 60
LONGEST_DRAIN = 120


def connect(url: str, **options: Any) -> Redis:
    """A client that gives its answer, or its error, at once: the default retries for seconds."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)


class Bell:
    """Rings the queues' workers. `url` None: there is no Redis, and the sweep works alone."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._wanted: set[str] = set()
        self._ringing: set[str] = set()
        self._change = threading.Condition()
        self._ringer: int | None = None
        self._away_until = 0.0
        self._queues: dict[str, Queue] = {}

    @property
    def has_redis(self) -> bool:
        return self._url is not None

    def ring(self, queues: Collection[str]) -> None:
        """Wake a worker of each queue, soon; never waits and never fails."""
        if self._url is None:
            return
        with self._change:
            self._wanted.update(queues)
            # A thread does not survive a fork, so it is started where it is needed.
            if self._ringer != os.getpid():
                self._ringer = os.getpid()
                threading.Thread(target=self._ring_on, name="bell", daemon=True).start()
            self._change.notify_all()

    def flush(self, seconds: float = 1.0) -> bool:
        """Wait until all that was asked for has been rung, or given up; False: not in time."""
        with self._change:
            return self._change.wait_for(lambda: not (self._wanted or self._ringing), seconds)

    def ring_now(self, queue: str) -> bool:
        """Ring one queue in this thread; False when Redis is away."""
        if self._url is None or time.monotonic() < self._away_until:
            return False
        try:
            self._ring_one(queue)
        except (RedisError, OSError) as error:
            if self._away_until == 0.0:
                log.warning("redis is away, the sweep does the work", error=type(error).__name__)
            self._away_until = time.monotonic() + PAUSE_WHEN_AWAY
            return False
        if self._away_until:
            log.info("redis is back")
            self._away_until = 0.0
        return True

    def _ring_on(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._wanted)
                # Taken before it is rung: who asks from here on gets a bell after their commit.
                self._ringing, self._wanted = self._wanted, set()
            for queue in self._ringing:
                self.ring_now(queue)
            with self._change:
                self._ringing = set()
                self._change.notify_all()
            # Under load one bell stands for many commits: each costs as much as a third of an intake.
            time.sleep(REST)

    def _ring_one(self, name: str) -> None:
        queue = self._queue(name)
        if queue.connection.llen(queue.key) >= ENOUGH_WAITING:
            return
        queue.enqueue(
            "app.queue.drain",
            name,
            # A fixed id would swallow bells for minutes after a worker was killed.
            job_id=uuid4().hex,
            result_ttl=0,
            failure_ttl=FORGET_FAILED,
            job_timeout=LONGEST_DRAIN,
        )

    def _queue(self, name: str) -> Queue:
        if name not in self._queues:
            assert self._url is not None
            connection = connect(
                self._url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
            )
            self._queues[name] = Queue(name, connection=connection, serializer="json")
        return self._queues[name]
