"""The database for one command, with its tables, whether or not `up` was ever run."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import inspect

from app import migrate
from app.database import Database, open_database
from app.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """An open database; one without any table gets them, one with tables is left as it is."""
    database = open_database(settings.database_url, connections=4)
    try:
        if not inspect(database.engine).has_table("workspace"):
            migrate.upgrade(database.engine)
        yield database
    finally:
        database.close()
