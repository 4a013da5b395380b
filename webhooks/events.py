"""What a program can be told, which happening gives rise to it, and how much of it leaves the house. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from prospects.ids import ProspectId
from prospects.kinds import IMPORTED, Kind, Verdict


class Event(StrEnum):
    """What a program can be told."""

    STAGE_CLAIMED = "prospect.stage_claimed"
    WARMED = "prospect.warmed"
    OFFERED = "handoff.offered"
    ACCEPTED = "handoff.accepted"
    DECLINED = "handoff.declined"
    EXPIRED = "handoff.expired"
    OVERDUE = "handoff.overdue"
    CONFIRMED = "handoff.confirmed"
    WON = "handoff.won"
    LOST = "handoff.lost"
    RECYCLED = "handoff.recycled"
    PROMISE_MISSED = "promise.missed"
    BOUNCED = "send.bounced"
    CONSENT_CHANGED = "consent.changed"


class Row(StrEnum):
    """What happened where it is no activity; the words are those of `prospects/announcing.py`."""

    STAGE = "stage"
    WARM = "warm"
    SAID = "said"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One row of the record that somebody outside may be told of: an activity, a belief, a consent."""

    prospect_id: ProspectId
    id: UUID
    what: Kind | Row
    at: datetime
    source: str
    body: Mapping[str, Any]


_HANDOFF = ("handoff", "rep")
_BELIEF = ("stage", "confidence", "grade", "points", "warm", "expires_at")
TOLD: Mapping[Event, tuple[str, ...]] = {
    Event.STAGE_CLAIMED: _BELIEF,
    Event.WARMED: _BELIEF,
    Event.OFFERED: (*_HANDOFF, "lane", "expires_at"),
    Event.ACCEPTED: _HANDOFF,
    Event.DECLINED: (*_HANDOFF, "reason"),
    Event.EXPIRED: (*_HANDOFF, "reason"),
    Event.OVERDUE: (*_HANDOFF, "due_at"),
    Event.CONFIRMED: (*_HANDOFF, "verdict", "claimed", "stage_found", "channel", "supersedes"),
    Event.WON: ("handoff", "amount", "currency"),
    Event.LOST: ("handoff", "amount", "currency"),
    Event.RECYCLED: (*_HANDOFF, "verdict", "merged_into"),
    Event.PROMISE_MISSED: (*_HANDOFF, "promise", "due_at"),
    Event.BOUNCED: ("send", "bounce", "status"),
    Event.CONSENT_CHANGED: ("topic", "given"),
}
"""What of a happening leaves the house: ids, instants and words of ours, nothing a person is or said."""
LONGEST = 200

_OF_KIND: Mapping[Kind | Row, Event] = {
    Row.STAGE: Event.STAGE_CLAIMED,
    Row.WARM: Event.WARMED,
    Row.SAID: Event.CONSENT_CHANGED,
    Row.MERGED: Event.RECYCLED,
    Kind.OFFERED: Event.OFFERED,
    Kind.ACCEPTED: Event.ACCEPTED,
    Kind.DECLINED: Event.DECLINED,
    Kind.OFFER_EXPIRED: Event.EXPIRED,
    Kind.VERDICT: Event.CONFIRMED,
    Kind.FINDING_LATE: Event.OVERDUE,
    Kind.PROMISE_MISSED: Event.PROMISE_MISSED,
    Kind.BOUNCED: Event.BOUNCED,
}
_OF_RESULT = {"won": Event.WON, "lost": Event.LOST, "withdrawn": Event.RECYCLED}
_RECYCLES = frozenset({Verdict.EARLIER, Verdict.WRONG_PERSON})


def events_of(happening: Happening) -> tuple[Event, ...]:
    """What a program is told of it: a finding may be two things, and what a file of the past says none."""
    if happening.body.get(IMPORTED):
        return ()
    if happening.what is Kind.OUTCOME:
        found = _OF_RESULT.get(str(happening.body.get("result")))
        return (found,) if found else ()
    first = _OF_KIND.get(happening.what)
    if first is Event.CONFIRMED and happening.body.get("verdict") in _RECYCLES:
        return (first, Event.RECYCLED)
    return (first,) if first else ()


def key_of(happening: Happening, event: Event) -> UUID:
    """What tells one event of a happening from another: the activity's own id, or one made for the event."""
    own = isinstance(happening.what, Kind) and event is _OF_KIND.get(happening.what)
    return happening.id if own else uuid5(happening.id, event.value)


def told(event: Event, happening: Happening) -> dict[str, Any]:
    """The document of an event: ids and words of ours; who wants more asks the API."""
    known = {name: _short(happening.body[name]) for name in TOLD[event] if name in happening.body}
    data = {"prospect": str(happening.prospect_id), **known}
    return {"type": event.value, "timestamp": stamp(happening.at), "data": data}


def stamp(at: datetime) -> str:
    """An instant in UTC as RFC 3339 writes it."""
    return at.isoformat().replace("+00:00", "Z")


def _short(value: Any) -> Any:
    # A topic is named by whoever sends a form; nothing of theirs makes a document large.
    return value[:LONGEST] if isinstance(value, str) else value
