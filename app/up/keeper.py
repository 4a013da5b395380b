"""Keeps one program that knows nothing of lifelines: `python -m app.up.keeper PROGRAM ARGS...`."""

import signal
import subprocess
import sys
from types import FrameType

from app.up import lifeline


def keep(command: list[str]) -> int:
    """Run `command` until it ends, we are told to stop, or the lifeline closes."""
    # The program must not outlive the keeper even if somebody kills just the keeper.
    program = subprocess.Popen(command, preexec_fn=lifeline.die_with_parent)
    lifeline.hold_on(last_act=program.kill)

    def stop(_number: int, _frame: FrameType | None) -> None:
        program.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return program.wait()


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
