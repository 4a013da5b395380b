"""`warmline bench`: the benchmarks of `bench/`, each on a stage of its own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.cli.bench_features import features
from app.cli.bench_lead import lead
from app.cli.bench_options import (
    ACTIVITIES,
    AS_JSON,
    CORES,
    DATA,
    KEEP,
    KIND,
    PROSPECTS,
    SECONDS,
)
from app.cli.bench_score import score
from app.cli.measuring import measured, say


@click.group("bench", no_args_is_help=False)
def command() -> None:
    """Measure, on a database of its own (on DATABASE_URL's server, if that is a PostgreSQL)."""


@command.command("intake")
@click.option(
    "--store",
    type=click.Choice(["postgres", "sqlite", "both"]),
    default="both",
    help="Which databases.",
)
@click.option(
    "--rounds", type=click.IntRange(1, 100), default=3, show_default=True, help="Pairs of runs."
)
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="That serve."
)
@KIND
@SECONDS
@CORES
@AS_JSON
@DATA
def intake(*, store: str, cores: int, as_json: bool, **asked: Any) -> None:
    """Leads kept a second, beside the least that keeping can cost; both by turns, round by round."""

    def measure() -> list[Any]:
        from bench import intake
        from bench.stage import Store

        stores = list(Store) if store == "both" else [Store(store)]
        return [intake.run(each, **asked) for each in stores]

    contests = measured(measure, cores)
    if as_json:
        print(json.dumps([asdict(each) for each in contests]))
        return
    for contest in contests:
        for each in contest.rounds:
            print(
                f"{contest.store} {each.who:5} {each.per_second:7.0f}/s"
                f"  p50 {each.p50_ms:6.1f} ms  p99 {each.p99_ms:6.1f} ms  cpu {each.cpu_ms:.2f} ms"
            )
        print(
            f"{contest.store}: {contest.ratio:.0%} of the floor (median of each);"
            f" {contest.cpu_ratio:.0%} by CPU time; goal {contest.goal:.0%}"
        )


@command.command("ingest")
@click.option(
    "--deliveries",
    type=click.IntRange(1000),
    default=20_000,
    show_default=True,
    help="Kept before, and read then.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Inside workers."
)
@KIND
@CORES
@AS_JSON
@DATA
def ingest(*, deliveries: int, workers: int, kind: str | None, cores: int, as_json: bool) -> None:
    """Kept deliveries read a second, until the record has them, on PostgreSQL."""

    def measure() -> Any:
        from bench import ingest

        return ingest.run(deliveries=deliveries, workers=workers, kind=kind)

    done = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(done)))
        return
    items = ", ".join(f"{count:,} {state}" for state, count in done.items.items())
    print(
        f"{done.deliveries:,} deliveries in {done.seconds:.1f} s: {done.per_second:.0f}/s,"
        f" {done.cpu_ms:.2f} ms of CPU each with PostgreSQL; items: {items}"
    )
    print(f"goal: {done.goal:.0f}/s: {'reached' if done.reached else 'missed'}")


@command.command("loop")
@click.option("--rate", type=float, default=400.0, show_default=True, help="Leads a second.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Inside workers."
)
@SECONDS
@CORES
@AS_JSON
@DATA
def loop(*, rate: float, workers: int, seconds: float, cores: int, as_json: bool) -> None:
    """From a lead over HTTP to the offer with its brief, on PostgreSQL, with all of `up` running."""

    def measure() -> Any:
        from bench import loop

        return loop.run(rate=rate, seconds=seconds, workers=workers)

    journey = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(journey)))
        return
    for name, each in (("pressed", journey.pressed), ("calm", journey.calm)):
        print(
            f"{name:7} {each.leads} leads at {each.rate:.0f}/s: {each.per_second:.0f}/s offered,"
            f" lead to brief p50 {each.p50_s:.2f} s  p99 {each.p99_s:.2f} s"
            f"  worst {each.worst_s:.2f} s, cpu {each.cpu_ms:.1f} ms a lead without PostgreSQL"
        )
    print(
        f"goals: {journey.rate_goal:.0f}/s pressed, p99 {journey.latency_goal:.0f} s calm:"
        f" {'reached' if journey.reached else 'missed'}"
    )


@command.command("pages")
@click.option("--large", is_flag=True, help="A million prospects, twenty million activities.")
@click.option("--demo", is_flag=True, help="The demo, on SQLite.")
@PROSPECTS
@ACTIVITIES
@KEEP
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Looks at each page.",
)
@click.option("--only", default="", help="Pages with this in their name.")
@click.option("--plans", is_flag=True, help="Show how the slowest statements were carried out.")
@CORES
@AS_JSON
@DATA
def pages(*, large: bool, demo: bool, cores: int, as_json: bool, **asked: Any) -> None:
    """Server time of every page and list, over a crowd of prospects on PostgreSQL."""

    def measure() -> Any:
        from bench import pages
        from bench.crowd import Size

        if demo:
            return pages.of_demo(rounds=asked["rounds"], only=asked["only"], say=say)
        size = Size(asked.pop("prospects"), asked.pop("activities"))
        return pages.run(size=pages.LARGE if large else size, say=say, **asked)

    found = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(found)))
        return
    print(f"{'page':38} {'as':9} {'p50':>7} {'p95':>7} {'max':>7} ms  {'database':>8}  statements")
    for each in (found.floor, *found.timed):
        mark = "" if each.reached else f"  over {found.goal_ms:.0f}: {each.slowest}"
        print(
            f"{each.name[:38]:38} {each.role:9} {each.p50_ms:7.1f} {each.p95_ms:7.1f}"
            f" {each.max_ms:7.1f}     {each.database_ms:8.1f}  {each.statements:6}{mark}"
        )
    for name, plans in found.plans.items():
        print("", f"== {name}", *plans, sep="\n")
    print(
        f"goal: p95 of {found.goal_ms:.0f} ms: {'reached' if found.reached else 'missed'};"
        f" not asked for: {', '.join(found.unasked)}"
    )


@command.command("keeping")
@PROSPECTS
@ACTIVITIES
@KEEP
@CORES
@AS_JSON
@DATA
def keeping(
    *, prospects: int, activities: int, keep: Path | None, cores: int, as_json: bool
) -> None:
    """Rows backed up and restored a second, over a crowd on PostgreSQL, and the memory it took."""

    def measure() -> Any:
        from bench import keeping
        from bench.crowd import Size

        return keeping.run(size=Size(prospects, activities), keep=keep, say=say)

    kept = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(kept)))
        return
    for each in kept.took:
        print(
            f"{each.what:24} {each.rows:,} rows in {each.seconds:.0f} s:"
            f" {each.per_second:,.0f} rows/s, at most {each.peak_mb:.0f} MB of memory"
        )
    print(f"the file has {kept.file_mb:,.0f} MB")


command.add_command(features)
command.add_command(lead)
command.add_command(score)
