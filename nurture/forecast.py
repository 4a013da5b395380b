"""How many mails a flow would send, if nothing happened but time. Pure."""

from dataclasses import replace
from datetime import datetime

from nurture.advance import Held, Mail, Place, Wait, advance
from nurture.flow import Flow
from prospects.values import Snapshot

MOST_LOOKS = 200
"""Looks at one person: a flow may lead in a circle of short waits."""


def mails_until(seen: Snapshot, flow: Flow, place: Place, *, now: datetime, until: datetime) -> int:
    """The mails of this person in this flow from now on, by `advance` itself, up to an instant.

    Nothing else happens to them meanwhile: no click ends a wait, no rep says what they found.
    """
    mails, at = 0, now
    for _ in range(MOST_LOOKS):
        progress = advance(replace(seen, as_of=at), flow, place, at)
        mails += sum(isinstance(effect, Mail) for effect in progress.effects)
        match progress.rest:
            case Wait(due) | Held(due) if at < due <= until:
                at, place = due, progress.place
            case _:
                break
    return mails
