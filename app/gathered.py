"""What is noticed beside requests: gathered in memory and written down now and then, never in their way."""

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform

log = structlog.get_logger(__name__)

K = TypeVar("K")
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """One process's memory of what is yet to be written. Lost when it ends, or the database is away."""

    def __init__(
        self,
        database: Database,
        write: Callable[[Session, Mapping[K, V]], None],
        *,
        seconds: float,
        what: str,
    ) -> None:
        """`write` is given what came within `seconds`; `what` says in the log what was lost."""
        self._database = database
        self._write = write
        self._seconds = seconds
        self._what = what
        self._lock = threading.Lock()
        self._new: dict[K, V] = {}

    def note(self, key: K, change: Callable[[V | None], V]) -> None:
        """Something happened to `key`; `change` makes the new value of the one gathered so far."""
        with self._lock:
            first = not self._new
            self._new[key] = change(self._new.get(key))
        if first:
            timer = threading.Timer(self._seconds, self.flush)
            timer.daemon = True
            timer.start()

    def flush(self) -> Mapping[K, V]:
        """Write down what was gathered; returns it."""
        with self._lock:
            new, self._new = self._new, {}
        if new and not self._database.closed.is_set():
            try:
                perform(self._database, lambda session: self._write(session, new))
            except SQLAlchemyError as error:
                log.warning("lost", what=self._what, error=type(error).__name__)
        return new
