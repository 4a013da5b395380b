"""How long each page and list takes to be made, over a crowd, beside the barest signed-in page."""

import gc
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from app import log, tokens
from app.auth import guard, sessions
from app.database import Database, open_database
from app.door import perform
from app.settings import Settings
from app.web import create_app
from bench.asked import CONDITIONS, Target, targets
from bench.crowd import HEAVY_EVERY, Size
from bench.crowd_learned import learn
from bench.demo import demo
from bench.kept import Kept, Say, check_disk, crowd
from bench.samples import samples
from bench.stage import NotMeasuredError
from prospects import segments, team
from prospects.member import Role

GOAL_MS = 200.0
DEMO_GOAL_MS = 50.0
FLOOR = Target("floor: a page of nothing but being signed in", Role.MARKETER, ("/you",), goal=False)
LARGE = Size(prospects=1_000_000, activities=20_000_000)
SLOWEST = 3
"""Statements of a slow page whose plan is shown."""


@dataclass(slots=True)
class Watched:
    """What the database was asked while a page was made."""

    statements: int = 0
    seconds: float = 0.0
    kept: list[tuple[float, str, Any]] | None = None
    _since: float = 0.0

    def begins(self, *_: Any) -> None:
        self._since = time.perf_counter()

    def ends(self, _c: Connection, _cursor: Any, sql: str, given: Any, *_: Any) -> None:
        took = time.perf_counter() - self._since
        self.statements += 1
        self.seconds += took
        if self.kept is not None:
            self.kept.append((took, sql, given))


@dataclass(frozen=True, slots=True)
class Timed:
    """One page or list over all its addresses and rounds; milliseconds of server time."""

    name: str
    role: str
    p50_ms: float
    p95_ms: float
    max_ms: float
    database_ms: float
    statements: int
    slowest: str
    goal_ms: float | None = GOAL_MS

    @property
    def reached(self) -> bool:
        return self.goal_ms is None or self.p95_ms <= self.goal_ms


@dataclass(frozen=True, slots=True)
class Pages:
    """All of them over the same people."""

    size: Size
    floor: Timed
    timed: tuple[Timed, ...]
    unasked: tuple[str, ...]
    plans: Mapping[str, Sequence[str]] = field(default_factory=dict)
    goal_ms: float = GOAL_MS

    @property
    def reached(self) -> bool:
        return all(each.reached for each in self.timed)


def run(*, size: Size, keep: Path | None, rounds: int, only: str, plans: bool, say: Say) -> Pages:
    """Make the crowd and time every page. Raises NotMeasuredError where one is not answered with 200."""
    if not (keep and (keep / "crowd.json").exists()):
        check_disk(size, keep or Path("/tmp"))
    with crowd(size, keep, say) as kept:
        learn(kept, say)
        return pages_of(kept, GOAL_MS, rounds=rounds, only=only, plans=plans)


def of_demo(*, rounds: int, only: str, say: Say) -> Pages:
    """Fill the demo on SQLite and time every page of it, as its own colleagues see it."""
    with demo(say) as kept:
        return pages_of(kept, DEMO_GOAL_MS, rounds=rounds, only=only, plans=False)


def pages_of(kept: Kept, goal_ms: float, *, rounds: int, only: str, plans: bool) -> Pages:
    """Time every page with `only` in its name over these people, `rounds` times after one that is not counted."""
    database = open_database(kept.url)
    with _asking(kept, database) as asking:
        # What making the people left behind is not the server's to look through in a pause.
        gc.collect()
        gc.freeze()
        wanted = (FLOOR, *asking.wanted(only))
        floor, *timed = (asking.time(each, rounds, goal_ms) for each in wanted)
        slow = [each for each in timed if plans and not each.reached]
        shown = {each.name: asking.plans(each) for each in slow}
        return Pages(kept.size, floor, tuple(timed), tuple(asking.unasked()), shown, goal_ms)


