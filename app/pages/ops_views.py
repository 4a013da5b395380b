"""What the page of operations shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.out_views import Place
from app.pages.source_views import Refusal, Source
from app.pages.views import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process that works: who it is, what it does, and who was in its place before."""

    part: str
    queue: str
    host: str
    pid: int
    state: str
    tone: Tone
    does: str
    started_at: datetime
    seen_at: datetime
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """The promises of one topic."""

    topic: str
    words: str
    later: str
    due: int
    leased: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBoard:
    """One queue: how late it is in one sentence, its topics, and those with nothing to do."""

    queue: str
    words: str
    late: str
    tone: Tone
    lines: Sequence[TopicLine]
    idle: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """Work of one topic that was given up for one reason."""

    url: str
    topic: str
    words: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLine:
    """One piece of work that was given up; `url` leads to what it is about."""

    id: str
    at: datetime
    tries: str
    about: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing around the engine, such as its database: how it is, and what that means."""

    name: str
    state: str
    tone: Tone
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """What a restore keeps back: mail to people from before `since` (None: no longer), and mails that are held."""

    since: datetime | None
    mails: str
    held: int
    url: str = "/ops/mail-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ops:
    """How the engine is running."""

    summary: str
    tone: Tone
    workers: Sequence[Worker]
    queues: Sequence[QueueBoard]
    causes: Sequence[CauseLine]
    refusals: Sequence[Refusal]
    facts: Sequence[Fact]
    at: datetime
    served_by: str
    hint: str | None = None
    given_up: int = 0
    kept: KeptBack | None = None
    alarms: Sequence[Source] = ()
    outside: Sequence[Place] = ()
    """Who outside cannot be told, or asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUpPage:
    """What was given up for one reason, piece by piece."""

    cause: CauseLine
    lines: Sequence[DeadLine]
    next_url: str | None = None
