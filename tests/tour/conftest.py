"""A demo on its feet for each file of tours: real processes, a real browser."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app import migrate
from tests.support.demo import SECRET, demo_file
from tests.support.running import Running
from tests.tour.visit import Visit

__all__ = ["demo_file"]


@pytest.fixture(scope="module")
def house(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`warmline up --demo` on a demo that was filled before."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "data").mkdir()
    shutil.copyfile(demo_file, folder / "data" / "warmline.db")
    _stamp(folder / "data" / "warmline.db")
    running = Running(folder, WARMLINE_SECRET_KEY=SECRET)
    try:
        running.start("--demo")
        yield running
    finally:
        running.stop()


def _stamp(path: Path) -> None:
    """Tests make their tables from the rows; `up` looks for the revision that says the same."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES (?)", [migrate.head()])


@contextmanager
def visiting(
    house: Running, browser: Browser, *, lively: bool, thorough: bool = False, **kind: Any
) -> Iterator[Visit]:
    """A visitor with a fresh browser; an error of a script fails the test."""
    context = browser.new_context(java_script_enabled=lively, **kind)
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Visit(house, page, lively, thorough)
    context.close()
    assert errors == []
