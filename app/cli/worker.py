"""`warmline worker`: work off one queue, in one process or several."""

import sys

import click

from app.cli.frame import with_settings
from app.endings import RefusedError
from app.settings import Settings
from prospects.topics import Queue


@click.command("worker")
@click.option(
    "--queue",
    type=click.Choice([queue.value for queue in Queue]),
    default="inside",
    help="Whose work to do.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes."
)
@with_settings
def command(settings: Settings, queue: str, workers: int) -> None:
    """Work off what is due in one queue until Ctrl-C; needs REDIS_URL."""
    if settings.redis_url is None:
        raise RefusedError("a worker needs REDIS_URL; without Redis run `warmline sweep` alone")
    if workers == 1:
        from app.queue import work

        work(settings, Queue(queue))
    else:
        from app.up.supervisor import Part, Supervisor

        one = ["worker", "--queue", queue, "--data", str(settings.data)]
        parts = [Part(f"{queue} worker {n}", one) for n in range(1, workers + 1)]
        sys.exit(Supervisor(parts).run())
