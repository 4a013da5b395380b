"""What the pages of what goes out show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.views import Mistake, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One program, platform or chat that is told: what it is, how it is doing in a word and a sentence."""

    url: str
    name: str
    kind: str
    state: str
    tone: Tone
    line: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The form that says where a program is told and of what; `events` are all there are, with their words."""

    events: Sequence[tuple[str, str]]
    chosen: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOut:
    """Everybody outside who is told, and for whoever may the form that has one more program told."""

    programs: Sequence[Place]
    others: Sequence[Place]
    form: Telling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One call: of what, when, and what became of it. `given_up`: it can be made once more."""

    id: str
    url: str
    at: datetime
    event: str
    state: str
    tone: Tone
    tries: str
    reason: str = ""
    given_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program with its last calls. `made` is its secret, shown this once; `asked` how a CRM is asked.

    `again` says how far what was given up has come that is told once more, `far` in percent. `form` changes it; `only_dead`: of its calls only those that were given up are shown.
    """

    place: Place
    address: str
    events: Sequence[str]
    calls: Sequence[Told]
    dead: int = 0
    again: str = ""
    far: int = 0
    only_dead: bool = False
    form: Telling | None = None
    is_chat: bool = False
    asked: str = ""
    may_change: bool = False
    switched_off: bool = False
    made: str | None = None
    former_until: datetime | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt: when, how long, and what came back."""

    at: datetime
    took: str
    outcome: str
    tone: Tone
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """One call with every attempt of 30 days and the document that is sent."""

    told: Told
    program: Place
    id: str
    person_url: str
    document: str
    attempts: Sequence[Try]
    replayable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """How many steps have this fate, and why."""

    step: str
    state: str
    tone: Tone
    count: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of one person, and what became of it."""

    person_url: str
    at: datetime
    step: str
    state: str
    tone: Tone
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One ad platform: what became of 90 days of steps, and the last of them."""

    place: Place
    consent: str
    steps: Sequence[tuple[str, str]]
    fates: Sequence[Fate]
    lines: Sequence[StepLine]
    dry_run: bool = False
    may_tell_again: bool = False
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A service that is asked about companies: our names with where each stands there, and what came of it."""

    place: Place
    finds: Sequence[tuple[str, str]]
    per_minute: int
    found: int = 0
    found_at: datetime | None = None
    reason: str | None = None
