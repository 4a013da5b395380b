"""Looking at everybody again after a change of card, by two workers over PostgreSQL, beside reading and writing the same rows."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.database import Database, open_database
from app.door import perform
from app.garbage import look_seldom
from app.jobs import reassess
from app.jobs.drain import drain
from app.settings import read_settings
from bench.score_people import card_of, make
from bench.stage import ROOT, NotMeasuredError, Stage, Store, cpu_seconds, postgres_process, staged
from prospects.message import MessageRow
from prospects.rows import AssessmentRow, ProspectRow
from prospects.topics import Queue, Topic
from scoring import current
from scoring.changes import screened_rows
from scoring.changes.rows import RulesChangeRow, State
from tests.support.in_force import put_in_force

Say = Callable[[str], None]
GOAL_S = 60.0
GOAL_OF = 1_000_000
MOVED = 0.6
"""What people of one source in 25 gain in the logit."""
GROWN = 1.002
"""How much more every term weighs by the changed card: too little for anybody to notice."""
NAP_S = 0.05


@dataclass(frozen=True, slots=True)
class Scored:
    """`written` are the people whose beliefs were written anew, of `people` looked at; `floor_s` is reading alone.

    CPU time is a person's: the workers', and PostgreSQL's where it is the bench's own (else 0).
    """

    people: int
    written: int
    workers: int
    seconds: float
    floor_s: float
    cpu_us: float
    floor_cpu_us: float
    database_us: float = 0.0
    floor_database_us: float = 0.0
    goal_s: float = GOAL_S

    @property
    def for_a_million_s(self) -> float:
        """Seconds for a million people, in proportion."""
        return self.seconds * GOAL_OF / self.people

    @property
    def of_floor(self) -> float:
        """How many times the floor it takes."""
        return self.seconds / self.floor_s

    @property
    def reached(self) -> bool:
        return self.for_a_million_s <= self.goal_s


def run(*, people: int, workers: int, moved: float, say: Say) -> Scored:
    """Measure on people made for it, in a database that is gone afterwards."""
    with staged(Store.POSTGRES) as stage:
        database = open_database(stage.database_url, connections=2)
        now = datetime.now(UTC)
        perform(database, lambda session: put_in_force(session, card_of(now), now))
        perform(database, lambda session: reassess.plan(session, now))
        say(f"making {people:,} people")
        perform(database, lambda session: make(session, people, current.current(session), now))
        _tidy(database)
        changed = card_of(now, moved=moved, grown=GROWN)
        perform(database, lambda session: put_in_force(session, changed, now))
        say("looking at them again")
        perform(database, lambda session: reassess.plan(session, datetime.now(UTC)))
        look = _timed(stage, "look", workers)
        anew = perform(database, _written) - people
        _check(database, people)
        _tidy(database)
        say("reading the same rows")
        floor = _timed(stage, "floor", workers)
        database.close()
    return Scored(
        people,
        anew,
        workers,
        round(look.seconds, 1),
        round(floor.seconds, 1),
        round(look.workers / people * 1e6, 1),
        round(floor.workers / people * 1e6, 1),
        round(look.database / people * 1e6, 1),
        round(floor.database / people * 1e6, 1),
    )


class Spent(NamedTuple):
    """Seconds on the clock, and of CPU by the workers and by the database."""

    seconds: float
    workers: float
    database: float


def _timed(stage: Stage, what: str, workers: int) -> Spent:
    """From a word to as many processes, that are ready, until the last has ended."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.score", what, str(n), str(workers)],
            cwd=ROOT,
            env=stage.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for n in range(workers)
    ]
    for each in started:
        assert each.stdout is not None
        each.stdout.readline()
    ready = sum(cpu_seconds(psutil.Process(each.pid)) for each in started)
    server = postgres_process(stage)
    served = cpu_seconds(server) if server else 0.0
    before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    began = time.perf_counter()
    for each in started:
        assert each.stdin is not None
        each.stdin.close()
    codes = [each.wait() for each in started]
    if any(codes):
        raise NotMeasuredError("a worker ended with an error")
    cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before - ready
    seconds = time.perf_counter() - began
    return Spent(seconds, cpu, cpu_seconds(server) - served if server else 0.0)


def _tidy(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
        connection.execute(text("CHECKPOINT"))


def _written(session: Session) -> int:
    return session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()


def _check(database: Database, people: int) -> None:
    with Session(database.engine) as session:
        rules = current.current(session)
        change = session.get_one(RulesChangeRow, rules.version)
        if change.state == State.LOOKING or change.looked != people:
            raise NotMeasuredError(f"{change.looked:,} of {people:,} were looked at")


def _look(database: Database, stage: Path) -> None:
    settings = read_settings({"WARMLINE_SECRET_KEY": "x" * 40}, data=stage)
    while True:
        drain(database, settings, Queue.INSIDE)
        with Session(database.engine) as session:
            waits = select(MessageRow.id).where(MessageRow.topic == Topic.REASSESS).limit(1)
            if session.execute(waits).first() is None and _is_over(session):
                return
        time.sleep(NAP_S)


def _is_over(session: Session) -> bool:
    newest = select(RulesChangeRow.state).order_by(RulesChangeRow.version.desc()).limit(1)
    return session.execute(newest).scalar_one() != State.LOOKING


def _floor(database: Database, n: int, workers: int) -> None:
    """This worker's share of the people, in parts: locked and read as they are for scoring, and no more."""
    ids = perform(database, lambda s: s.execute(select(ProspectRow.id).order_by("id")).scalars())
    own = list(ids)
    size = -(-len(own) // workers)
    own = own[n * size : (n + 1) * size]
    for start in range(0, len(own), reassess.PART):
        some = own[start : start + reassess.PART]
        perform(database, partial(_read, part=screened_rows.Part(some[0], some[-1])))


def _read(session: Session, part: screened_rows.Part) -> None:
    rules = replace(current.current(session), version=-1)
    screened_rows.locked(session, rules, part, reassess.PART)
    session.execute(screened_rows.rows_of(rules, part, datetime.now(UTC))).all()


def main(what: str, n: int, workers: int) -> None:
    """One worker's process: it says when it is ready, and begins when it is told."""
    database = open_database(os.environ["DATABASE_URL"], connections=2)
    # As every worker does.
    look_seldom()
    print("ready", flush=True)
    sys.stdin.read()
    if what == "look":
        _look(database, Path(os.environ["WARMLINE_DATA"]))
    else:
        _floor(database, n, workers)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
