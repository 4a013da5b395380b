"""`warmline prepare`: what `up` does to the database before anything uses it."""

import click

from app import clock, migrate
from app.auth import links
from app.cli.frame import with_settings
from app.database import NotDurableError, check_durable, open_database
from app.door import perform
from app.endings import FailedError
from app.settings import Settings


@click.command("prepare")
@click.option(
    "--address", default="http://127.0.0.1:8080", help="What the printed link begins with."
)
@with_settings
def command(settings: Settings, address: str) -> None:
    """Bring the tables up to date, and make sure that a commit survives a power cut.

    While nobody can sign in, prints a link that makes the first administrator, once.
    """
    database = open_database(settings.database_url, connections=2)
    try:
        migrate.upgrade(database.engine)
        check_durable(database.engine)
        now = clock.now()
        token = perform(database, lambda session: links.first_administrator(session, now))
    except NotDurableError as error:
        raise FailedError(str(error)) from error
    finally:
        database.close()
    if token is not None:
        print(f"This link makes the first administrator, once: {address}{links.PATH}{token}")
