"""The database for one command, with its tables, whether or not `up` was ever run."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from app import migrate, workspace_key
from app.database import Database, open_database
from app.demo_state.watch import DemoWatch
from app.settings import Settings


@contextmanager
def opened(settings: Settings, *, any_key: bool = False) -> Iterator[Database]:
    """An open database; one without any table gets them, one with tables is left as it is.

    Raises RefusedError where the workspace was sealed with another key, unless `any_key` will do.
    """
    database = open_database(settings.database_url, connections=4)
    try:
        if not inspect(database.engine).has_table("workspace"):
            migrate.upgrade(database.engine)
        _follow(database, settings)
        if not any_key:
            workspace_key.check(database, settings)
        yield database
    finally:
        database.close()


def _follow(database: Database, settings: Settings) -> None:
    # Tables of an older version know of no demo, and the command goes by the world's clock.
    with suppress(SQLAlchemyError):
        DemoWatch(database, settings).look()
