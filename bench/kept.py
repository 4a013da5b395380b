"""A crowd on a PostgreSQL whose folder may be kept, so that making a million people is paid once."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.orm import Session

from app.database import open_database
from app.door import perform
from app.migrate import upgrade
from app.workspace.apply import apply
from bench import loop
from bench.crowd import CAMPAIGNS, MONTHS, SOURCES, Size, functions, without_indexes
from bench.crowd_rows import ROWS, words
from bench.crowd_sales import BRIEF, SALES
from bench.stage import SECRET, NotMeasuredError
from prospects import team
from prospects.first_touch_anew import rebuild
from prospects.member import Role
from tests.support.postgres import start

KEY = "a-key-for-benches-only-" + "x" * 20
NAME = "warmline_pages"
CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "50",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "timezone": "UTC",
}
"""A small server of today; everything else is PostgreSQL's own default."""

Say = Callable[[str], None]


REP = "rep0@acme.example"
COLLEAGUES = {role: REP if role is Role.REP else f"{role}@acme.example" for role in Role}
"""Who looks: one colleague of each role, the rep with leads of their own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the people are, who looks at them, and the instant their clocks stand at."""

    url: str
    folder: Path
    now: datetime
    size: Size
    colleagues: Mapping[Role, str] = field(default_factory=lambda: COLLEAGUES)
    secret: str = KEY


@contextmanager
def crowd(size: Size, keep: Path | None, say: Say) -> Iterator[Kept]:
    """A database with such a crowd: the one in `keep` if it is as large, else a fresh one."""
    with ExitStack() as stack:
        folder = keep or Path(tempfile.mkdtemp(prefix="warmline-pages-"))
        if keep is None:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL refuses root, and then runs as somebody who must find the folder.
        folder.chmod(0o755)
        # Absolute, because the server looks at it from a place of its own.
        folder = folder.resolve()
        url = stack.enter_context(_served(folder))
        yield _made(url, folder, size, say)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = start(folder, CONFIGURATION)
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(120)


def _made(server: str, folder: Path, size: Size, say: Say) -> Kept:
    url = make_url(server).set(database=NAME).render_as_string(hide_password=False)
    note = folder / "crowd.json"
    if note.exists() and (written := json.loads(note.read_text()))["size"] == asdict(size):
        upgrade(open_database(url, connections=2).engine)
        return Kept(url, folder, datetime.fromisoformat(written["now"]), size)
    note.unlink(missing_ok=True)
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    admin.dispose()
    now = datetime.now(UTC).replace(microsecond=0)
    settle(url, folder, size, now, say)
    note.write_text(json.dumps({"size": asdict(size), "now": now.isoformat()}))
    return Kept(url, folder, now, size)


def settle(url: str, folder: Path, size: Size, now: datetime, say: Say) -> None:
    """Bring an empty PostgreSQL database to the schema, and such a crowd into it; `folder` is for files."""
    _furnish(url, folder, now)
    _fill(url, size, now, say)


def _furnish(url: str, folder: Path, now: datetime) -> None:
    """The schema, the starter workspace with a team of 25, and one colleague of each role."""
    files = loop.workspace()
    sources = [
        f"  - {{slug: {slug}, kind: generic_json, auth: {{header: X-Token, value: '${{BENCH_SECRET}}'}}}}"
        for slug in SOURCES
    ]
    files["sources.yaml"] = "\n".join(["sources:", *sources])
    workspace = folder / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    for name, content in files.items():
        (workspace / name).parent.mkdir(exist_ok=True, parents=True)
        (workspace / name).write_text(content)
    database = open_database(url, connections=2)
    upgrade(database.engine)
    apply(database, workspace, {"BENCH_SECRET": SECRET, "API_KEY": SECRET}, now, secret=KEY)
    people = [
        {"email": f"{role}@acme.example", "name": f"The {role}", "roles": [role]} for role in Role
    ]
    perform(database, lambda session: team.save(session, people, now))
    database.close()


def _fill(url: str, size: Size, now: datetime, say: Say) -> None:
    engine = create_engine(url)
    start_at = now - timedelta(days=30.4 * MONTHS)
    with engine.begin() as connection:
        _prepare(connection)
        reps = _reps(connection)
        connection.exec_driver_sql(functions(size, reps, start_at, now))
        flow = connection.exec_driver_sql("SELECT min(flow) FROM flow_version").scalar_one()
        said = words(
            size,
            now=now.isoformat(),
            flow=flow,
            sources=",".join(SOURCES),
            campaigns=",".join(CAMPAIGNS),
        )
        said["BRIEF"] = BRIEF
        for table, statement in (*ROWS, *SALES):
            _insert(connection, table, statement.format(**said), say)
        say("folding the first touches")
        rebuild(Session(connection))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        say("analysing")
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()


def _prepare(connection: Connection) -> None:
    # Foreign keys are true by the way the rows are made; checking 20 million would take longer.
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name, value in (("work_mem", "512MB"), ("statement_timeout", "0"), ("jit", "off")):
        connection.exec_driver_sql(f"SET LOCAL {name} = '{value}'")


def _reps(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql(
        "SELECT id::text FROM member WHERE roles @> '[\"rep\"]' ORDER BY email"
    ).all()
    if not found:
        raise NotMeasuredError("the workspace has no rep")
    return [row[0] for row in found]


def _insert(connection: Connection, table: str, statement: str, say: Say) -> None:
    began = datetime.now(UTC)
    large = table == "activity" and "routing" not in statement
    restore = list(without_indexes(connection, table)) if large else []
    count = connection.exec_driver_sql(statement).rowcount
    for each in restore:
        connection.exec_driver_sql(each)
    say(f"{table}: {count:,} rows in {(datetime.now(UTC) - began).total_seconds():.0f} s")


def disk_needed(size: Size) -> int:
    """About how many bytes such a crowd takes."""
    return size.prospects * 4_500 + size.activities * 450


def check_disk(size: Size, folder: Path) -> None:
    """Raise NotMeasuredError where the disk is too small for the crowd and its sorting."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    needed = disk_needed(size) * 2
    if free < needed:
        raise NotMeasuredError(
            f"{needed >> 30} GB are needed in {os.fspath(folder)}, {free >> 30} GB are free"
        )
