"""The circuit breaker of each endpoint: after failures in a row it is left alone, then tried by one call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.store import insert_new, upsert
from webhooks.call_rows import EndpointRow

FAILURES_ALLOWED = 5
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
PROBE = timedelta(seconds=30)
"""How long one call may try an endpoint again before another does: longer than any lease."""
TOLD_EVERY = timedelta(minutes=1)
"""A success is written down at most so often, unless something was wrong before."""


SHUT = "its endpoint is left alone after failing"


@dataclass(frozen=True, slots=True)
class Shut:
    """Not now: the endpoint is left alone for `rest`."""

    rest: timedelta


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How an endpoint is doing. `reason` is why it failed last; it holds no personal data."""

    failures: int = 0
    failing_since: datetime | None = None
    shut_until: datetime | None = None
    told_at: datetime | None = None
    reason: str | None = None

    def is_shut(self, now: datetime) -> bool:
        """Whether nothing is sent there now."""
        return self.shut_until is not None and now < self.shut_until


def of_all(session: Session) -> Mapping[str, Endpoint]:
    """Every endpoint that was ever called, by hook."""
    rows = session.execute(select(EndpointRow)).scalars()
    return {row.hook: _endpoint(row) for row in rows}


def shut_until(session: Session, hook: str, now: datetime) -> datetime | None:
    """Until when nothing is sent there; None if this call may go.

    The first call after a rest goes alone: all others wait until it has been answered.
    """
    row = _row(session, hook)
    if row is None or row.shut_until is None:
        return None
    if now < row.shut_until:
        return row.shut_until
    row.shut_until = now + PROBE
    return None


def hold(session: Session, hook: str) -> datetime | None:
    """Hold this endpoint's row to the end of the transaction; until when a batch is under way there."""
    insert_new(session, EndpointRow, [{"hook": hook, "failures": 0}], on=["hook"])
    row = _row(session, hook)
    return row.busy_until if row else None


def take(session: Session, hook: str, until: datetime | None) -> None:
    """A batch is under way there until then, or no more."""
    row = _row(session, hook)
    if row is not None:
        row.busy_until = until


def rest_until(shut_until: datetime, now: datetime) -> Shut:
    """How long one waits who finds it shut: not all as long, for the first is to find out for the others."""
    rest = shut_until - now
    return Shut(rest + max(rest, PROBE) * random())  # noqa: S311 - spreads retries


def changed(session: Session, hook: str, at: datetime, now: datetime) -> None:
    """Where it is, or by what it is reached, was written anew at this time: if that was since it failed,
    one call may find out at once.
    """
    row = _row(session, hook)
    if row is None or row.shut_until is None or not row.failures:
        return
    failed_at = row.shut_until - _rest(row.failures)
    if at > failed_at:
        row.shut_until = min(row.shut_until, now)


def worked(session: Session, hook: str, now: datetime) -> None:
    """It answered as it should: whatever was wrong is over."""
    found = session.get(EndpointRow, hook, populate_existing=True)
    quiet = found is not None and not found.failures and found.shut_until is None
    if found is not None and quiet and found.told_at and now - found.told_at < TOLD_EVERY:
        return
    well = {"failures": 0, "failing_since": None, "shut_until": None, "told_at": now}
    upsert(session, EndpointRow, [{"hook": hook, **well, "reason": None}], on=["hook"])


def failed(
    session: Session, hook: str, reason: str, now: datetime, *, wish: timedelta | None
) -> None:
    """It failed once more; `wish` is how long it asked to be left alone."""
    insert_new(session, EndpointRow, [{"hook": hook, "failures": 0}], on=["hook"])
    row = _row(session, hook)
    assert row is not None
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.reason = reason
    rest = _rest(row.failures)
    asked = min(wish, LONGEST_REST) if wish else timedelta(0)
    longest = max(rest, asked)
    row.shut_until = now + longest if longest else None


def try_now(session: Session, hook: str, now: datetime) -> None:
    """Somebody says that it works again: one call may find out at once."""
    row = _row(session, hook)
    if row is not None and row.shut_until is not None:
        row.shut_until = min(row.shut_until, now)


def forget(session: Session, hook: str) -> None:
    """Begin anew: it was switched on by a person, or taken away."""
    row = _row(session, hook)
    if row is not None:
        session.delete(row)
        session.flush()


def _row(session: Session, hook: str) -> EndpointRow | None:
    return session.get(EndpointRow, hook, with_for_update=True, populate_existing=True)


def _rest(failures: int) -> timedelta:
    beyond = failures - FAILURES_ALLOWED
    if beyond < 0:
        return timedelta(0)
    rest: timedelta = FIRST_REST * 2 ** min(beyond, 10)
    return min(rest, LONGEST_REST)


def _endpoint(row: EndpointRow) -> Endpoint:
    return Endpoint(row.failures, row.failing_since, row.shut_until, row.told_at, row.reason)
