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
from webhooks import attempts, crm_writing, endpoints, hooks, letters, outbound
from webhooks.call_rows import CallRow, CallState
from webhooks.crm_writing import Dossier, Wrote
from webhooks.endpoints import SHUT, Shut
from webhooks.events import Happening, events_of, key_of, told
from webhooks.letters import Letter
from webhooks.outbound import Answered, Networks, NoAnswer

# The pauses that the Standard Webhooks specification recommends: ten tries, three days in all.
PAUSES = tuple(
    timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
LONGEST_WISH = timedelta(hours=24)
LIFETIME = timedelta(days=5)
"""Whoever waits for a shut endpoint so long is given up: ten tries last four days at most."""
GONE = 410
REFUSED = "the CRM refused it"
FORGOTTEN = "whom it is about was forgotten"


@dataclass(frozen=True, slots=True)
class Call:
    """One call about to be made."""

    key: tuple[UUID, UUID]
    hook: str
    letter: Letter | Dossier


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one attempt, and how many milliseconds it took."""

    result: Answered | NoAnswer
    took_ms: int
    wrote: Wrote | None = None


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
    """Make the calls of what happened, one for each hook or chat and event that it wants."""
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
        }
        for each in happened
        for event in events_of(each)
        for listener, events in told_of
        if event in events
    ]
    keys = ["prospect_id", "activity_id", "hook"]
    rows.sort(key=lambda row: [str(row[name]) for name in keys])
    columns = table_of(CallRow).c
    made = insert_new(session, CallRow, rows, on=keys, returning=[columns.prospect_id, columns.id])
    outbox.post(session, Topic.CALL, [f"{who}/{which}" for who, which in made], now)


def prepare(
    session: Session, ref: str, now: datetime, *, key: str, base_url: str | None = None
) -> Call | Shut | None:
    """What to send; None if nothing is to be told any more. A dead call was replayed.

    `key` opens secrets; `base_url` is where links in a chat begin.
    """
    row = _row(session, ref)
    if row is None or row.state == CallState.DELIVERED:
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


def act(call: Call, moment: float, *, allow: Networks) -> Answered | NoAnswer | Wrote:
    """Tell it; no transaction is open here. `moment` as in `tokens.access_token`."""
    match call.letter:
        case Dossier():
            return crm_writing.write(call.letter, moment, allow=allow)
        case Letter(url=url, headers=headers, body=body):
            return outbound.post(url, headers, body, allow=allow)


def settle(session: Session, call: Call, came: Came, now: datetime) -> Told | Later | GivenUp:
    """Write down what came of it. 410 switches the hook off; everything but 2xx is tried again."""
    row = session.get_one(CallRow, call.key, with_for_update=True)
    result = came.result
    attempts.note(session, call.key, result, now, n=row.attempts, took_ms=came.took_ms)
    if came.wrote is not None and came.wrote.refused:
        return _refused(session, row, came.wrote.refused, now)
    if isinstance(result, Answered) and 200 <= result.status < 300:
        if isinstance(call.letter, Dossier) and came.wrote and came.wrote.learned:
            crm_writing.learn(session, call.letter, came.wrote.learned, now)
        row.state, row.reason, row.settled_at = CallState.DELIVERED, None, now
        endpoints.worked(session, call.hook, now)
        return Told()
    row.reason = f"status {result.status}" if isinstance(result, Answered) else result.reason
    wish = _wish(result, now)
    endpoints.failed(session, call.hook, row.reason, now, wish=wish)
    gone = isinstance(result, Answered) and result.status == GONE
    if gone:
        _switch_off(session, call, now)
    tries = call.letter.tries if isinstance(call.letter, Letter) else None
    if gone or row.attempts >= (tries or len(PAUSES) + 1):
        row.state, row.settled_at = CallState.DEAD, now
        return GivenUp(row.reason)
    return Later(row.reason, _pause(row.attempts, wish))


def _switch_off(session: Session, call: Call, now: datetime) -> None:
    """Whoever is gone is told no more; that an address is gone says nothing of the one that took its place."""
    hook = hooks.all_hooks(session).get(call.hook)
    if hook and isinstance(call.letter, Letter) and call.letter.url == hook.url:
        hooks.switch(session, hook, now, on=False, reason="it answered 410 Gone", by="Warmline")


def _refused(session: Session, row: CallRow, reason: str, now: datetime) -> GivenUp:
    """A CRM will not have it as it is; it is well itself, and others go on."""
    endpoints.worked(session, row.hook, now)
    row.state, row.reason, row.settled_at = CallState.DEAD, reason, now
    return GivenUp(REFUSED)


def _wait_or_die(row: CallRow, shut_until: datetime, now: datetime) -> Shut | None:
    if now - (row.since or row.made_at) > LIFETIME:
        row.state, row.reason, row.settled_at = CallState.DEAD, SHUT, now
        return None
    return endpoints.rest_until(shut_until, now)


def _row(session: Session, ref: str) -> CallRow | None:
    key = parse_ref(ref)
    return session.get(CallRow, key, with_for_update=True) if key else None


def _pause(attempts: int, wish: timedelta | None) -> timedelta:
    usual = PAUSES[attempts - 1]
    # What failed together does not return together.
    usual += usual / 4 * random()  # noqa: S311 - spreads retries
    return max(usual, wish or usual)


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
