"""Databases that tests of backups start from, made once and copied: migrations and a workspace take their time."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app import migrate
from app.database import open_database
from app.demo.linkedin import LinkedIn
from tests.support.house import House

Fresh = Callable[[], str]
"""The address of another database, as it was when it was made ready."""


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Commands point the log at a stream that is gone when their test is over."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers = before
    root.setLevel(level)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """SQLite databases with every table, migrated, and no row."""
    folder = tmp_path_factory.mktemp("migrated")
    database = open_database(f"sqlite:///{folder / 'first.db'}")
    migrate.upgrade(database.engine)
    database.close()
    return lambda: copied(folder / "first.db")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, migrated: Fresh) -> Fresh:
    """SQLite databases with the workspace of the loop, live."""
    url = migrated()
    furnish(url, tmp_path_factory.mktemp("furnished"))
    return lambda: copied(Path(url.removeprefix("sqlite:///")))


def furnish(url: str, folder: Path) -> None:
    """Give a migrated database the workspace of the loop."""
    database = open_database(url)
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        house = House(database, url, folder)
        house.furnish(linkedin)
        house.app.extensions["intake"].flush()
    database.close()


def copied(file: Path) -> str:
    """Another copy of a database that nobody has open."""
    another = file.with_name(f"{uuid4().hex}.db")
    shutil.copyfile(file, another)
    return f"sqlite:///{another}"


@pytest.fixture
def two_stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A furnished database and one without a row, both of the kind the test asks for."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield request.getfixturevalue("furnished")(), request.getfixturevalue("migrated")()
        return
    stores: Any = request.getfixturevalue("postgres_stores")
    full, empty = stores.fresh(empty=True), stores.fresh(empty=True)
    database = open_database(full)
    migrate.upgrade(database.engine)
    database.close()
    furnish(full, tmp_path)
    yield full, empty
    for url in (full, empty):
        stores.drop(url)
