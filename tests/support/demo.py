"""A filled demo for tests: filled once a process on SQLite, then copied for whoever wants one.

`demo_file` is the file that was filled, not to be touched; `demo` is a copy of one's own.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.cli.checks import SHARED
from app.database import Database, open_database
from app.demo import fill
from app.demo.beginning import SEED, begin
from app.demo.platforms import platforms
from app.demo.story import PRESENT
from app.settings import Settings, read_settings
from app.web import create_app
from tests.support.stores import SqliteStores

SECRET = "a secret of forty letters for the demo's tests"


@dataclass(frozen=True, slots=True)
class FilledDemo:
    """A demo of one's own: its database, the site on it, and the Tuesday morning it begins at."""

    database: Database
    settings: Settings
    site: Flask
    present: datetime


def settings_of(folder: Path, url: str) -> Settings:
    """The settings a demo is filled and looked at with; a mail server is set, and must not be asked."""
    return read_settings(
        {
            "DATABASE_URL": url,
            "WARMLINE_SECRET_KEY": SECRET,
            "WARMLINE_SMTP_URL": "smtp://127.0.0.1:9",
        },
        data=folder,
    )


def filled(
    database: Database, settings: Settings, *, seed: int = SEED, people: int = fill.PEOPLE
) -> None:
    """Fill an empty database as `up --demo` does, in this process."""
    begin(database, seed=seed)
    site = fill.backstage(database, settings)
    with platforms(fill.door_of(site)) as outside:
        fill.fill(database, settings, outside, site, seed=seed, people=people)


def opened(folder: Path, url: str) -> FilledDemo:
    """The site on a filled demo; its clock stands at the present and goes a second with each request."""
    settings, database = settings_of(folder, url), open_database(url)
    seconds = iter(range(1_000_000))
    site = create_app(
        settings,
        database=database,
        now=lambda: PRESENT + timedelta(seconds=next(seconds)),
    )
    return FilledDemo(database, settings, site, PRESENT)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory, sqlite_stores: SqliteStores) -> Path:
    """The SQLite file of a filled demo, filled once a run; copy it, do not write to it."""
    own = tmp_path_factory.getbasetemp()
    run = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    shared = Path(os.environ.get(SHARED, run))
    path = shared / "demo.db"
    # The first process that wants it fills it, the others wait: filling takes half a minute.
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _fill_file(path, tmp_path_factory.mktemp("demo"), sqlite_stores)
    return path


def _fill_file(path: Path, folder: Path, stores: SqliteStores) -> None:
    url = stores.fresh()
    database = open_database(url)
    filled(database, settings_of(folder, url))
    database.close()
    shutil.copyfile(Path(url.removeprefix("sqlite:///")), path)


@pytest.fixture
def demo(demo_file: Path, tmp_path: Path) -> Iterator[FilledDemo]:
    """A filled demo of the test's own."""
    path = tmp_path / "demo.db"
    shutil.copyfile(demo_file, path)
    found = opened(tmp_path / "data", f"sqlite:///{path}")
    yield found
    found.database.close()
