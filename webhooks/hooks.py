"""Which programs outside are told of what: an address, the events, secrets that sign. Kept as documents.

Whatever is done to one is in the audit.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from prospects import audit, configuration
from prospects.announcing import HOOK
from prospects.configuration import Document
from prospects.sealing import opened, seal
from webhooks import endpoints
from webhooks.events import Event, stamp

SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
"""For so long after a new secret the former one signs as well, so that a receiver can change over."""
LONGEST_OVERLAP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Hook:
    """One program outside; secrets are as stored, sealed. `reason` says why it was switched off.

    `former` signs beside `secret` until `former_until`.
    """

    slug: str
    url: str
    events: tuple[Event, ...]
    active: bool
    reason: str | None
    applied_at: datetime
    secret: Mapping[str, str] = field(repr=False)
    former: Mapping[str, str] | None = field(default=None, repr=False)
    former_until: datetime | None = None


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
    made = Hook(slug, url, tuple(events), True, None, now, seal(key, secret))
    _write(session, made, now, by=by)
    audit.note(session, "hook made", slug, now, who=by)


def change(
    session: Session, hook: Hook, now: datetime, *, url: str, events: Sequence[Event], by: str
) -> None:
    """Tell it at another address, or of other events; its secrets stay, and it begins anew."""
    _write(session, replace(hook, url=url, events=tuple(events)), now, by=by)
    endpoints.forget(session, hook.slug)
    audit.note(session, "hook changed", hook.slug, now, who=by)


def switch(
    session: Session, hook: Hook, now: datetime, *, on: bool, by: str, reason: str | None = None
) -> None:
    """Tell it again, and at once, or no more."""
    _write(session, replace(hook, active=on, reason=reason), now, by=by)
    if on:
        endpoints.forget(session, hook.slug)
        audit.note(session, "hook switched on", hook.slug, now, who=by)
    else:
        audit.note(session, "hook switched off", hook.slug, now, who=by)


def rotate(
    session: Session,
    hook: Hook,
    now: datetime,
    *,
    secret: str,
    overlap: timedelta,
    key: str,
    by: str,
) -> None:
    """Sign with a new secret from now on, and for `overlap` with the one before it as well.

    A third is never live: what was still running out ends at once.
    """
    until = now + overlap
    turned = replace(hook, secret=seal(key, secret), former=hook.secret, former_until=until)
    _write(session, turned, now, by=by)
    audit.note(session, "hook secret rotated", hook.slug, now, who=by)


def remove(session: Session, hook: Hook, now: datetime, *, by: str) -> None:
    """Tell it no more, and keep nothing of it but what it was told."""
    configuration.remove(session, HOOK, hook.slug)
    endpoints.forget(session, hook.slug)
    audit.note(session, "hook removed", hook.slug, now, who=by)


def secrets_of(hook: Hook, key: str, now: datetime) -> list[str]:
    """The secrets that sign now, in the clear, the newest first. Raises SealBrokenError."""
    live = [hook.secret]
    if hook.former is not None and hook.former_until is not None and now < hook.former_until:
        live.append(hook.former)
    return [str(opened(key, each)) for each in live]


def _write(session: Session, hook: Hook, now: datetime, *, by: str) -> None:
    body: dict[str, Any] = {
        "url": hook.url,
        "events": list(hook.events),
        "secret": dict(hook.secret),
        "active": hook.active,
        "reason": hook.reason,
    }
    if hook.former is not None and hook.former_until is not None and now < hook.former_until:
        body["former"] = {**hook.former, "until": stamp(hook.former_until)}
    configuration.write(session, HOOK, hook.slug, body, now, by=by, owner="browser")


def _hooks(documents: Mapping[str, Document]) -> dict[str, Hook]:
    return {slug: _hook(slug, each) for slug, each in documents.items()}


def _hook(slug: str, document: Document) -> Hook:
    body = document.body
    former = dict(body.get("former") or {})
    until = former.pop("until", None)
    return Hook(
        slug,
        body["url"],
        tuple(Event(event) for event in body["events"]),
        body.get("active", True),
        body.get("reason"),
        document.applied_at,
        body["secret"],
        former or None,
        datetime.fromisoformat(until) if until else None,
    )
