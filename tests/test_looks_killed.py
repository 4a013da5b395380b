"""Whatever dies while everybody is looked at by changed rules: each is looked at once, and it comes out as if nothing had died.

Beside the Warmline that is tormented stands its twin, a copy of the same people to whom nothing
happens but the same changes. Only the database is read, never what Warmline says of itself.
"""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.database import Database, open_database
from app.door import perform
from app.jobs import reassess
from app.jobs.drain import drain
from app.settings import Settings
from prospects.message import MessageRow
from prospects.message import State as Promise
from prospects.rows import AssessmentRow, ProspectRow
from prospects.topics import Queue
from routing.rows import HandoffRow, OfferRow
from scoring.changes import rules_changes
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.models import By
from tests.support import many
from tests.support.redis import RunningValkey
from tests.support.running import Running, until
from tests.support.smtp import MailSink
from tests.support.stores import PostgresStores, SqliteStores
from tests.support.torment import Progress, Torment
from tests.test_kills import OPEN, SECRET, WORKSPACE, drained

PEOPLE = 20_000
KILLS = 25
PACE = 40
MIA = By("mia@acme.example", None)
JUMPING = "tests.support.jumping"
NEARLY = 0.05
"""Points that decay may take between the two."""


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest) -> SqliteStores | PostgresStores:
    found: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    return found


@dataclass
class World:
    """The Warmline that is tormented, its database, and its twin."""

    running: Running
    database: Database
    twin: Database
    settings: Settings
    torment: Torment

    def catch_up(self) -> None:
        """The twin does what follows from what happened to it."""
        perform(self.twin, lambda session: reassess.plan(session, datetime.now(UTC)))
        while not drained(self.twin, Queue.INSIDE) or self.newest(self.twin).state == State.LOOKING:
            drain(self.twin, self.settings, Queue.INSIDE)
            time.sleep(0.05)

    def rests(self, seconds: float = 240) -> None:
        """Wait until all that was promised inside is done; mails to reps take their time."""
        try:
            until(
                lambda: drained(self.database, Queue.INSIDE), seconds, what="the last promise kept"
            )
        except AssertionError:
            print(self.left())
            raise

    def left(self) -> list[Any]:
        """What is still promised, by topic, for whoever looks for the reason."""
        row = MessageRow
        held = row.lease.is_not(None)
        query = select(
            row.topic,
            row.state,
            held,
            func.count(),
            func.min(row.due_at),
            func.max(row.attempt),
            func.max(row.crashes),
            func.max(row.last_error),
        ).group_by(row.topic, row.state, held)
        with Session(self.database.readers) as session:
            return [tuple(each) for each in session.execute(query)]

    def newest(self, database: Database) -> RulesChangeRow:
        with Session(database.readers) as session:
            return rules_changes.changes(session, limit=1)[0]


@pytest.fixture
def world(prepared: World) -> World:
    """All of it on one machine, as `up` starts it."""
    prepared.running.start("--workers", "2")
    return prepared


@pytest.fixture
def elsewhere(prepared: World) -> Iterator[World]:
    """A sweep and two workers, each on a machine of its own so to speak; the clock of the last one jumps."""
    running = prepared.running
    key = (running.folder / "data" / "secret.key").read_text().strip()
    lines = (["app.cli", "sweep"], ["app.cli", "worker"], [JUMPING, "worker"])
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *line, "--data", str(running.folder / f"machine-{n}")],
            env={**running.environment, "WARMLINE_SECRET_KEY": key},
            cwd=running.folder,
        )
        for n, line in enumerate(lines)
    ]
    yield prepared
    assert [each.poll() for each in started] == [None] * len(started), "they all still work"
    for each in started:
        each.terminate()
    for each in started:
        each.wait(15)


@pytest.fixture
def prepared(
    stores: SqliteStores | PostgresStores,
    tmp_path: Path,
    valkey: RunningValkey,
    mail_sink: MailSink,
) -> Iterator[World]:
    url = stores.fresh(empty=True)
    running = Running(
        tmp_path,
        DATABASE_URL=url,
        REDIS_URL=valkey.url,
        WARMLINE_SMTP_URL=mail_sink.url,
        WARMLINE_MAIL_FROM="hello@vendor.example",
    )
    running.run("apply", str(WORKSPACE), SIGNING_SECRET=SECRET)
    made = open_database(url, connections=2)
    many.make(made, PEOPLE, datetime.now(UTC) - timedelta(minutes=5))
    made.close()
    twin_url = stores.twin(url)
    database, twin = open_database(url), open_database(twin_url)
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    torment = Torment(running, valkey, create_engine(url), random.Random(seed))
    yield World(
        running,
        database,
        twin,
        Settings(secret_key=SECRET, data=tmp_path, database_url=""),
        torment,
    )
    running.stop()
    torment.engine.dispose()
    for each, its in ((database, url), (twin, twin_url)):
        each.close()
        stores.drop(its)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_whatever_dies_while_everybody_is_looked_at_it_comes_out_as_if_nothing_had(
    world: World,
) -> None:
    card, other = (many.card_of(datetime.now(UTC), shift=shift) for shift in (0.0, 0.4))
    with Progress(world.torment.engine) as progress:
        changed(world, lambda one, now: many.change(one, many.LOWER, now))
        released(world, pace=PACE)
        released(world, pace=None)
        changed(world, lambda one, now: many.change(one, many.NEARER, now, stages=True))
        released(world, pace=None)
        changed(world, lambda one, now: many.switch_on(one, card, now))
        changed(world, lambda one, now: many.switch_on(one, other, now))
        # Taken back while it is under way.
        changed(world, lambda one, now: many.change(one, many.NEARER, now), half_way=many.LOWER)
    assert progress.lies == []
    assert progress.looks > 100
    handed_over_once(world)
    assert sum(world.torment.struck.values()) > KILLS, world.torment.struck
    print(dict(world.torment.struck), f"{progress.looks} looks at the progress")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_workers_elsewhere_with_a_clock_that_jumps_come_to_the_same_without_redis_for_a_while(
    elsewhere: World, valkey: RunningValkey
) -> None:
    with Progress(elsewhere.torment.engine) as progress:
        for body in (many.LOWER, many.NEARER):
            for each in (elsewhere.database, elsewhere.twin):
                many.change(each, body, datetime.now(UTC))
            until(lambda: elsewhere.newest(elsewhere.database).looked, 60, what="the look's begin")
            away(valkey)
            over_and_the_same(elsewhere)
            released(elsewhere, pace=None, kills=0, meanwhile=lambda: away(valkey))
    assert progress.lies == []


