"""Counts in this process's memory of what may happen only so often, a storage of `limits` without a thread."""

import threading
import time

from limits.storage import Storage

from app import clock

SWEPT_EVERY = 60.0
"""Seconds after which the windows that are over are let go of."""


class Counts(Storage):
    """How often each key was counted, in a window that begins with the first time.

    Not the library's own storage in memory: that one starts a thread every ten milliseconds while it
    counts, which on a busy form costs more than keeping the post.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counted: dict[str, tuple[float, int]] = {}
        self._swept = time.monotonic()
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What it may raise by itself: nothing."""
        return ()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more; how many there are in this window, which lasts `expiry` seconds."""
        now = time.monotonic()
        with self._lock:
            if now - self._swept >= SWEPT_EVERY:
                lasting = {each: found for each, found in self._counted.items() if found[0] > now}
                self._counted, self._swept = lasting, now
            ends, count = self._counted.get(key, (0.0, 0))
            if ends <= now:
                ends, count = now + expiry, 0
            self._counted[key] = ends, count + amount
            return count + amount

    def get(self, key: str) -> int:
        """How many there are in the window that goes on."""
        ends, count = self._counted.get(key, (0.0, 0))
        return count if ends > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """When the window of this key ends, in Unix seconds; now if none goes on."""
        now = time.monotonic()
        ends, _ = self._counted.get(key, (now, 0))
        return clock.now().timestamp() + max(0.0, ends - now)

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys there were."""
        with self._lock:
            gone, self._counted = len(self._counted), {}
            return gone

    def clear(self, key: str) -> None:
        """Forget this key."""
        with self._lock:
            self._counted.pop(key, None)
