"""A whole Warmline, started as an operator starts it, and spoken to over HTTP alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import psutil
import requests

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
ADMIN = "an-administrators-token-for-tests"


def until(look: Callable[[], T | None], seconds: float = 30, *, what: str = "it") -> T:
    """Look until there is something to see; say what was missing when there is not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come about within {seconds:g} s")


class Running:
    """`warmline up` on a folder, with what it prints kept in `up.log`."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("WARMLINE_")},
            "WARMLINE_API_TOKEN": ADMIN,
            "WARMLINE_EGRESS_ALLOW": "127.0.0.0/8",
            "WARMLINE_DATA": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str, within: float = 60) -> None:
        """Start everything and wait (seconds) until it says it is able to work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("up", "--port", str(self.port), *options),
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        until(self.ready, within, what=f"/readyz ({self.folder / 'up.log'})")

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def run(self, *arguments: str, **environment: str) -> str:
        """One `warmline` command on the same data; returns what it printed."""
        done = subprocess.run(
            self._command(*arguments),
            env={**self.environment, **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def call(
        self, method: str, path: str, *, token: str = ADMIN, expect: int = 200, **options: Any
    ) -> Any:
        """One API call; its JSON, or None where there is no body."""
        answer = self.http.request(
            method,
            f"{self.url}/api/v1{path}",
            headers={"Authorization": f"Bearer {token}", **options.pop("headers", {})},
            timeout=30,
            **options,
        )
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def post(self, slug: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """What a platform does: post bytes to a source's address."""
        return self.http.post(
            f"{self.url}/webhooks/{slug}", data=body, headers=dict(headers), timeout=30
        )

    def processes(self) -> list[psutil.Process]:
        """The supervisor's descendants."""
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def stop(self) -> None:
        """Ctrl-C, and the time it took is not ours to judge here."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process = None
        self.http.close()

    @staticmethod
    def _command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "app.cli", *arguments]
