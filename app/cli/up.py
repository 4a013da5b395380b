"""`warmline up`: run everything on this machine."""

import sys

import click

from app.cli.frame import with_settings
from app.settings import Settings


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes a free one.",
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Inside workers."
)
@click.option("--demo", is_flag=True, help="Fill an empty data folder with a small company.")
@with_settings
def command(settings: Settings, host: str, port: int, workers: int, *, demo: bool) -> None:
    """Run web, workers, sweep and an embedded Valkey until Ctrl-C."""
    from app.up.run import Wish, up

    sys.exit(up(settings, Wish(host=host, port=port, workers=workers, demo=demo)))
