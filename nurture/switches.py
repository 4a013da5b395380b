"""Whether mail may leave this workspace: Go live, and Stop all mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from nurture import held
from nurture.sending import NOT_LIVE, RESTORED, STOPPED
from prospects import audit, configuration
from prospects.configuration import Document

SWITCH = "switch"
"""The kind of configuration document that a switch is kept in."""
COPY = "restored"
"""Beside the switches: on since a restore, until a person has looked and lets mail out again."""


class Switch(StrEnum):
    """One thing that is on or off for the whole workspace."""

    LIVE = "live"
    MAIL_STOPPED = "mail_stopped"


def switched_on(session: Session) -> frozenset[Switch]:
    """The switches that are on, as committed now."""
    return configuration.parsed(session, SWITCH, _on)


def go_live(session: Session, now: datetime, *, by: str) -> int:
    """Mail everybody from now on, not only the team's own domains; returns how many mails that frees."""
    _set(session, Switch.LIVE, now, on=True, by=by)
    return held.release(session, NOT_LIVE, now)


def stop_all_mail(session: Session, now: datetime, *, by: str) -> None:
    """Hand no mail over any more; what is being handed over this second cannot be called back."""
    _set(session, Switch.MAIL_STOPPED, now, on=True, by=by)


def resume_mail(session: Session, now: datetime, *, by: str) -> int:
    """Take the stop back; returns how many mails that frees."""
    _set(session, Switch.MAIL_STOPPED, now, on=False, by=by)
    return held.release(session, STOPPED, now)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a restore keeps back: new mail to people from before `since` (None: no longer), and `held` mails."""

    since: datetime | None
    held: int

    def __bool__(self) -> bool:
        return self.since is not None or self.held > 0


def kept_back(session: Session) -> Kept:
    """What waits since a restore for a person's word."""
    return Kept(restored_at(session), held.count(session, RESTORED))


def restored_at(session: Session) -> datetime | None:
    """Since when this is a copy out of a backup that nobody has looked through yet."""
    return configuration.parsed(session, SWITCH, _restored_at)


def mail_again(session: Session, now: datetime, *, by: str, release_held: bool) -> int:
    """Mail whom we knew before the restore as well; what was held for it stays so unless released."""
    if restored_at(session) is not None:
        _set(session, COPY, now, on=False, by=by)
    if not release_held:
        return 0
    freed = held.release(session, RESTORED, now)
    audit.note(session, "restored mails released", "mails", now, who=by, count=freed)
    return freed


def _restored_at(documents: Mapping[str, Document]) -> datetime | None:
    found = documents.get(COPY)
    return found.applied_at if found and found.body["on"] else None


def _set(session: Session, switch: str, now: datetime, *, on: bool, by: str) -> None:
    configuration.write(session, SWITCH, switch, {"on": on}, now, by=by, owner="browser")
    audit.note(session, f"switch {switch} {'on' if on else 'off'}", switch, now, who=by)


def _on(documents: Mapping[str, Document]) -> frozenset[Switch]:
    return frozenset(each for each in Switch if each in documents and documents[each].body["on"])
