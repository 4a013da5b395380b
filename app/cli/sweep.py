"""`warmline sweep`: look every second for work that is due."""

import signal
import threading

import click

from app import sweep, workspace_key
from app.bell import Bell
from app.cli.frame import with_settings
from app.database import open_database
from app.settings import Settings


@click.command("sweep")
@with_settings
def command(settings: Settings) -> None:
    """Look every second for due work and ring for it; without Redis do it here. Until Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    bell = Bell(settings.redis_url)
    database = open_database(settings.database_url, ring=bell.ring, connections=6)
    workspace_key.check(database, settings)
    sweep.run(database, settings, bell, stop)
    database.close()
