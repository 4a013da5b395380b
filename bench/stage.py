"""What a bench stands on: a durable database of its own, a Valkey, processes, and their CPU time."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import psutil
from sqlalchemy import create_engine, make_url, text

from app.database import check_durable, open_database
from app.migrate import upgrade
from app.workspace.apply import apply
from tests.support.redis import RunningValkey

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
LOOKS = 5
SECRET = "a-secret-of-the-bench"
SOURCES = (
    "sources: [{slug: bench, kind: generic_json, secrets: ['${BENCH_SECRET}'],"
    " auth: {hmac_header: X-Signature, encoding: hex}}]"
)
"""sources.yaml of a bench: signed JSON at /webhooks/bench."""


class NotMeasuredError(Exception):
    """Something went wrong in the middle; a number from this run would be a guess."""


class Store(StrEnum):
    """The two databases."""

    POSTGRES = "postgres"
    SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class Stage:
    """Addresses of a fresh database and Valkey; `folder` is the data folder, gone afterwards."""

    database_url: str
    redis_url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """For a process that works here; nothing of the caller's own settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("WARMLINE_")}
        return {
            **kept,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "WARMLINE_DATA": str(self.folder / "data"),
            "WARMLINE_SECRET_KEY": "a-key-for-benches-only-" + "x" * 20,
            "PYTHONPATH": str(ROOT),
        }


@contextmanager
def staged(store: Store) -> Iterator[Stage]:
    """A stage with every table, durable and on the disk; DATABASE_URL, if set, is the PostgreSQL used."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="warmline-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder / 'bench.db'}"
        if store is Store.POSTGRES:
            url = stack.enter_context(_postgres(folder))
        database = open_database(url, connections=2)
        upgrade(database.engine)
        check_durable(database.engine)
        database.close()
        valkey = RunningValkey(folder / "valkey")
        valkey.start()
        stack.callback(valkey.close)
        yield Stage(url, valkey.url, folder)


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    server = given if given.startswith("postgres") else _started(folder)
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"bench_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _started(folder: Path) -> str:
    """A cluster of our own, by the tests' keeper, but on the disk; it ends with this process."""
    home = folder / "postgres"
    home.mkdir(mode=0o755)
    folder.chmod(0o755)
    command = [sys.executable, "-m", "tests.support.postgres", str(os.getpid()), str(home)]
    log = (folder / "postgres.log").open("ab")
    subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_SECONDS
    while not (home / "ready").exists():
        if time.monotonic() > deadline:
            raise NotMeasuredError(f"PostgreSQL did not start:\n{Path(log.name).read_text()}")
        time.sleep(0.05)
    url = f"postgresql+psycopg://postgres@/postgres?host={home}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The tests' 256 MB would mean a checkpoint every few seconds.
        connection.execute(text("ALTER SYSTEM SET max_wal_size = '4GB'"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return url


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], log: Path, *, port: int
) -> Iterator[psutil.Process]:
    """A process of the stage that answers HTTP on `port`; ended afterwards."""
    with log.open("ab") as out:
        started = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=dict(environment), stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if time.monotonic() > deadline or started.poll() is not None:
                raise NotMeasuredError(f"{command} did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait(15)


def cpu_seconds(process: psutil.Process) -> float:
    """CPU time of a process and all below it, those that have ended counted by their parents."""
    for _ in range(LOOKS):
        try:
            family = [process, *process.children(recursive=True)]
            return sum(sum(each.cpu_times()[:4]) for each in family)
        except psutil.NoSuchProcess:
            # One ended while we looked: its parent has its time now, so look again.
            continue
    raise NotMeasuredError("processes kept ending while their CPU time was read")


def postgres_process(stage: Stage) -> psutil.Process | None:
    """The server of a stage of our own."""
    pid = stage.folder / "postgres" / "cluster" / "postmaster.pid"
    return psutil.Process(int(pid.read_text().split()[0])) if pid.exists() else None


def furnish(stage: Stage, files: Mapping[str, str]) -> None:
    """Apply a workspace; `${BENCH_SECRET}` in it is SECRET."""
    folder = stage.folder / "workspace"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    database = open_database(stage.database_url, connections=2)
    key = stage.environment["WARMLINE_SECRET_KEY"]
    apply(database, folder, {"BENCH_SECRET": SECRET}, datetime.now(UTC), secret=key)
    database.close()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
