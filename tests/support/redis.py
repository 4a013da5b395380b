"""A real Valkey for tests, gone when the test process is."""

import os
import subprocess
import sys
from pathlib import Path

from app.up import valkey
from app.up.lifeline import Lifeline

ROOT = Path(__file__).parents[2]


class RunningValkey:
    """One server that can be stopped and started again on the same address."""

    def __init__(self, folder: Path) -> None:
        found = valkey.embedded(folder)
        if found is None:
            raise RuntimeError("no Valkey: ./warmline test installs one")
        self.url = found.url
        self._command = found.command
        self._lifeline = Lifeline()
        self._keeper: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._keeper is not None:
            return
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "app.up.keeper", *self._command],
            cwd=ROOT,
            env={**os.environ, **self._lifeline.environment},
            pass_fds=self._lifeline.pass_fds,
            stdout=subprocess.DEVNULL,
        )
        if not valkey.wait_for(self.url, seconds=10):
            raise RuntimeError("Valkey did not start")

    def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.terminate()
            self._keeper.wait(10)
            self._keeper = None

    def close(self) -> None:
        self.stop()
        self._lifeline.close()
