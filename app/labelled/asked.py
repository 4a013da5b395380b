"""What a training from a file is asked to do, and the ways in which that cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


class WrongAskError(ValueError):
    """The command does not fit the file; the message says what would. Exit code 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsAsked:
    """A log of events beside the table; the columns that are not named are guessed by their headings."""

    path: Path
    id: str | None = None
    time: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The table, its columns of meaning, and what is done about the others.

    `after` and `at` say as of when each row is seen: so long after its time, or at another column's
    instant. `outcome_at` is when its outcome was known. `allow` maps protected columns to the reason
    why they may be used all the same.
    """

    path: Path
    label: str
    positive: str | None = None
    undecided: tuple[str, ...] = ()
    time: str | None = None
    id: str | None = None
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    allow: Mapping[str, str] = field(default_factory=dict)
    at: str | None = None
    after: timedelta | None = None
    outcome_at: str | None = None
    events: EventsAsked | None = None
    encoding: str | None = None

    def named(self) -> tuple[str, ...]:
        """Every column that was named."""
        single = (self.label, self.time, self.id, self.at, self.outcome_at)
        return (*(each for each in single if each), *self.drop, *self.keep, *self.allow)
