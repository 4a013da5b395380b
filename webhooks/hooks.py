"""Which programs outside are told of what: an address, the events, a secret that signs. Kept as documents."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from prospects import configuration
from prospects.configuration import Document
from prospects.kinds import Kind
from prospects.sealing import opened, seal

HOOK = "hook"
"""The kind of configuration document."""
SECRET_BYTES = 32


class Event(StrEnum):
    """What a program can be told."""

    OFFERED = "handoff.offered"
    CONFIRMED = "handoff.confirmed"


EVENT_OF: Mapping[str, Event] = {Kind.OFFERED: Event.OFFERED, Kind.VERDICT: Event.CONFIRMED}
"""The activity that gives rise to each event."""

TOLD = ("handoff", "rep", "lane", "expires_at", "verdict", "claimed", "stage_found", "channel")
"""What of an activity's body leaves the house: nothing that a person is or said."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One program outside; `secret` is as stored, sealed. `reason` says why it was switched off."""

    slug: str
    url: str
    events: tuple[Event, ...]
    active: bool
    reason: str | None
    applied_at: datetime
    secret: Mapping[str, str] = field(repr=False)


def fresh_secret() -> str:
    """A signing secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def all_hooks(session: Session) -> dict[str, Hook]:
    """Every hook by its slug, switched off or not."""
    return configuration.parsed(session, HOOK, _hooks)


def save(
    session: Session,
    slug: str,
    now: datetime,
    *,
    url: str,
    events: Sequence[Event],
    secret: str,
    key: str,
    by: str,
) -> None:
    """Tell `url` of these events from now on; `key` is what seals the secret."""
    body = {"url": url, "events": list(events), "secret": seal(key, secret), "active": True}
    configuration.write(session, HOOK, slug, body, now, by=by, owner="browser")


def switch(
    session: Session, hook: Hook, now: datetime, *, on: bool, reason: str | None, by: str
) -> None:
    """Tell it again, or no more."""
    body = {
        "url": hook.url,
        "events": list(hook.events),
        "secret": dict(hook.secret),
        "active": on,
        "reason": reason,
    }
    configuration.write(session, HOOK, hook.slug, body, now, by=by, owner="browser")


def secret_of(hook: Hook, key: str) -> str:
    """The secret in the clear. Raises SealBrokenError."""
    return str(opened(key, hook.secret))


def told(event: Event, prospect_id: object, at: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an event: ids and words of ours; who wants more asks the API."""
    known = {name: body[name] for name in TOLD if name in body}
    return {"type": event.value, "timestamp": at, "data": {"prospect": str(prospect_id), **known}}


def _hooks(documents: Mapping[str, Document]) -> dict[str, Hook]:
    return {
        slug: Hook(
            slug,
            each.body["url"],
            tuple(Event(event) for event in each.body["events"]),
            each.body.get("active", True),
            each.body.get("reason"),
            each.applied_at,
            each.body["secret"],
        )
        for slug, each in documents.items()
    }
