"""What the pages of routing decisions show, as plain values, and why not each other rep, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from app.pages import words
from app.pages.views import Who
from app.times import away_until, whole_day

ABSENT = "absent until "


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """One decision in a list."""

    url: str
    who: Who
    to: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """A page of decisions."""

    lines: Sequence[DecisionLine]
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Somebody who was weighed: chosen, or why not."""

    name: str
    chosen: bool
    why: str
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """Why this rep, and why not each other one."""

    who: Who
    lead_url: str
    to: str
    why: str
    at: datetime
    weighed: Sequence[Weighed]
    rule: str | None
    lane: str
    team: str | None
    turn: int | None
    configuration: int
    fallback: bool = False
    others: Sequence[DecisionLine] = ()


def weighed(candidate: Mapping[str, Any], at: datetime, zone: tzinfo) -> Weighed:
    """One candidate as stored with the decision of that instant, told in the viewer's zone."""
    pointer, chosen = candidate.get("pointer"), bool(candidate.get("chosen"))
    back, today = candidate.get("back"), at.astimezone(zone).date()
    why = why_not(candidate.get("reason"), today)
    if back and str(candidate.get("reason") or "").startswith(ABSENT):
        why = away_until(datetime.fromisoformat(str(back)), at, zone)
    return Weighed(
        name=str(candidate.get("name") or ""),
        chosen=chosen,
        why="got it" if chosen else why,
        level=None if pointer is None else f"{float(pointer):g}",
    )


def why_not(reason: str | None, today: date) -> str:
    """`away until Monday 9 March`, or what else stood against them.

    In decisions of old, and of those who never come back, the day is the last one of the absence.
    """
    if not reason:
        return "free, but it was not their turn"
    if not reason.startswith(ABSENT):
        return reason
    try:
        last = date.fromisoformat(reason.removeprefix(ABSENT))
    except ValueError:
        return reason
    named = whole_day(last, today)
    return f"away until {named.lower() if last <= today else named}"


def sentence(text: str) -> str:
    """What routing wrote down, as a sentence; empty after the person was forgotten."""
    return words.sentence(text) or "No longer known."
