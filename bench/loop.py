"""From a lead over HTTP to the offer with its brief: how many a second, and how long one takes."""

import math
import statistics
import time
from dataclasses import dataclass

import psutil
from sqlalchemy import create_engine, text

from bench.load import ROOT, Outcome, Plan, send_apart
from bench.stage import (
    SECRET,
    SOURCES,
    NotMeasuredError,
    Stage,
    Store,
    cpu_seconds,
    furnish,
    running,
    staged,
)
from tests.support.ports import free_port

CONNECTIONS = 16
LOOK = 0.5
"""Seconds between two looks for offers."""
GIVE_UP = 120.0
"""Seconds after the last lead for which offers are waited for."""
RATE_GOAL = 150.0
LATENCY_GOAL = 2.0
CALM_RATE = 30.0
REPS = 25

STARTER = ROOT / "templates" / "starter"
_REPS = [f"rep{n}@acme.example" for n in range(REPS)]


def workspace() -> dict[str, str]:
    """The starter workspace with a team of 25 in place of two, and the bench's source."""
    files = {
        path.relative_to(STARTER).as_posix(): path.read_text()
        for path in STARTER.rglob("*.*")
        if path.is_file()
    }
    people = [f"  - {{email: {rep}, name: {rep}, roles: [rep]}}" for rep in _REPS]
    routing = files["routing.yaml"].replace(
        "people: [rita@acme.example, tom@acme.example]", f"people: [{', '.join(_REPS)}]"
    )
    return {
        **files,
        "team.yaml": "\n".join([files["team.yaml"], *people]),
        "routing.yaml": routing,
        "sources.yaml": SOURCES,
    }


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many leads at a rate: all of them offered, `seconds` from the first lead to the last offer.

    Latencies are from when a lead was due to be sent until its offer was committed, by PostgreSQL's
    own record of commits, so that watching costs nothing.
    """

    rate: float
    leads: int
    seconds: float
    per_second: float
    p50_s: float
    p99_s: float
    worst_s: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Journey:
    """A stretch at more than can be done, and a calm one."""

    pressed: Stretch
    calm: Stretch
    rate_goal: float = RATE_GOAL
    latency_goal: float = LATENCY_GOAL

    @property
    def reached(self) -> bool:
        return self.pressed.per_second >= RATE_GOAL and self.calm.p99_s <= LATENCY_GOAL


def run(*, rate: float, seconds: float, workers: int) -> Journey:
    """Start everything as `up` does, and measure both stretches.

    Raises NotMeasuredError unless every lead was answered 200 and offered.
    """
    with staged(Store.POSTGRES) as stage:
        furnish(stage, workspace())
        port = free_port()
        command = ["-m", "app.cli", "up", "--port", str(port), "--workers", str(workers)]
        log = stage.folder / "up.log"
        with running(command, stage.environment, log, port=port) as site:
            _stretch(stage, site, port, "warm-up", CALM_RATE, 5.0)
            calm = _stretch(stage, site, port, "calm", CALM_RATE, seconds)
            pressed = _stretch(stage, site, port, "pressed", rate, seconds)
        return Journey(pressed, calm)


def _stretch(
    stage: Stage, site: psutil.Process, port: int, name: str, rate: float, seconds: float
) -> Stretch:
    count = math.ceil(rate * seconds)
    plan = Plan(port, "/webhooks/bench", SECRET, f"{name}-", CONNECTIONS, count=count, rate=rate)
    before = cpu_seconds(site)
    outcome = send_apart(plan)
    if outcome.answered != count:
        raise NotMeasuredError(f"{count} leads were answered {outcome.statuses}")
    offered = _wait_until_offered(stage, name, count)
    return _judged(plan, outcome, offered, cpu_seconds(site) - before)


def _judged(plan: Plan, outcome: Outcome, offered: dict[str, float], cpu: float) -> Stretch:
    late = [offered[lead] - due for lead, due in outcome.sent_at.items()]
    at = statistics.quantiles(late, n=100)
    seconds = max(offered.values()) - min(outcome.sent_at.values())
    return Stretch(
        rate=plan.rate or 0.0,
        leads=len(late),
        seconds=seconds,
        per_second=len(late) / seconds,
        p50_s=at[49],
        p99_s=at[98],
        worst_s=max(late),
        cpu_ms=cpu * 1000 / len(late),
    )


def _wait_until_offered(stage: Stage, name: str, count: int) -> dict[str, float]:
    """When each lead's offer was committed, by the lead's name, in seconds of the monotonic clock."""
    engine = create_engine(stage.database_url, isolation_level="AUTOCOMMIT")
    deadline = time.monotonic() + GIVE_UP
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        while (found := connection.execute(_COUNT, {"name": f"%@{name}-%"}).scalar_one()) < count:
            if time.monotonic() > deadline:
                raise NotMeasuredError(f"{found} of {count} leads were offered in {GIVE_UP:g} s")
            time.sleep(LOOK)
        rows = connection.execute(_WHEN, {"name": f"%@{name}-%"}).all()
    engine.dispose()
    # Commits are stamped by the wall clock of this same machine.
    offset = time.time() - time.monotonic()
    return {row.domain.removesuffix(".example"): float(row.at) - offset for row in rows}


_OFFERS = """FROM offer o JOIN prospect p ON p.id = o.prospect_id
    WHERE o.n = 1 AND o.state = 'open' AND p.email LIKE :name"""
_COUNT = text(f"SELECT count(*) {_OFFERS}")
_WHEN = text(
    "SELECT split_part(p.email, '@', 2) AS domain,"
    f" extract(epoch FROM pg_xact_commit_timestamp(o.xmin)) AS at {_OFFERS}"
)
