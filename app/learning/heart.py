"""Shows that a training goes on: a thread that moves its lease on and tells how far it is, until the block ends."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.door import perform
from scoring.learning import trainings
from scoring.learning.trainings import Hold, LeaseLostError

PERIOD = 5.0


class Heart:
    """Beats every few seconds, and once more for each step; a step raises LeaseLostError once it is lost."""

    def __init__(
        self, database: Database, hold: Hold, told: Callable[[str, int, int], None]
    ) -> None:
        self._database, self._hold, self._told = database, hold, told
        self._at: tuple[str, int, int] = ("", 0, 0)
        self._over = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def __enter__(self) -> "Heart":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def step(self, name: str, done: int, total: int) -> None:
        """Now it is at this."""
        if self._lost.is_set():
            raise LeaseLostError
        self._at = (name, done, total)
        self._told(name, done, total)

    def _run(self) -> None:
        while not self._over.is_set():
            # The database may be away for a while; what is done meanwhile is not lost by it.
            with suppress(SQLAlchemyError):
                self._beat()
            self._over.wait(PERIOD)

    def _beat(self) -> None:
        step, done, total = self._at
        now = self._database.clock.now()
        beat = partial(trainings.beat, hold=self._hold, now=now, step=step, done=done, total=total)
        try:
            perform(self._database, beat)
        except LeaseLostError:
            self._lost.set()
            self._over.set()
