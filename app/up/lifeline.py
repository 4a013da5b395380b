"""The lifeline: a pipe that all processes of one `up` inherit, and whose closing ends them all.

Only the supervisor holds the writing end. However it ends, kill -9 included, the kernel closes
that end, every reader wakes, and nothing is left running on the data folder.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

VARIABLE = "WARMLINE_LIFELINE"
PR_SET_PDEATHSIG = 1


class Lifeline:
    """The holder's end; children are started with `pass_fds` and `environment`."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_inheritable(self._reading, True)

    @property
    def pass_fds(self) -> tuple[int, ...]:
        return (self._reading,)

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self._reading)}

    def close(self) -> None:
        """Let go: every process that holds on ends."""
        os.close(self._writing)
        os.close(self._reading)


def hold_on(last_act: Callable[[], None] | None = None) -> None:
    """End this process at once, after `last_act`, when the lifeline it inherited closes.

    Without one (a part started by hand) nothing is watched. Threads do not survive a fork:
    a forked child calls this again.
    """
    inherited = os.environ.get(VARIABLE)
    if inherited is None:
        return
    threading.Thread(
        target=_watch, args=(int(inherited), last_act), name="lifeline", daemon=True
    ).start()


def _watch(lifeline: int, last_act: Callable[[], None] | None) -> None:
    os.read(lifeline, 1)  # nobody ever writes: this returns when the other end is closed
    if last_act is not None:
        last_act()
    if os.getpgrp() == os.getpid():
        # Whatever this process has started goes with it.
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def die_with_parent() -> None:
    """On Linux: be killed when the parent ends. A second rope, where there is one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
