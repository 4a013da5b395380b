"""How fast everything is backed up and restored, and in how much memory: the commands themselves, over a crowd."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, make_url, text

from bench.crowd import Size
from bench.kept import KEY, Say, check_disk, crowd
from bench.stage import ROOT, NotMeasuredError

OTHER = "warmline_restored"
MEGABYTE = 1 << 20
LOOK = 0.02
"""Seconds between two looks at a process: what the system keeps of its peak is that of who started it."""


@dataclass(frozen=True, slots=True)
class Took:
    """One command from its start to its end; `peak_mb` is the most memory its process had."""

    what: str
    rows: int
    seconds: float
    peak_mb: float

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup of a crowd, and its restores; the file's size in megabytes."""

    size: Size
    file_mb: float
    took: tuple[Took, ...]


def run(*, size: Size, keep: Path | None, say: Say) -> Kept:
    """Back the crowd up from PostgreSQL, restore it into PostgreSQL and SQLite. Raises NotMeasuredError."""
    if not (keep and (keep / "crowd.json").exists()):
        check_disk(size, keep or Path("/tmp"))
    with crowd(size, keep, say) as kept, _folder() as folder, _another(kept.url) as other:
        file = folder / "all.tar.gz"
        told, backup = _timed("backup from PostgreSQL", "backup", file, folder / "here", kept.url)
        rows = sum(each["rows"] for each in told["sums"].values())
        restores = [
            _timed(f"restore into {name}", "restore", file, folder / name, url)
            for name, url in (("PostgreSQL", other), ("SQLite", None))
        ]
        if any(told["rows"] != rows for told, _took in restores):
            raise NotMeasuredError(f"{rows} rows were backed up, and not all came back")
        took = tuple(
            Took(each.what, rows, each.seconds, each.peak_mb)
            for each in (backup, *(took for _told, took in restores))
        )
        return Kept(size, file.stat().st_size / MEGABYTE, took)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="warmline-keeping-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _another(url: str) -> Iterator[str]:
    """An empty database on the same server."""
    admin = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    drop = f"DROP DATABASE IF EXISTS {OTHER} WITH (FORCE)"
    with admin.connect() as connection:
        connection.execute(text(drop))
        connection.execute(text(f"CREATE DATABASE {OTHER}"))
    yield make_url(url).set(database=OTHER).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(drop))
    admin.dispose()


def _timed(
    what: str, command: str, file: Path, data: Path, url: str | None
) -> tuple[dict[str, Any], Took]:
    """What the command said, and what it took; its rows are not known here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARMLINE_")}
    environment = {**kept, "WARMLINE_SECRET_KEY": KEY, "PYTHONPATH": str(ROOT)}
    environment.pop("DATABASE_URL", None)
    if url is not None:
        environment["DATABASE_URL"] = url.replace("postgresql+psycopg://", "postgresql://", 1)
    line = [sys.executable, "-m", "app.cli", command, str(file), "--data", str(data), "--json"]
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as trouble:
        started = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=out, stderr=trouble)
        peak = _watched(started)
        seconds = time.monotonic() - began
        out.seek(0), trouble.seek(0)
        if started.returncode:
            raise NotMeasuredError(f"{what}: {trouble.read().decode(errors='replace')[-2000:]}")
        return json.loads(out.read()), Took(what, 0, seconds, peak / MEGABYTE)


def _watched(started: subprocess.Popen[bytes]) -> int:
    """The most memory the process was seen with, in bytes, once it has ended."""
    process, peak = psutil.Process(started.pid), 0
    while started.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            peak = max(peak, process.memory_info().rss)
        time.sleep(LOOK)
    return peak
