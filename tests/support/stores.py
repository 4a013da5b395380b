"""Fresh databases for tests: a schema is created once a process, then copied for each test."""

import os
import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import MetaData, create_engine, make_url

from app.database import open_database
from tests.support import postgres


class SqliteStores:
    """Database files in one folder, each a copy of the first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pattern: Path | None = None

    def fresh(self, *, empty: bool = False) -> str:
        """The address of a new database with every table and no row; `empty`: no table either."""
        if empty:
            return f"sqlite:///{self._folder / uuid4().hex}.db"
        if self._pattern is None:
            self._pattern = self._folder / "pattern.db"
            database = open_database(f"sqlite:///{self._pattern}")
            with database.engine.begin() as connection:
                metadata().create_all(connection)
            database.close()
        path = self._folder / f"{uuid4().hex}.db"
        shutil.copyfile(self._pattern, path)
        return f"sqlite:///{path}"

    def twin(self, url: str) -> str:
        """The address of a copy of a database that nobody has open."""
        path = self._folder / f"{uuid4().hex}.db"
        shutil.copyfile(make_url(url).database or "", path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for path in Path(make_url(url).database or "").parent.glob(
            f"{Path(make_url(url).database or '').name}*"
        ):
            path.unlink(missing_ok=True)


class PostgresStores:
    """Databases on the run's server, each a copy of a template."""

    def __init__(self) -> None:
        self._server = make_url(postgres.server_url())
        self._template: str | None = None
        self._ours: psycopg.Connection | None = None

    def fresh(self, *, empty: bool = False) -> str:
        """The address of a new database with every table and no row; `empty`: no table either."""
        name = f"test_{uuid4().hex}"
        template = "template0" if empty else self._pattern()
        # Copying files takes half the time of PostgreSQL's usual way, which logs every block.
        self._tell(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self._server.set(database=name).render_as_string(hide_password=False)

    def twin(self, url: str) -> str:
        """The address of a copy of a database that nobody has open."""
        name = f"test_{uuid4().hex}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}")
        return self._server.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._tell(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        if self._template:
            self._tell(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")
        if self._ours:
            self._ours.close()

    def _pattern(self) -> str:
        if self._template is None:
            name = f"pattern_{os.getpid()}_{uuid4().hex[:8]}"
            self._tell(f"CREATE DATABASE {name} TEMPLATE template0")
            engine = create_engine(self._server.set(database=name))
            with engine.begin() as connection:
                metadata().create_all(connection)
            engine.dispose()
            self._template = name
        return self._template

    def _tell(self, statement: str) -> None:
        if self._ours is None or self._ours.broken:
            plain = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
            self._ours = psycopg.connect(plain, autocommit=True)
        self._ours.execute(statement.encode())


def metadata() -> MetaData:
    """All tables of all rooms."""
    if find_spec("app.tables"):
        import_module("app.tables")
    if not find_spec("prospects.table"):
        return MetaData()
    found = import_module("prospects.table").Base.metadata
    assert isinstance(found, MetaData)
    return found
