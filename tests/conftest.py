"""What tests stand on: real databases, a real Valkey, a real browser, and an hour of their own."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright
from redis import Redis
from sqlalchemy.orm import Session
from xdist.scheduler.loadscope import LoadScopeScheduling

from app.database import Database, open_database
from tests.support import chromium, quick
from tests.support.postgres import memory_or_disk
from tests.support.redis import RunningValkey
from tests.support.smtp import MailSink
from tests.support.stores import PostgresStores, SqliteStores

# Threads of a pool cost more than they bring beside other tests, and are counted when they are loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# How long an example takes says nothing on a machine that does other things as well.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")
MADE_ONCE = re.compile(r'scope="module"|^@cache$', re.MULTILINE)
quick.remember_templates()
quick.remember_addresses()
quick.remember_statements()
quick.log_plainly()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long forms as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    soak = config.getoption("--soak")
    for item in items:
        if "soak" in item.keywords and not soak:
            item.add_marker(pytest.mark.skip(reason="the long form; run with --soak"))


def pytest_collection_finish() -> None:
    quick.spare_what_stays()


class SlowFilesWhole(LoadScopeScheduling):
    """Tests go to whoever is free, but those of a file with slow ones stay together, in their order.

    Each of these starts a whole Warmline, which the files of a folder share, and some look at the
    clock. A file that makes something once for all its tests stays together as well, so that no other
    process makes it again. Files are told apart by their text, because xdist's own groups (3.8) are
    lost under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = Path(nodeid.partition("::")[0])
        text = _text(self.config.rootpath / path)
        if "mark.slow" in text:
            return str(path if path.parent == Path("tests") else path.parent)
        return str(path) if MADE_ONCE.search(text) else nodeid


@cache
def _text(path: Path) -> str:
    return path.read_text()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return SlowFilesWhole(config, log)


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning, 11:00 in Berlin."""
    return datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_stores() -> Iterator[SqliteStores]:
    with TemporaryDirectory(prefix="warmline-test-", dir=memory_or_disk()) as folder:
        yield SqliteStores(Path(folder))


@pytest.fixture(scope="session")
def postgres_stores() -> Iterator[PostgresStores]:
    stores = PostgresStores()
    yield stores
    stores.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with every table, on SQLite and on PostgreSQL in turn."""
    stores: Any = request.getfixturevalue(f"{request.param}_stores")
    url = stores.fresh()
    yield url
    stores.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without a table, on SQLite and on PostgreSQL in turn."""
    stores: Any = request.getfixturevalue(f"{request.param}_stores")
    url = stores.fresh(empty=True)
    yield url
    stores.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, open database with every table; use `app.door` to work in it."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session that is thrown away; use `database` and the door where commits matter."""
    with Session(database.engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty data folder."""
    return tmp_path / "data"


@pytest.fixture(scope="session")
def _one_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningValkey]:
    running = RunningValkey(tmp_path_factory.mktemp("valkey"))
    yield running
    running.close()


@pytest.fixture
def valkey(_one_valkey: RunningValkey) -> RunningValkey:
    """A running, empty Valkey at `valkey.url`; a test may stop it and start it again."""
    _one_valkey.start()
    with Redis.from_url(_one_valkey.url) as client:
        client.flushall()
    return _one_valkey


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """A real SMTP server that keeps what it is handed."""
    sink = MailSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium or Chrome; mark its tests `browser`."""
    path = chromium.find()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium or Chrome on this machine, and CI must have one")
    if path is None:
        pytest.skip("no Chromium or Chrome on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield started
        started.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile, as large as a phone; a script error fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    earlier = os.environ.get("WARMLINE_TEST_EARLIER")
    if earlier:
        terminalreporter.write_sep("=", f"before: {earlier}", red="FAILED" in earlier)
