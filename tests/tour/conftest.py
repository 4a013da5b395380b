"""A demo on its feet for each way of touring it: real processes, a real browser."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app import migrate
from tests.support.demo import SECRET, demo_file
from tests.support.running import Running
from tests.tour.visit import Visit

__all__ = ["demo_file"]


class Way(StrEnum):
    """By what the demo is visited."""

    DESK = "a desk"
    PHONE = "a phone without scripts"


SCREENS: dict[Way, dict[str, Any]] = {
    Way.DESK: {"viewport": {"width": 1280, "height": 900}},
    Way.PHONE: {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}


@pytest.fixture(scope="module", params=Way)
def way(request: pytest.FixtureRequest) -> Way:
    return Way(request.param)


@pytest.fixture(scope="module")
def house(way: Way, demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`warmline up --demo` on a demo that was filled before, a fresh one for each way."""
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
    house: Running, browser: Browser, way: Way, *, thorough: bool = False
) -> Iterator[Visit]:
    """A visitor with a fresh browser; an error of a script fails the test."""
    lively = way is Way.DESK
    context = browser.new_context(java_script_enabled=lively, **SCREENS[way])
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Visit(house, page, lively, thorough)
    context.close()
    assert errors == []
