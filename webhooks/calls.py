"""Tells programs outside what happened: a row for each event and hook, tried over days, signed anew each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import random
from uuid import UUID

from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import new_id, parse_ref
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from webhooks import attempts, endpoints, hooks, letters, outbound
from webhooks.call_rows import CallRow, CallState
from webhooks.endpoints import SHUT, Shut
from webhooks.events import Happening, events_of, key_of, told
from webhooks.letters import CRM, Letter
from webhooks.outbound import Answered, Networks, NoAnswer

# The pauses that the Standard Webhooks specification recommends: ten tries, three days in all.
PAUSES = tuple(
    timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
TRIES = len(PAUSES) + 1
LONGEST_WISH = timedelta(hours=24)
LIFETIME = timedelta(days=5)
"""Whoever waits for a shut endpoint so long is given up: ten tries last four days at most."""
GONE = 410
FORGOTTEN = "whom it is about was forgotten"


@dataclass(frozen=True, slots=True)
class Call:
    """One call about to be made."""

    key: tuple[UUID, UUID]
    hook: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one attempt, and how many milliseconds it took."""

    result: Answered | NoAnswer
    took_ms: int


@dataclass(frozen=True, slots=True)
class Told:
    """It was told, or need not be."""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again `after` so long."""

    reason: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Trying on is of no use, until somebody replays it."""

    reason: str


def announce(
    session: Session, happened: Sequence[Happening], now: datetime, *, secret: str
) -> None:
    """Make the calls of what happened, one for each hook, chat or CRM and event that it wants."""
    told_of = letters.listeners(session, secret=secret)
    rows = [
        {
            "prospect_id": each.prospect_id,
            "id": new_id(now),
            "activity_id": key_of(each, event),
            "hook": listener,
            "event": event,
            "body": told(event, each),
            "state": CallState.WAITING,
            "attempts": 0,
            "made_at": now,
            "since": now,
            "due_at": now if listener.startswith(CRM) else None,
        }
        for each in happened
        for event in events_of(each)
        for listener, events in told_of
        if event in events
    ]
    keys = ["prospect_id", "activity_id", "hook"]
    rows.sort(key=lambda row: [str(row[name]) for name in keys])
    columns = table_of(CallRow).c
    returning = [columns.prospect_id, columns.id, columns.hook]
    made = insert_new(session, CallRow, rows, on=keys, returning=returning)
    promise(session, [(hook, (who, which)) for who, which, hook in made], now)


def promise(
    session: Session, calls: Sequence[tuple[str, tuple[UUID, UUID]]], now: datetime
) -> None:
    """Promise that these calls, each with whom it tells, are made: one by one, and those of a CRM in batches."""
    crms = sorted({hook.removeprefix(CRM) for hook, _ in calls if hook.startswith(CRM)})
    outbox.post(session, Topic.TELL_CRM, crms, now)
    singly = [f"{who}/{which}" for hook, (who, which) in calls if not hook.startswith(CRM)]
    outbox.post(session, Topic.CALL, singly, now)


def prepare(
    session: Session, ref: str, now: datetime, *, key: str, base_url: str | None = None
) -> Call | Shut | None:
    """What to send; None if nothing is to be told any more. A dead call was replayed.

    `key` opens secrets; `base_url` is where links in a chat begin.
    """
    row = _row(session, ref)
    if row is None or row.state == CallState.DELIVERED:
        return None
    if row.hook.startswith(CRM):
        # It was promised before CRMs were told in batches, or replayed by its message.
        row.state, row.due_at = CallState.WAITING, row.due_at or now
        promise(session, [(row.hook, (row.prospect_id, row.id))], now)
        return None
    letter = (
        letters.letter(session, row, now, secret=key, base_url=base_url) if row.body else FORGOTTEN
    )
    if isinstance(letter, str):
        row.state, row.reason, row.settled_at = CallState.DEAD, letter, now
        return None
    shut_until = endpoints.shut_until(session, row.hook, now)
    if shut_until is not None:
        return _wait_or_die(row, shut_until, now)
    row.state, row.attempts = CallState.WAITING, row.attempts + 1
    return Call((row.prospect_id, row.id), row.hook, letter)


def act(call: Call, *, allow: Networks) -> Answered | NoAnswer:
    """Tell it; no transaction is open here."""
    letter = call.letter
    return outbound.post(letter.url, letter.headers, letter.body, allow=allow)


def settle(session: Session, call: Call, came: Came, now: datetime) -> Told | Later | GivenUp:
    """Write down what came of it. 410 switches the hook off; everything but 2xx is tried again."""
    row = session.get_one(CallRow, call.key, with_for_update=True)
    result = came.result
    attempts.note(session, call.key, result, now, n=row.attempts, took_ms=came.took_ms)
    if isinstance(result, Answered) and 200 <= result.status < 300:
        row.state, row.reason, row.settled_at = CallState.DELIVERED, None, now
        endpoints.worked(session, call.hook, now)
        return Told()
    row.reason = f"status {result.status}" if isinstance(result, Answered) else result.reason
    wish = _wish(result, now)
    endpoints.failed(session, call.hook, row.reason, now, wish=wish)
    gone = isinstance(result, Answered) and result.status == GONE
    if gone:
        _switch_off(session, call, now)
    if gone or row.attempts >= (call.letter.tries or TRIES):
        row.state, row.settled_at = CallState.DEAD, now
        return GivenUp(row.reason)
    return Later(row.reason, pause(row.attempts, wish))


def pause(attempts: int, wish: timedelta | None) -> timedelta:
    """How long after so many attempts the next is made; `wish` is what was asked for."""
    usual = PAUSES[attempts - 1]
    # What failed together does not return together.
    usual += usual / 4 * random()  # noqa: S311 - spreads retries
    return max(usual, wish or usual)


def _switch_off(session: Session, call: Call, now: datetime) -> None:
    """Whoever is gone is told no more; that an address is gone says nothing of the one that took its place."""
    hook = hooks.all_hooks(session).get(call.hook)
    if hook and call.letter.url == hook.url:
        hooks.switch(session, hook, now, on=False, reason="it answered 410 Gone", by="Warmline")


def _wait_or_die(row: CallRow, shut_until: datetime, now: datetime) -> Shut | None:
    if now - (row.since or row.made_at) > LIFETIME:
        row.state, row.reason, row.settled_at = CallState.DEAD, SHUT, now
        return None
    return endpoints.rest_until(shut_until, now)


def _row(session: Session, ref: str) -> CallRow | None:
    key = parse_ref(ref)
    return session.get(CallRow, key, with_for_update=True) if key else None


def _wish(result: Answered | NoAnswer, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for, in seconds or as a date (RFC 9110), at most a day."""
    written = result.headers.get("retry-after", "") if isinstance(result, Answered) else ""
    if written.isascii() and written.isdigit():
        return min(timedelta(seconds=int(written[:6])), LONGEST_WISH)
    try:
        at = parsedate_to_datetime(written)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(min(at - now, LONGEST_WISH), timedelta(0)) or None
    except (ValueError, TypeError, OverflowError):
        return None
