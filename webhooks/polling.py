"""How a platform is asked for what it may never have delivered: tasks, one call each, page by page. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from webhooks.adapter import Call, Reply, Trouble
from webhooks.sources import Source

Task = tuple[str, ...]
"""One list to read at the platform: what it is, and what names it there."""

HEADER = "warmline-asked"
"""Stands on a kept delivery that we asked for; no sender can put it there."""
OVERLAP = timedelta(hours=1)
"""Each pass begins so much before the one before it: clocks differ, and lists fill up late."""
GRACE = timedelta(seconds=30)
"""What is younger is left to its own delivery, which may be on its way."""
FIRST_LOOK = timedelta(days=7)
"""How far back the first pass looks; what is older is history, and comes in by a file."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a pass stands: what is still to be read, from where on, and the time it is about."""

    todo: tuple[Task, ...]
    since: datetime
    until: datetime
    after: str | None = None

    def moved(self, page: "Page") -> "Cursor | None":
        """Where it stands after this page; None at the end."""
        todo = (*(self.todo if page.after is not None else self.todo[1:]), *page.tasks)
        return replace(self, todo=todo, after=page.after) if todo else None

    def written(self) -> dict[str, Any]:
        """As a plain document."""
        times = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {"todo": [list(each) for each in self.todo], "after": self.after, **times}


def read_cursor(written: Mapping[str, Any]) -> Cursor:
    """What `Cursor.written` wrote."""
    times = [datetime.fromisoformat(written[name]).astimezone(UTC) for name in ("since", "until")]
    todo = tuple(tuple(each) for each in written["todo"])
    return Cursor(todo, times[0], times[1], written["after"])


@dataclass(frozen=True, slots=True)
class Found:
    """One thing the platform has, as its own notification would say it, and since when."""

    at: datetime | None
    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """What one call brought. `after` is where the same task goes on; None: it is done.

    `passed_over` says why this task brought nothing, where the others may.
    """

    found: tuple[Found, ...] = ()
    tasks: tuple[Task, ...] = ()
    after: str | None = None
    passed_over: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How one kind of platform is asked.

    `begin` names the tasks of a pass; `ask` is the call for the first task of a cursor; `read` is
    what its answer brings, or what is wrong. Raises UnreadableError for what is no answer at all.
    """

    begin: Callable[[Source], Sequence[Task]]
    ask: Callable[[Cursor, Source], Call]
    read: Callable[[Cursor, Reply, Source], Page | Trouble]


def lacks(source: Source) -> str | None:
    """What a source needs before it can be asked; None if nothing is missing."""
    missing = [f"`{name}`" for name in ("access_token", "pages") if not getattr(source, name)]
    return " and ".join(missing) or None
