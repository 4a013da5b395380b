"""Tells programs outside what happened: a row for each event and hook, tried over days, signed anew each time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import new_id, parse_id
from prospects.message import MessageRow, State
from prospects.rows import ActivityRow
from prospects.sealing import SealBrokenError
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from webhooks import hooks, outbound
from webhooks.call_rows import CallRow, CallState
from webhooks.hooks import EVENT_OF
from webhooks.outbound import Answered, Networks, NoAnswer
from webhooks.signatures import standard_webhooks_headers

# The pauses that the Standard Webhooks specification recommends: three days in all.
PAUSES = tuple(
    timedelta(seconds=each) for each in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
LONGEST_WISH = timedelta(hours=24)
GONE = 410
SWITCHED_OFF = "the hook is switched off"


@dataclass(frozen=True, slots=True)
class Call:
    """One call about to be made."""

    key: tuple[object, object]
    hook: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes


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


def announce(session: Session, refs: Sequence[str], now: datetime) -> None:
    """Make the calls of these activities (`prospect id/activity id`), one for each hook that wants it."""
    wanted = {hook.slug: hook for hook in hooks.all_hooks(session).values() if hook.active}
    keys = [tuple(map(parse_id, ref.split("/"))) for ref in refs]
    if not wanted:
        return
    activity = table_of(ActivityRow)
    happened = session.execute(
        select(activity).where(tuple_(activity.c.prospect_id, activity.c.id).in_(keys))
    )
    rows = [
        {
            "prospect_id": each.prospect_id,
            "id": new_id(now),
            "activity_id": each.id,
            "hook": hook.slug,
            "event": event,
            "body": hooks.told(event, each.prospect_id, _stamp(each.happened_at), each.body),
            "state": CallState.WAITING,
            "attempts": 0,
            "made_at": now,
        }
        for each in happened
        if (event := EVENT_OF.get(each.kind))
        for hook in wanted.values()
        if event in hook.events
    ]
    rows.sort(key=lambda row: (row["prospect_id"], row["activity_id"], row["hook"]))
    columns = table_of(CallRow).c
    made = insert_new(
        session,
        CallRow,
        rows,
        on=["prospect_id", "activity_id", "hook"],
        returning=[columns.prospect_id, columns.id],
    )
    outbox.post(session, Topic.CALL, [f"{who}/{which}" for who, which in made], now)


def prepare(session: Session, ref: str, now: datetime, *, key: str) -> Call | None:
    """What to send; None if nothing is to be told any more. A dead call was replayed."""
    row = _row(session, ref)
    if row is None or row.state == CallState.DELIVERED or not row.body:
        return None
    hook = hooks.all_hooks(session).get(row.hook)
    if hook is None or not hook.active:
        row.state, row.reason, row.settled_at = CallState.DEAD, SWITCHED_OFF, now
        return None
    try:
        secret = hooks.secret_of(hook, key)
    except SealBrokenError:
        row.state, row.reason = CallState.DEAD, "its secret cannot be opened"
        return None
    row.state, row.attempts = CallState.WAITING, row.attempts + 1
    # The same bytes each time, so that a receiver may compare them.
    body = json.dumps(row.body, sort_keys=True, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Warmline",
        **standard_webhooks_headers(str(row.id), body, secret, now),
    }
    return Call((row.prospect_id, row.id), hook.slug, hook.url, headers, body)


def act(call: Call, *, allow: Networks) -> Answered | NoAnswer:
    """Tell it; no transaction is open here."""
    return outbound.post(call.url, call.headers, call.body, allow=allow)


def settle(
    session: Session, call: Call, result: Answered | NoAnswer, now: datetime
) -> Told | Later | GivenUp:
    """Write down what came of it. 410 switches the hook off; everything but 2xx is tried again."""
    row = session.get_one(CallRow, call.key, with_for_update=True)
    if isinstance(result, Answered) and 200 <= result.status < 300:
        row.state, row.reason, row.settled_at = CallState.DELIVERED, None, now
        return Told()
    row.reason = f"status {result.status}" if isinstance(result, Answered) else result.reason
    gone = isinstance(result, Answered) and result.status == GONE
    if gone and (hook := hooks.all_hooks(session).get(call.hook)):
        hooks.switch(session, hook, now, on=False, reason="it answered 410 Gone", by="webhooks")
    if gone or row.attempts > len(PAUSES):
        row.state, row.settled_at = CallState.DEAD, now
        return GivenUp(row.reason)
    return Later(row.reason, _pause(row.attempts, result))


def replay(session: Session, row: CallRow, now: datetime) -> None:
    """Tell it once more, from the first attempt on."""
    ref = f"{row.prospect_id}/{row.id}"
    session.execute(
        delete(MessageRow).where(
            MessageRow.topic == Topic.CALL, MessageRow.ref == ref, MessageRow.state == State.DEAD
        )
    )
    row.state, row.attempts, row.settled_at = CallState.WAITING, 0, None
    outbox.post(session, Topic.CALL, [ref], now)


def _row(session: Session, ref: str) -> CallRow | None:
    who, _, which = ref.partition("/")
    prospect_id, call_id = parse_id(who), parse_id(which)
    if prospect_id is None or call_id is None:
        return None
    return session.get(CallRow, (prospect_id, call_id), with_for_update=True)


def _pause(attempts: int, result: Answered | NoAnswer) -> timedelta:
    wish = result.headers.get("retry-after", "") if isinstance(result, Answered) else ""
    asked = timedelta(seconds=min(int(wish), 86_400)) if wish.isascii() and wish.isdigit() else None
    # What failed together does not return together.
    usual = PAUSES[attempts - 1] * (1 + random() / 4)  # noqa: S311 - jitter
    return min(max(usual, asked or usual), LONGEST_WISH * 1.25)


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
