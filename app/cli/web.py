"""`warmline web`: serve pages, API and webhooks."""

import os

import click

from app.cli.frame import with_settings
from app.settings import Settings


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes a free one.",
)
@click.option("--socket", type=int, hidden=True, help="A listening socket that was inherited.")
@click.option("--gate", type=int, hidden=True, help="Serve once this inherited pipe is closed.")
@with_settings
def command(settings: Settings, host: str, port: int, socket: int | None, gate: int | None) -> None:
    """Serve pages, API and webhooks until Ctrl-C."""
    from app import workspace_key
    from app.web.server import serve  # takes a second, while `up` prepares the database

    if gate is None:
        workspace_key.check_before(settings)
    else:
        os.read(gate, 1)  # Closed by who has prepared the database, its key looked at.
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    serve(settings, f"fd://{socket}" if socket is not None else address)
