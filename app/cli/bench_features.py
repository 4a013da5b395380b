"""`warmline bench features`: what it costs to keep features ready."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.cli.bench_options import AS_JSON, CORES, DATA, KEEP
from app.cli.measuring import measured, say


@click.command("features")
@click.option(
    "--prospects", type=click.IntRange(400), default=50_000, show_default=True, help="People in it."
)
@click.option(
    "--activities",
    type=click.IntRange(400),
    default=10_000_000,
    show_default=True,
    help="What they did.",
)
@KEEP
@CORES
@AS_JSON
@DATA
def features(
    *, prospects: int, activities: int, keep: Path | None, cores: int, as_json: bool
) -> None:
    """What it costs to keep features as acts come in, beside making them from each history."""

    def measure() -> Any:
        from bench import features
        from bench.crowd import Size

        return features.run(size=Size(prospects, activities), keep=keep, say=say)

    found = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(found)))
        return
    print(
        f"{found.activities:,} activities: made from the history {found.anew_us:,.0f} us a person;"
        f" kept {found.an_act_us:,.0f} us an act, {found.cheaper:.0f} times cheaper"
    )
    for news, us in found.a_person_us.items():
        print(f"news of {news} acts of one person: {us:,.0f} us")
    for each in found.shares:
        print(f"histories of about {each.acts:,.0f} acts: {each.us_an_act:,.0f} us an act")
    for each in found.lively:
        print(f"{each.acts:,.0f} acts in the last hundred days: {each.us_an_act:,.0f} us an act")
    goal = "reached" if found.reached else "missed"
    print(f"goal: {found.cheaper_goal:.0f} times cheaper: {goal}")