class _Asking:
    """Browsers and programs of every role, and what they ask for."""

    def __init__(self, app: Flask, database: Database, kept: Kept) -> None:
        self._app, self._database = app, database
        self._watched = Watched()
        with database.engine.connect() as connection:
            heavy = range(HEAVY_EVERY, kept.size.prospects + 1, HEAVY_EVERY)
            found = samples(connection, heavy[:5], rep=kept.colleagues[Role.REP])
        self._targets = targets({**found, "heavy": found["heavy"] or found["person"]})
        roles = {each.role for each in (FLOOR, *self._targets)}
        perform(database, lambda session: _name_segments(session, kept))
        self._browsers = {role: self._browser(role, kept) for role in roles}
        self._tokens = {role: self._token(role, kept) for role in roles}
        event.listen(database.readers, "before_cursor_execute", self._watched.begins)
        event.listen(database.readers, "after_cursor_execute", self._watched.ends)

    def wanted(self, only: str) -> list[Target]:
        return [each for each in self._targets if only in each.name]

    def time(self, target: Target, rounds: int, goal_ms: float = GOAL_MS) -> Timed:
        took: list[tuple[float, str]] = []
        for turn in range(rounds + 1):
            for path in target.paths:
                self._watched.statements, self._watched.seconds = 0, 0.0
                seconds = self._ask(target, path)
                # The first round is what a server that has just started does: not counted.
                took += [(seconds * 1000, path)] if turn else []
        times = [each for each, _ in took]
        at = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        return Timed(
            name=target.name,
            role=target.role,
            p50_ms=statistics.median(times),
            p95_ms=min(at[18], max(times)),
            max_ms=max(times),
            database_ms=self._watched.seconds * 1000,
            statements=self._watched.statements,
            slowest=max(took)[1],
            goal_ms=goal_ms if target.goal else None,
        )

    def _ask(self, target: Target, path: str) -> float:
        client, headers = self._browsers[target.role], {}
        if target.api:
            client = self._app.test_client()
            headers = {"Authorization": f"Bearer {self._tokens[target.role]}"}
        began = time.perf_counter()
        answer = client.get(path, headers=headers)
        answer.get_data()
        seconds = time.perf_counter() - began
        if answer.status_code not in (200, 503 if path == "/readyz" else 200):
            raise NotMeasuredError(f"{path} as {target.role} was answered {answer.status_code}")
        return seconds

    def plans(self, timed: Timed) -> list[str]:
        """How PostgreSQL carried out the slowest statements of a page."""
        target = next(each for each in self._targets if each.name == timed.name)
        self._watched.kept = []
        self._ask(target, timed.slowest)
        kept, self._watched.kept = sorted(self._watched.kept, key=lambda each: -each[0]), None
        found = []
        with self._database.readers.connect() as connection:
            for _, sql, given in kept[:SLOWEST]:
                asked = f"EXPLAIN (ANALYZE, BUFFERS) {sql}"
                rows = connection.exec_driver_sql(asked, given).scalars()
                found.append("\n".join([" ".join(sql.split())[:600], *rows]))
        return found

    def unasked(self) -> list[str]:
        """Addresses a browser or program may GET that no target asks for."""
        asked = {path.partition("?")[0] for target in self._targets for path in target.paths}
        adapter = self._app.url_map.bind("localhost")
        known = {adapter.match(path, method="GET")[0] for path in asked}
        return sorted(
            rule.rule
            for rule in self._app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint not in known
        )

    def _browser(self, role: Role, kept: Kept) -> FlaskClient:
        def sign_in(session: Session) -> str:
            member = team.by_email(session, kept.colleagues[role])
            if member is None:
                raise NotMeasuredError(f"nobody is {kept.colleagues[role]}")
            return sessions.begin(session, member.id, device="bench", now=kept.now)

        token = perform(self._database, sign_in)
        client = self._app.test_client()
        with client.session_transaction() as cookie:
            cookie[guard.TOKEN] = token
        return client

    def _token(self, role: Role, kept: Kept) -> str:
        email = kept.colleagues[role] if role is Role.REP else None
        return perform(
            self._database, lambda s: tokens.create(s, role, f"bench {role}", email, kept.now)
        )


@contextmanager
def _asking(kept: Kept, database: Database) -> Iterator[_Asking]:
    settings = Settings(
        data=kept.folder / "data", database_url=kept.url, secret_key=kept.secret, api_rate=1_000_000
    )
    # What goes wrong is told by the answer; a log line for each page would be measured too.
    log.configure("critical")
    app = create_app(settings, database=database, now=lambda: kept.now)
    yield _Asking(app, database, kept)
    database.close()


def _name_segments(session: Session, kept: Kept) -> None:
    for slug, condition in CONDITIONS.items():
        segments.name(session, slug, slug.title(), condition, kept.now, by="bench")
