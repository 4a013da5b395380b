"""`warmline test`: everything that must hold, with one line a check and pytest's own line last."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import click

ROOT = Path(__file__).resolve().parents[2]
PYTEST = [sys.executable, "-m", "pytest"]
EARLIER = "WARMLINE_TEST_EARLIER"
"""How the checks before the last went, for its summary."""
SHARED = "WARMLINE_TEST_SHARED"
"""A folder for what is made once and serves both runs of pytest: the filled demo."""


@click.command("test", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--data", type=click.Path(), expose_value=False, help="Not used: tests make their own."
)
def command(arguments: tuple[str, ...]) -> None:
    """Check format, lint, types, imports and all tests; with ARGUMENTS only pytest with those.

    --soak alone checks everything, the long forms too.
    """
    if arguments and arguments != ("--soak",):
        sys.exit(subprocess.call([*PYTEST, *arguments], cwd=ROOT))
    with TemporaryDirectory(prefix="warmline-test-") as shared:
        os.environ[SHARED] = shared
        # The types are checked on one core for a while, which the browser leaves free at its start.
        with ThreadPoolExecutor(1) as beside:
            static = beside.submit(_static_checks)
            browser = _browser_tests(arguments)
            earlier = [*static.result(), browser]
        last = subprocess.call(
            [*PYTEST, *_on_all_cores(), "-m", "not browser", *arguments],
            cwd=ROOT,
            env={**os.environ, EARLIER: " · ".join(earlier)},
        )
    sys.exit(1 if last or any("FAILED" in line for line in earlier) else 0)


def _static_checks() -> list[str]:
    here = Path(sys.executable).parent
    checks: dict[str, Sequence[str | Path]] = {
        "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
        "lint": [sys.executable, "-m", "ruff", "check", "."],
        "types": [sys.executable, "-m", "mypy"],
        "imports": [here / "lint-imports"],
    }
    with ThreadPoolExecutor(_cores()) as pool:
        return list(pool.map(_check, checks.keys(), checks.values()))


def _check(name: str, line: Sequence[str | Path]) -> str:
    started = time.monotonic()
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return _verdict(name, done.returncode, started)


def _browser_tests(arguments: Sequence[str]) -> str:
    """Browser tests, in processes of their own: their event loop does not go with other tests'."""
    started = time.monotonic()
    if not _find_or_install_browser():
        if os.environ.get("CI") != "true":
            print("!!! NO BROWSER ON THIS MACHINE: THE BROWSER TESTS ARE SKIPPED !!!", flush=True)
            return "browser skipped"
        print("no browser on this machine, and CI must have one", flush=True)
        return _verdict("browser", 1, started)
    line = [*PYTEST, *_on_all_cores(), "-m", "browser", *arguments]
    code = subprocess.call(line, cwd=ROOT)
    return _verdict("browser", code, started)


def _find_or_install_browser() -> bool:
    from tests.support import chromium

    if chromium.find() is None and os.getuid() == 0 and shutil.which("apt-get"):
        print("installing Debian's chromium for the browser tests", flush=True)
        subprocess.call(["apt-get", "update", "-qq"])
        install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"]
        subprocess.call(install)
    return chromium.find() is not None


def _verdict(name: str, code: int, started: float) -> str:
    line = f"{name} {'FAILED' if code else 'ok'}"
    print(f"{line} ({time.monotonic() - started:.1f} s)", flush=True)
    return line


def _on_all_cores() -> list[str]:
    # One more than there are: a fifth of the time of tests that start everything is waiting.
    return ["-n", str(_cores() + 1)] if _cores() > 1 else []


def _cores() -> int:
    # Not os.cpu_count(): a container may use fewer than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
