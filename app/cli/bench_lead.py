"""`warmline bench lead`: what one lead costs under a card."""

import json
from dataclasses import asdict
from typing import Any

import click

from app.cli.bench_options import AS_JSON, CORES, DATA
from app.cli.measuring import measured


@click.command("lead")
@click.option(
    "--terms",
    type=click.IntRange(1, 100),
    default=40,
    show_default=True,
    help="How many terms the card has.",
)
@click.option(
    "--activities",
    type=click.IntRange(1, 500),
    default=200,
    show_default=True,
    help="What the person did.",
)
@CORES
@AS_JSON
@DATA
def lead(*, terms: int, activities: int, cores: int, as_json: bool) -> None:
    """What it costs to score one lead by a card, with its reasons, in plain Python."""

    def measure() -> Any:
        from bench import one_lead

        return one_lead.measured(terms, activities)

    found = measured(measure, cores)
    if as_json:
        print(json.dumps(asdict(found)))
        return
    print(
        f"a card of {terms} terms, {activities} activities: the sum with its terms {found.sum_us:,.0f} us"
        f" (goal 50), the features {found.features_us:,.0f} us (goal 2,000);"
        f" a whole look by points {found.by_points_us:,.0f} us, by the card {found.by_card_us:,.0f} us"
    )
