"""`warmline play`: the demo's own process, beside web, workers and sweep."""

import os
import signal

import click

from app.cli.frame import with_settings
from app.settings import Settings


@click.command("play")
@click.option(
    "--address", default="http://127.0.0.1:8080", show_default=True, help="Where the site listens."
)
@with_settings
def command(settings: Settings, address: str) -> None:
    """Fill the demo, then move its clock and send its leads, until Ctrl-C."""
    from app.demo.playing import play

    def stop(_number: int, _frame: object) -> None:
        # There is nothing to finish: what is under way is in the database, and leases run out.
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    play(settings, address)
