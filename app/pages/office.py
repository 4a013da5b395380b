"""What the pages of marketing and administration show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.condition_view import Builder
from app.pages.found_views import FoundOut
from app.pages.people_search import Asked
from app.pages.source_views import Refusal, Source
from app.pages.standing_views import Standing
from app.pages.views import Claim, Contact, Day, Finding, Rung, Tone, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person in a list."""

    url: str
    who: Who
    stage: str | None
    lifecycle: str
    grade: str | None
    points: int
    changed_at: datetime
    score: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A page of people, with what was asked for."""

    lines: Sequence[PersonLine]
    asked: Asked = field(default_factory=Asked)
    stages: Sequence[tuple[str, str]] = ()
    lifecycles: Sequence[tuple[str, str]] = ()
    sources: Sequence[tuple[str, str]] = ()
    owners: Sequence[tuple[str, str]] = ()
    segments: Sequence[tuple[str, str]] = ()
    builder: Builder = field(default_factory=Builder)
    tally: str = ""
    save_url: str | None = None
    next_url: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The buyer's own words or act, with when."""

    text: str
    at: datetime
    said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """What a person agreed to or took back."""

    topic: str
    given: bool
    at: datetime
    text: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a person stands in one flow; `url` leads to its drawing, for who may see flows."""

    flow: str
    url: str | None
    state: str
    step: str = ""
    until: datetime | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Acts a week, oldest first: bars of a small drawing, and the sentence it stands for."""

    bars: Sequence[tuple[float, float, float, float]]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """Somebody who was found to be this person; `undo_url` for who may part them again."""

    name: str
    known_by: Sequence[str]
    at: datetime
    by: str
    why: str | None = None
    undo_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person: three voices side by side, then the whole history."""

    who: Who
    contact: Contact | None
    lifecycle: str
    owner: str | None
    grade: str | None
    grade_words: str
    points: int
    ladder: Sequence[Rung]
    claim: Claim | None
    finding: Finding | None
    words: Sequence[Quote]
    activity: Bars
    places: Sequence[Place]
    consents: Sequence[ConsentLine]
    days: Sequence[Day]
    tags: Sequence[str] = ()
    decision_url: str | None = None
    company_url: str | None = None
    handoff_url: str | None = None
    older_url: str | None = None
    found_out: Sequence[FoundOut] = ()
    unknown: Sequence[str] = ()
    merges: Sequence[MergeLine] = ()
    merge_url: str | None = None
    standing: Standing = field(default_factory=Standing)
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One delivery in a list."""

    url: str
    source: str
    state: str
    tone: Tone
    received_at: datetime
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What an address that was searched for led to: people, each with where they are now; or nothing, and why."""

    people: Sequence[tuple[str, str, str]]
    forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A page of deliveries, with what was asked for."""

    lines: Sequence[DeliveryLine]
    q: str = ""
    traced: Traced | None = None
    again: int = 0
    may_import: bool = False
    source: str = ""
    state: str = ""
    sources: Sequence[str] = ()
    states: Sequence[tuple[str, str]] = ()
    next_url: str | None = None
    waiting: bool = False
    refusals: Sequence[Refusal] = ()
    alarms: Sequence[Source] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLine:
    """What one part of a delivery was understood as."""

    key: str
    state: str
    tone: Tone
    reason: str | None = None
    person_url: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery, whole."""

    url: str
    source: str
    state: str
    tone: Tone
    reason: str | None
    mend: str | None
    received_at: datetime
    sha256: str
    size: int
    raw: str
    cut: bool
    captures: Sequence[CaptureLine]
    replayable: bool
    came: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """One mail in a list."""

    url: str
    to: str
    subject: str
    state: str
    tone: Tone
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """A page of mails."""

    lines: Sequence[MailLine]
    held: bool
    stopped: bool = False
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail, whole; its picture is a page of its own in a sandbox."""

    url: str
    to: str
    sender: str
    subject: str
    state: str
    tone: Tone
    at: datetime
    text: str
    person_url: str
    reason: str | None = None
    releasable: bool = False
    template_url: str | None = None
    told: Sequence[Day] = ()
    """What became of it, as mail services and its reader told."""
    links: Sequence[tuple[str, str]] = ()
    """In a demo: what its reader can click, as (token, address)."""
