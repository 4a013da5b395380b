"""A whole `up` in a test: real processes on loopback, from an empty folder, gone with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Wait until `true()`; fails with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class RunningUp:
    """One `up`: `address`, what it `said`, its processes; use it as a context."""

    def __init__(
        self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "said.log"
        line = [sys.executable, "-m", "app.cli", "up", "--port", "0", "--data", str(folder)]
        own = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        with self._log.open("wb") as log:
            self.process = psutil.Popen(
                [*line, *arguments],
                cwd=ROOT,
                env={**own, "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._known: list[psutil.Process] = []

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def address(self) -> str:
        """Where it serves, once it has said so."""
        wait_until(self._has_started, seconds=START_SECONDS, what=f"a start\n{self.said}")
        line = next(line for line in self.said.splitlines() if "is up at" in line)
        return line.split("is up at ")[1].split()[0]

    def family(self) -> list[psutil.Process]:
        """All its processes at any depth, itself not."""
        return self.process.children(recursive=True)

    def parts(self, *words: str) -> list[psutil.Process]:
        """Its processes whose command line has all these words."""
        return [one for one in self.family() if set(words) <= set(_line(one))]

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.address}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return int(self.process.wait(20))

    def __enter__(self) -> "RunningUp":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            self.process.kill()
        self.process.wait(10)

    def _has_started(self) -> bool:
        assert self.process.poll() is None, f"up ended:\n{self.said}"
        return "is up at" in self.said


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
