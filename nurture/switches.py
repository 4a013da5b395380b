"""Whether mail may leave this workspace: Go live, and Stop all mail."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from nurture.held import release
from nurture.sending import NOT_LIVE, STOPPED
from prospects import audit, configuration
from prospects.configuration import Document

SWITCH = "switch"
"""The kind of configuration document that a switch is kept in."""


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
    return release(session, NOT_LIVE, now)


def stop_all_mail(session: Session, now: datetime, *, by: str) -> None:
    """Hand no mail over any more; what is being handed over this second cannot be called back."""
    _set(session, Switch.MAIL_STOPPED, now, on=True, by=by)


def resume_mail(session: Session, now: datetime, *, by: str) -> int:
    """Take the stop back; returns how many mails that frees."""
    _set(session, Switch.MAIL_STOPPED, now, on=False, by=by)
    return release(session, STOPPED, now)


def _set(session: Session, switch: Switch, now: datetime, *, on: bool, by: str) -> None:
    configuration.write(session, SWITCH, switch, {"on": on}, now, by=by, owner="browser")
    audit.note(session, f"switch {switch} {'on' if on else 'off'}", switch, now, who=by)


def _on(documents: Mapping[str, Document]) -> frozenset[Switch]:
    return frozenset(each for each in Switch if each in documents and documents[each].body["on"])
