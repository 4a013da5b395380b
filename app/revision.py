"""At which revision the tables of a database are, which one this version needs, and which version this is."""

import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

FOLDER = Path(__file__).with_name("migrations")


def current(engine: Engine) -> str | None:
    """The revision the database is at."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables that this connection sees."""
    return MigrationContext.configure(connection).get_current_revision()


def knows(revision: str) -> bool:
    """Whether this version has that revision; a newer one's it has not."""
    scripts = ScriptDirectory(str(FOLDER)).walk_revisions()
    return revision in {each.revision for each in scripts}


def head() -> str | None:
    """The revision this version needs."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


@cache
def release() -> str:
    """The version of this Warmline, also where it runs from a checkout and is not installed."""
    try:
        written = tomllib.loads((FOLDER.parents[1] / "pyproject.toml").read_text())
        return str(written["project"]["version"])
    except OSError:
        return version("warmline")
