"""How many kept deliveries of every kind the workers understand a second, until the record has them."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil
from sqlalchemy import Connection, create_engine, text

from app.database import open_database
from app.web.intake import Intake
from bench.every_kind import furnish_every_kind, posted
from bench.load import ROOT
from bench.stage import NotMeasuredError, Stage, Store, cpu_seconds, postgres_process, staged
from tests.support.keeping import keep

GOAL = 500.0
LOOK = 0.1
"""Seconds between two looks at what is left."""
GIVE_UP = 300.0


@dataclass(frozen=True, slots=True)
class Ingested:
    """So many deliveries read a second; `items` is what became of what was in them, by state.

    CPU is of the workers and PostgreSQL together, for each delivery.
    """

    deliveries: int
    seconds: float
    per_second: float
    cpu_ms: float
    items: dict[str, int]
    goal: float = GOAL

    @property
    def reached(self) -> bool:
        return self.per_second >= self.goal


def run(*, deliveries: int, workers: int, kind: str | None = None) -> Ingested:
    """Keep them as the door does, then let workers loose. Raises NotMeasuredError if one was not read."""
    with staged(Store.POSTGRES) as stage, ExitStack() as stack:
        furnish_every_kind(stage)
        _keep(stage, deliveries, kind)
        engine = create_engine(stage.database_url, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        command = ["worker", "--queue", "inside", "--workers", str(workers)]
        parts = [stack.enter_context(_part(stage, each)) for each in (command, ["sweep"])]
        return _timed(stage, connection, parts)


def _keep(stage: Stage, deliveries: int, kind: str | None) -> None:
    database = open_database(stage.database_url, connections=2)
    secret = stage.environment["WARMLINE_SECRET_KEY"]
    intake = Intake(database, secret)
    keep(database, intake, list(posted(deliveries, kind)), datetime.now(UTC), secret=secret)
    database.close()


@contextmanager
def _part(stage: Stage, command: list[str]) -> Iterator[psutil.Process]:
    log = (stage.folder / f"{command[0]}.log").open("ab")
    started = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *command],
        cwd=ROOT,
        env=dict(stage.environment),
        stdout=log,
        stderr=log,
    )
    try:
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait(60)


def _timed(stage: Stage, connection: Connection, parts: list[psutil.Process]) -> Ingested:
    """From the first batch that was read, when everybody has started, to the last."""
    store = postgres_process(stage)
    family = [*parts, store] if store else parts
    whole = _left(connection)
    deadline = time.monotonic() + GIVE_UP
    while (first := _left(connection)) == whole:
        _wait(deadline, parts)
    begun, before = time.monotonic(), sum(map(cpu_seconds, family))
    while _left(connection):
        _wait(deadline, parts)
    seconds, spent = time.monotonic() - begun, sum(map(cpu_seconds, family)) - before
    states: Counter[str] = Counter(dict(connection.execute(_STATES).all()))
    if states["unreadable"]:
        raise NotMeasuredError(f"{states['unreadable']} deliveries could not be read")
    return Ingested(
        deliveries=first,
        seconds=seconds,
        per_second=first / seconds,
        cpu_ms=spent * 1000 / first,
        items=dict(connection.execute(_ITEMS).all()),
    )


def _wait(deadline: float, parts: list[psutil.Process]) -> None:
    if time.monotonic() > deadline or not all(each.is_running() for each in parts):
        raise NotMeasuredError("the workers did not get to the end of it")
    time.sleep(LOOK)


def _left(connection: Connection) -> int:
    return int(connection.execute(_WAITING).scalar_one())


_WAITING = text("SELECT count(*) FROM delivery WHERE state = 'received'")
_STATES = text("SELECT state, count(*) FROM delivery GROUP BY state")
_ITEMS = text("SELECT state, count(*) FROM capture GROUP BY state ORDER BY state")
