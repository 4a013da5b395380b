"""How fast leads are kept, beside the least that keeping can cost, in rounds that take turns."""

import statistics
from contextlib import ExitStack
from dataclasses import dataclass

import psutil
from sqlalchemy import create_engine, text

from bench import floor
from bench.every_kind import furnish_every_kind
from bench.load import Plan, send, send_apart
from bench.stage import (
    SECRET,
    SOURCES,
    NotMeasuredError,
    Stage,
    Store,
    cpu_seconds,
    furnish,
    postgres_process,
    running,
    staged,
)
from tests.support.ports import free_port

CONNECTIONS = 32
PATH = "/webhooks/bench"
GOALS = {Store.POSTGRES: 0.70, Store.SQLITE: 0.60}
"""The share of the floor that our intake reaches at least."""
THREADS = 16
WARM_UP = 2.0


@dataclass(frozen=True, slots=True)
class Round:
    """One stretch of load on one of the two; CPU is of the server and PostgreSQL together."""

    who: str
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Contest:
    """All rounds on one database, and our median as a share of the floor's.

    `cpu_ratio` is the floor's CPU time as a share of ours: what neighbours disturb least.
    """

    store: Store
    rounds: tuple[Round, ...]
    ratio: float
    cpu_ratio: float
    goal: float


def run(
    store: Store, *, seconds: float, rounds: int, processes: int, kind: str | None = None
) -> Contest:
    """Measure floor and ours in turns, by leads of 1 kB or by what senders of a kind send.

    The floor gets the same bytes, signed by HMAC whatever the kind. Raises NotMeasuredError rather
    than give a doubtful number.
    """
    with staged(store) as stage, ExitStack() as stack:
        if kind:
            furnish_every_kind(stage)
        else:
            furnish(stage, {"sources.yaml": SOURCES})
        _lay_floor(stage)
        servers = {who: _served(stack, stage, who, processes) for who in ("floor", "ours")}
        done: list[Round] = []
        for turn in range(rounds + 1):
            for who, (process, port) in servers.items():
                # The first turn warms up connections and caches, and is not counted.
                length = seconds if turn else min(WARM_UP, seconds)
                name = f"{who}-{turn}-"
                path = PATH if who == "floor" or not kind else None
                plan = Plan(port, path, SECRET, name, CONNECTIONS, seconds=length, kind=kind)
                measured = _round(stage, who, process, plan)
                done += [measured] if turn else []
        return _judged(store, done)


def _lay_floor(stage: Stage) -> None:
    engine = create_engine(stage.database_url)
    floor.metadata.create_all(engine)
    engine.dispose()


def _served(stack: ExitStack, stage: Stage, who: str, processes: int) -> tuple[psutil.Process, int]:
    environment = {
        **stage.environment,
        floor.SECRET_VARIABLE: SECRET,
        "WARMLINE_WEB_PROCESSES": str(processes),
        "WARMLINE_WEB_THREADS": str(THREADS),
    }
    port = free_port()
    command = ["-m", "bench.serve", who, str(port)]
    log = stage.folder / f"{who}.log"
    return stack.enter_context(running(command, environment, log, port=port)), port


def _round(stage: Stage, who: str, process: psutil.Process, plan: Plan) -> Round:
    store = postgres_process(stage)
    family = [process, store] if store else [process]
    before, rows = sum(map(cpu_seconds, family)), _rows(stage, who)
    # The keys by which some senders sign are this process's own.
    outcome = send(plan) if plan.kind else send_apart(plan)
    spent = sum(map(cpu_seconds, family)) - before
    if set(outcome.statuses) != {"200"}:
        raise NotMeasuredError(f"{who} answered {outcome.statuses}")
    if _rows(stage, who) - rows != outcome.answered:
        raise NotMeasuredError(f"{who} kept {_rows(stage, who) - rows} of {outcome.answered}")
    at = statistics.quantiles(outcome.latencies, n=100)
    return Round(
        who=who,
        per_second=outcome.answered / outcome.seconds,
        p50_ms=at[49] * 1000,
        p99_ms=at[98] * 1000,
        cpu_ms=spent * 1000 / outcome.answered,
    )


def _rows(stage: Stage, who: str) -> int:
    engine = create_engine(stage.database_url)
    table = "floor" if who == "floor" else "delivery"
    with engine.connect() as connection:
        count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return int(count)


def _judged(store: Store, rounds: list[Round]) -> Contest:
    ours, base = ([each for each in rounds if each.who == who] for who in ("ours", "floor"))
    return Contest(
        store=store,
        rounds=tuple(rounds),
        ratio=_median(ours, "per_second") / _median(base, "per_second"),
        cpu_ratio=_median(base, "cpu_ms") / _median(ours, "cpu_ms"),
        goal=GOALS[store],
    )


def _median(rounds: list[Round], what: str) -> float:
    return statistics.median(float(getattr(each, what)) for each in rounds)
