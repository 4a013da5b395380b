"""The options that benches share."""

from pathlib import Path

import click

CORES = click.option(
    "--cores",
    type=click.IntRange(1, 256),
    default=2,
    show_default=True,
    help="Cores that server, database and sender share.",
)
SECONDS = click.option(
    "--seconds", type=click.FloatRange(1, 3600), default=10.0, show_default=True, help="A stretch."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
PROSPECTS = click.option(
    "--prospects", type=click.IntRange(100), default=10_000, show_default=True, help="People in it."
)
ACTIVITIES = click.option(
    "--activities",
    type=click.IntRange(100),
    default=200_000,
    show_default=True,
    help="What they did.",
)
KEEP = click.option(
    "--keep", type=click.Path(path_type=Path), help="A folder to keep the crowd in."
)
KIND = click.option("--kind", help="Of this kind of source only.")
DATA = click.option(
    "--data", type=click.Path(), expose_value=False, help="Not used: a bench makes its own."
)
