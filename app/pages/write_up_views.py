"""What the pages of the desk show, and what the desk wrote as it stands on a brief, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.pages.views import Mistake, Tile, Tone, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Write-ups one has taken, those to take, and what was done last."""

    mine: Sequence[Tile] = ()
    to_take: Sequence[Tile] = ()
    elsewhere: Sequence[Tile] = ()
    done: Sequence[Tile] = ()
    full: bool = False
    """Whether more wait than are shown."""
    done_full: bool = False

    @property
    def empty(self) -> bool:
        return not (self.mine or self.to_take or self.elsewhere or self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact with where it stands (`url` where that is an address on the web) and when it was so."""

    what: str
    source: str
    url: str | None
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNote:
    """What the desk was asked, and what became of it."""

    what: str
    state: str
    tone: Tone
    by: str = ""
    at: datetime | None = None
    text: str = ""
    facts: Sequence[Fact] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPart:
    """The desk's part of a brief: what it was asked, and what nobody knows yet; `once` where one may ask."""

    notes: Sequence[DeskNote] = ()
    unknown: Sequence[str] = ()
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp:
    """The page of one write-up: what is asked, about whom, and the form to answer it."""

    url: str
    who: Who
    note: DeskNote
    why: str | None
    asked_by: str
    asked_at: datetime
    until: datetime | None
    until_tone: Tone
    lead_url: str | None
    may_take: bool = False
    may_write: bool = False
    may_put_back: bool = False
    rows: int = 3
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        typed = self.typed.get(name, ())
        return typed[turn] if turn < len(typed) else ""
