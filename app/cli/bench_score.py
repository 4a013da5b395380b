"""`warmline bench score`: what it takes to look at everybody again after a change of card."""

import json
from dataclasses import asdict
from typing import Any

import click

from app.cli.bench_options import AS_JSON, CORES, DATA
from app.cli.measuring import measured, say


@click.command("score")
@click.option(
    "--prospects", type=click.IntRange(400), default=200_000, show_default=True, help="People."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes."
)
@click.option(
    "--moved",
    type=click.FloatRange(-4, 4),
    default=0.6,
    show_default=True,
    help="What the change adds to the logit of one person in 25; everybody else hardly moves.",
)
@CORES
@AS_JSON
@DATA
def score(*, prospects: int, workers: int, moved: float, cores: int, as_json: bool) -> None:
    """Looking at everybody again after a change of card, on PostgreSQL, beside reading the same rows."""

    def measure() -> Any:
        from bench import score

        return score.run(people=prospects, workers=workers, moved=moved, say=say)

    found = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(found)))
        return
    print(
        f"{found.people:,} people looked at by {found.workers} workers in {found.seconds:.1f} s,"
        f" {found.written:,} written: {found.for_a_million_s:.0f} s for a million"
    )
    print(f"floor, reading the same rows: {found.floor_s:.1f} s, {found.of_floor:.1f} times")
    print(f"CPU of the workers: {found.cpu_us:.0f} us a person, floor {found.floor_cpu_us:.0f} us")
    print(f"CPU of PostgreSQL: {found.database_us:.0f} us, floor {found.floor_database_us:.0f} us")
    print(f"goal: {found.goal_s:.0f} s for a million: {'reached' if found.reached else 'missed'}")
