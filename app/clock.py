"""The one place that reads the clock: everybody else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """What one database goes by: the world's clock, or, where it holds a demo, one that is moved."""

    def __init__(self) -> None:
        self._moved: Callable[[], datetime] | None = None

    def now(self) -> datetime:
        """The present instant as this database has it, aware, in UTC."""
        return now() if self._moved is None else self._moved()

    def go_by(self, moved: Callable[[], datetime]) -> None:
        """From now on `moved` says what time it is; only a demo calls this (`app/demo_state/watch.py`)."""
        self._moved = moved
