"""`warmline prepare`: what `up` does to the database before anything uses it."""

import sys
from datetime import datetime

import click

from app import migrate, workspace_key
from app.auth import links
from app.backup import last
from app.backup.before import Before, before_migration
from app.cli.frame import with_settings
from app.database import Database, NotDurableError, check_durable, open_database
from app.demo.beginning import begin, check_empty, check_no_demo
from app.door import perform
from app.endings import FailedError
from app.settings import Settings


@click.command("prepare")
@click.option(
    "--address", default="http://127.0.0.1:8080", help="What the printed link begins with."
)
@click.option("--demo", is_flag=True, help="Make an empty database a demo's.")
@with_settings
def command(settings: Settings, address: str, *, demo: bool) -> None:
    """Bring the tables up to date, and make sure that a commit survives a power cut.

    Where there is something to migrate, a backup into the data folder's `backups` comes first.
    While nobody can sign in, prints a link that makes the first administrator, once.
    """
    database = open_database(settings.database_url, connections=2)
    try:
        check = check_empty if demo else check_no_demo
        check(database.engine, settings.data)
        now = database.clock.now()
        before = before_migration(database, settings, now)
        if before is not None:
            _say(before)
        migrate.upgrade(database.engine)
        check_durable(database.engine)
        if before is not None:
            _note(database, before, now)
        workspace_key.own(database, settings)
        if demo:
            begin(database)
            return
        token = perform(database, lambda session: links.first_administrator(session, now))
    except NotDurableError as error:
        raise FailedError(str(error)) from error
    finally:
        database.close()
    if token is not None:
        print(f"This link makes the first administrator, once: {address}{links.PATH}{token}")


def _note(database: Database, before: Before, now: datetime) -> None:
    file, manifest = before.file, before.manifest
    perform(database, lambda s: last.note(s, file, manifest, now, who="warmline prepare"))


def _say(before: Before) -> None:
    # Not on standard output, which `up` keeps for the link.
    rows = sum(each.rows for each in before.manifest.sums.values())
    print(
        f"Backed up {rows} rows to {before.file}, before the tables go"
        f" from {before.manifest.revision} to {before.to}.",
        file=sys.stderr,
        flush=True,
    )
