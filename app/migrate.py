"""Brings a database to the schema of this version, and back."""

import warnings
from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

import app.tables  # noqa: F401 - every room's tables
from app.revision import FOLDER
from app.revision import current as current
from app.revision import head as head
from app.revision import knows as knows
from app.revision import revision_of as revision_of
from prospects.table import Base

# A migration that cannot have its lock soon gives up, instead of queueing every reader behind it.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "10min"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is missing; two processes that start at once take turns.

    One process must not call this in two threads: Alembic's context is global.
    """
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back, down to `revision` (`base` for all, `-1` for one)."""
    _run(engine, lambda config: command.downgrade(config, revision))


def differences(engine: Engine) -> list[Any]:
    """Where the database's schema is not the one the rows declare; empty when it is."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": compare_type, "include_object": _is_declared}
        )
        with warnings.catch_warnings():
            # It says that it cannot compare an index that SQLite does not have.
            warnings.filterwarnings("ignore", message="autogenerate skipping")
            return list(compare_metadata(context, Base.metadata))


def _is_declared(thing: Any, name: str | None, *_: Any) -> bool:
    """Indexes of trigrams are there only where PostgreSQL has the extension."""
    return not (name or "").endswith("_trgm")


def compare_type(
    _context: Any, _inspected: Any, _metadata: Any, inspected_type: Any, declared_type: Any
) -> bool | None:
    """Ask Alembic, except where SQLite's loose types make it see a difference that is none."""
    if _context is not None and _context.dialect.name == "sqlite":
        return False
    del inspected_type, declared_type
    return None


def _run(engine: Engine, work: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.connect() as connection:
        # Closed afterwards, not pooled: it ends with time-outs and a lock of its own.
        connection.detach()
        _take_turns(connection)
        config.attributes["connection"] = connection
        work(config)
        connection.commit()


def _take_turns(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SET lock_timeout = 0"))
    # Any number will do, as long as nothing else of ours uses it; given up when we disconnect.
    connection.execute(text("SELECT pg_advisory_lock(7261990)"))
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.commit()