def away(valkey: RunningValkey) -> None:
    """Redis is gone for some seconds, and comes back empty."""
    valkey.stop()
    time.sleep(4)
    valkey.start()


def changed(
    world: World,
    act: Callable[[Database, datetime], object],
    *,
    half_way: Any = None,
) -> None:
    """Rules change, and what looks at everybody is killed all the while."""
    began = time.monotonic()
    if half_way:
        many.change(world.database, half_way, datetime.now(UTC))
        until(lambda: world.newest(world.database).looked > PEOPLE // 10, 60, what="half of a look")
    before = world.newest(world.database).version
    for each in (world.database, world.twin):
        act(each, datetime.now(UTC))
    until(lambda: world.newest(world.database).version > before, 60, what="the look's begin")
    world.torment.while_(lambda: world.newest(world.database).state == State.LOOKING, KILLS)
    over_and_the_same(world, half_way=bool(half_way))
    print(f"looked at everybody in {time.monotonic() - began:.0f} s, and in the twin")


def over_and_the_same(world: World, *, half_way: bool = False) -> None:
    until(lambda: world.newest(world.database).state != State.LOOKING, 600, what="the look's end")
    world.rests()
    world.catch_up()
    mine, twins = (world.newest(each) for each in (world.database, world.twin))
    assert (mine.state, mine.people, mine.looked) == (twins.state, PEOPLE, PEOPLE)
    came_out_the_same(world, half_way=half_way)


def released(
    world: World,
    *,
    pace: int | None,
    kills: int = KILLS,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Somebody lets them over; paced it is stopped after the first hour's."""
    let_over(world.database, pace)
    if pace is not None:
        world.torment.while_(lambda: True, 8)
        world.rests()
        assert over(world.database) == pace
        stopped = world.newest(world.database).version
        perform(
            world.database,
            lambda session: rules_changes.stop(session, stopped, datetime.now(UTC), by=MIA),
        )
        return
    let_over(world.twin, pace)
    meanwhile()
    world.torment.while_(lambda: world.newest(world.database).state == State.RELEASING, kills)
    until(lambda: world.newest(world.database).state == State.RELEASED, 300, what="all over")
    world.rests()
    world.catch_up()
    came_out_the_same(world)
    handed_over_once(world)


def let_over(database: Database, pace: int | None) -> None:
    def work(session: Session) -> None:
        version = rules_changes.changes(session, limit=1)[0].version
        rules_changes.release(session, version, datetime.now(UTC), by=MIA, pace=pace)

    perform(database, work)


def over(database: Database) -> int:
    with Session(database.readers) as session:
        rows = session.execute(select(CrossingRow.state)).scalars()
        return sum(state == "released" for state in rows)


def came_out_the_same(world: World, *, half_way: bool = False) -> None:
    mine, twins = (believed(each) for each in (world.database, world.twin))
    assert mine.keys() == twins.keys()
    other = [who for who in mine if mine[who][1:] != twins[who][1:]]
    assert other == [], [(mine[who], twins[who]) for who in other[:5]]
    assert all(abs(mine[who][0] - twins[who][0]) < NEARLY for who in mine)
    assert held(world.database) == held(world.twin)
    if not half_way:
        assert written(world.database) == written(world.twin), "history is written once"


def believed(database: Database) -> dict[Any, tuple[Any, ...]]:
    row = ProspectRow
    query = select(row.id, row.points, row.stage, row.grade, row.warm, row.gate)
    with Session(database.readers) as session:
        return {each[0]: tuple(each[1:]) for each in session.execute(query)}


def held(database: Database) -> set[Any]:
    row = CrossingRow
    with Session(database.readers) as session:
        query = select(row.prospect_id, row.state, row.up)
        return {tuple(each) for each in session.execute(query)}


def written(database: Database) -> Counter[Any]:
    with Session(database.readers) as session:
        return Counter(session.execute(select(AssessmentRow.prospect_id)).scalars())


def handed_over_once(world: World) -> None:
    """Each company with somebody warm is handed over, and to one rep; nothing was given up."""
    with Session(world.database.readers) as session:
        handoffs = session.execute(select(HandoffRow)).scalars().all()
        accounts = Counter(each.account_id for each in handoffs)
        assert set(accounts.values()) == {1}
        assert all(each.state in OPEN for each in handoffs)
        offers = session.execute(select(OfferRow.handoff_id)).scalars()
        assert set(Counter(offers).values()) <= {1}
        dead = select(MessageRow.topic, MessageRow.ref).where(MessageRow.state == Promise.DEAD)
        assert session.execute(dead).all() == []
        mine = set(accounts)
    with Session(world.twin.readers) as session:
        assert mine == set(session.execute(select(HandoffRow.account_id)).scalars())
