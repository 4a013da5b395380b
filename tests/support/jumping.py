"""`warmline …` as a program whose clock jumps: every few seconds it is right, fast or slow by most of a minute."""

import random
import sys
import time
from datetime import UTC, datetime, timedelta

from app import clock
from app.cli import commands
from app.cli.frame import run

LASTS = 3.0
JUMPS = (0, 0, 40, -40)
"""Seconds; more than a lease lasts."""


def now() -> datetime:
    """The present instant as this process has it."""
    jump = random.Random(time.monotonic() // LASTS).choice(JUMPS)
    return datetime.now(UTC) + timedelta(seconds=jump)


if __name__ == "__main__":
    clock.now = now
    sys.exit(run(commands, sys.argv[1:]))
