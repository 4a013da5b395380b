"""Runs parts as processes of their own: starts them, starts them again, ends them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from app.up.lifeline import Lifeline

log = structlog.get_logger(__name__)

PART = "WARMLINE_PART"
"""How a part is told its name, by which it says that it lives (app/pulse.py)."""
ONE_THREAD = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or "1"}
"""What the numeric libraries of a training are told, whoever starts it: threads would wait for one another."""
TICK = 0.1
FIRST_DELAY = 0.1
LONGEST_DELAY = 3.0
STEADY = 5.0
"""Seconds of life after which a part's earlier deaths are forgotten."""
GRACE = 3.0
"""Seconds the parts get to finish once we are told to stop; two are left for ending who did not, however busy."""


@dataclass(slots=True)
class Part:
    """One process: a command of ours, or with `command` any program, kept by a keeper."""

    name: str
    arguments: Sequence[str] = ()
    command: Sequence[str] = ()
    last: bool = False
    """Ended only after the others, which still use it."""
    environment: dict[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    after: threading.Event | None = None
    """Started only once this is set."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    delay: float = FIRST_DELAY

    def line(self) -> list[str]:
        if self.command:
            return [sys.executable, "-m", "app.up.keeper", *self.command]
        return [sys.executable, "-m", "app.cli", *self.arguments]


class Supervisor:
    """Keeps parts running until told to stop, and then ends them within five seconds."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._lifeline = Lifeline()
        self._stopping = False

    def run(self) -> int:
        """Run all parts until SIGTERM or Ctrl-C; returns the exit code: 0."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        try:
            while not self._stopping:
                self._look_after_all()
                time.sleep(TICK)
        finally:
            self.close()
        return 0

    def start(self, part: Part, stdout: int | None = None) -> None:
        """Start one part now; before `run`, when it may use the time."""
        part.process = subprocess.Popen(
            part.line(),
            env={
                **os.environ,
                **ONE_THREAD,
                **part.environment,
                PART: part.name,
                **self._lifeline.environment,
            },
            pass_fds=(*self._lifeline.pass_fds, *part.pass_fds),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            # A group of its own: Ctrl-C reaches only us, and we end the parts in order.
            start_new_session=True,
        )
        part.started = time.monotonic()
        log.debug("started", part=part.name, pid=part.process.pid)

    def run_once(self, part: Part) -> tuple[int, str]:
        """Run a part to its end, before `run`; returns its exit code and what it printed."""
        self.start(part, stdout=subprocess.PIPE)
        assert part.process is not None
        printed, _ = part.process.communicate()
        return part.process.returncode, printed.decode()

    def close(self) -> None:
        """End whatever has been started."""
        running = [part for part in self._parts if part.process is not None]
        deadline = time.monotonic() + GRACE
        _end([part for part in running if not part.last], deadline)
        _end([part for part in running if part.last], deadline + 0.5)
        self._lifeline.close()

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after_all(self) -> None:
        for part in self._parts:
            self._look_after(part)

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is None:
            if now >= part.start_at and (part.after is None or part.after.is_set()):
                self.start(part)
            return
        code = part.process.poll()
        if code is None:
            return
        lived = now - part.started
        part.delay = FIRST_DELAY if lived > STEADY else min(part.delay * 2, LONGEST_DELAY)
        part.start_at = now + part.delay
        part.process = None
        log.warning(
            "a part ended and is started again",
            part=part.name,
            ended_by=_cause(code),
            lived_seconds=round(lived, 1),
            again_in_seconds=part.delay,
        )


def _end(parts: Sequence[Part], deadline: float) -> None:
    started = [(part, part.process) for part in parts if part.process is not None]
    for _, process in started:
        process.terminate()
    for part, process in started:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("a part did not stop in time and was killed", part=part.name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
