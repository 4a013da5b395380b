"""`warmline prepare`: what `up` does to the database before anything uses it."""

import click

from app import migrate
from app.cli.frame import with_settings
from app.database import NotDurableError, check_durable, open_database
from app.endings import FailedError
from app.settings import Settings
from prospects.table import Base


@click.command("prepare")
@with_settings
def command(settings: Settings) -> None:
    """Bring the tables up to date, and make sure that a commit survives a power cut."""
    database = open_database(settings.database_url, connections=2)
    try:
        migrate.upgrade(database.engine)
        if migrate.head() is None:
            Base.metadata.create_all(database.engine)
        check_durable(database.engine)
    except NotDurableError as error:
        raise FailedError(str(error)) from error
    finally:
        database.close()
