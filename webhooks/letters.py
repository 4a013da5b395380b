"""What a call says, and to whom: a signed document for a program, a sentence for a chat. CRMs are told in batches."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from prospects import team
from prospects.sealing import SealBrokenError
from webhooks import chats, hooks, known
from webhooks.call_rows import CallRow
from webhooks.destinations import Destination, body_of
from webhooks.events import Event
from webhooks.signatures import standard_webhooks_headers

CHAT, CRM = "chat:", "crm:"
"""How the names of chats and CRMs begin in the table of calls."""
CHAT_TRIES = 3
"""What is said in a chat hours later helps nobody."""
SWITCHED_OFF = "the hook is switched off"
HEADERS = {"Content-Type": "application/json", "User-Agent": "Warmline"}


@dataclass(frozen=True, slots=True)
class Letter:
    """One call's address and words; `tries` is how often it may be tried, None: by the usual ladder."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    tries: int | None = None


def listeners(session: Session, *, secret: str) -> list[tuple[str, frozenset[str]]]:
    """Who is told of which events now: programs, chats under `chat:SLUG`, CRMs under `crm:SLUG`."""
    programs = [
        (each.slug, frozenset(each.events))
        for each in hooks.all_hooks(session).values()
        if each.active
    ]
    there = known.destinations(session, secret=secret).destinations.values()
    said = [(name_of(each), each.wants) for each in there if each.by_calls and each.active]
    return [*programs, *said]


def letter(
    session: Session, row: CallRow, now: datetime, *, secret: str, base_url: str | None
) -> Letter | str:
    """What this call says; a text says why it is not to be made any more."""
    if row.hook.startswith(CHAT):
        return _to_chat(session, row, now, secret, base_url)
    return _to_program(session, row, now, secret)


def name_of(destination: Destination) -> str:
    """What a chat or CRM is called in the table of calls."""
    return f"{CHAT if destination.is_chat else CRM}{destination.slug}"


def _to_program(session: Session, row: CallRow, now: datetime, secret: str) -> Letter | str:
    hook = hooks.all_hooks(session).get(row.hook)
    if hook is None or not hook.active:
        return SWITCHED_OFF
    try:
        secrets = hooks.secrets_of(hook, secret, now)
    except SealBrokenError:
        return "its secret cannot be opened"
    # The same bytes each time, so that a receiver may compare them.
    body = json.dumps(row.body, sort_keys=True, separators=(",", ":")).encode()
    signed = standard_webhooks_headers(str(row.id), body, secrets, now)
    return Letter(hook.url, {**HEADERS, **signed}, body)


def _to_chat(
    session: Session, row: CallRow, now: datetime, secret: str, base_url: str | None
) -> Letter | str:
    slug = row.hook.removeprefix(CHAT)
    there = known.destinations(session, secret=secret).destinations.get(slug)
    if there is None or not there.active or there.url is None:
        return SWITCHED_OFF
    data: Mapping[str, Any] = row.body.get("data", {})
    event = Event(row.event)
    if event is Event.OFFERED and _over(data.get("expires_at"), now):
        return "the offer is over, so nobody need hear of it"
    names = {str(member.id): member.name for member in team.members(session)}
    said = chats.said_of(data, event, names, base_url)
    return Letter(there.url, HEADERS, body_of(chats.document(there.kind, said)), CHAT_TRIES)


def _over(written: object, now: datetime) -> bool:
    return isinstance(written, str) and datetime.fromisoformat(written) <= now
