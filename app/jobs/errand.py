"""The shape of work that reaches outside: prepare in one transaction, act without one, settle in another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Done:
    """The promise is kept, or needs keeping no longer."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not now; `after` says when, else the back-off does. `reason` holds no personal data."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Trying again cannot mend it; a person may replay it."""

    reason: str


Settled = Done | PutOff | GiveUp


@dataclass(frozen=True, slots=True)
class Errand:
    """One topic of the outside queue.

    `prepare(session, ref, now, settings)` returns what to do, or None when nothing is left to do;
    `act(call, settings)` does it, with no transaction open, and turns every failure into a value;
    `settle(session, call, result, now, settings)` records the result.
    """

    prepare: Callable[[Session, str, datetime, Settings], Any]
    act: Callable[[Any, Settings], Any]
    settle: Callable[[Session, Any, Any, datetime, Settings], Settled]
