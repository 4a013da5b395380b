"""What torments a running Warmline, and who watches that it tells no lies of a look meanwhile."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from redis import Redis
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from scoring.changes.rows import RulesChangeRow
from tests.support.redis import RunningValkey
from tests.support.running import Running


@dataclass
class Torment:
    """Kills whatever may die, at random, and empties Redis; `struck` counts what was hit."""

    running: Running
    valkey: RunningValkey
    engine: Engine
    chance: random.Random
    struck: Counter[str] = field(default_factory=Counter)

    def while_(self, goes_on: Callable[[], bool], kills: int) -> None:
        for _ in range(kills):
            time.sleep(self.chance.uniform(0.05, 1.2))
            if not goes_on():
                return
            self._strike()

    def _strike(self) -> None:
        what = self.chance.choice(["worker"] * 5 + ["sweep"] * 2 + ["web", "connections", "redis"])
        self.struck[what] += 1
        if what == "redis":
            with Redis.from_url(self.valkey.url) as client:
                client.flushall()
        elif what == "connections" and self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text(CUT))
        else:
            found = [each for each in self.running.processes() if what in _line(each)]
            if found:
                self.chance.choice(found).kill()


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'warmline' AND random() < 0.5"""


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@dataclass
class Progress:
    """Reads how far each change is, all the time, and remembers whatever was a lie."""

    engine: Engine
    lies: list[str] = field(default_factory=list)
    looks: int = 0
    _seen: dict[int, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Progress":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        row = RulesChangeRow
        query = select(row.version, row.people, row.looked)
        while not self._stop.wait(0.05):
            try:
                with self.engine.connect() as connection:
                    found = connection.execute(query).all()
            except SQLAlchemyError:
                continue
            self.looks += 1
            for version, people, looked in found:
                if not self._seen.get(version, 0) <= looked <= people:
                    self.lies.append(f"{version}: {looked} of {people}")
                self._seen[version] = looked
