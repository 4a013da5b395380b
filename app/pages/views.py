"""What each page shows, as plain values: a template reads these and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.pages.mistake import Mistake as Mistake


class Tone(StrEnum):
    """How much a chip or a notice wants to be seen."""

    PLAIN = "plain"
    GOOD = "good"
    SOON = "soon"
    BAD = "bad"


class Voice(StrEnum):
    """Whose word it is: each has a colour of its own on every page."""

    MARKETING = "marketing"
    REP = "rep"
    BUYER = "buyer"
    HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person in one line, without any way to reach them."""

    id: str
    name: str
    title: str | None = None
    company: str | None = None
    country: str | None = None

    @property
    def place(self) -> str:
        """Title and company, as far as known."""
        return ", ".join(part for part in (self.title, self.company) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One buying stage on the warm line; `heat` 1–5 where the buyer has come, 0 beyond."""

    name: str
    heat: int
    claimed: bool = False
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason in words, with when it happened where that is known."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What marketing says: the stage, how sure in words, how often such claims held, and why."""

    stage: str
    sure: str
    held: str
    at: datetime | None = None
    model: str | None = None
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One line of a rep's day: who, what to do next, until when."""

    url: str
    who: Who
    line: str
    next: str
    until: datetime | None = None
    tone: Tone = Tone.PLAIN
    exact: bool = False  # `until` is said as an instant, not as what is left
    note_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A rep's day, what is lost first on top of each list; `signs` is where what stands out is fetched from."""

    calls: Sequence[Tile] = ()
    offers: Sequence[Tile] = ()
    unconfirmed: Sequence[Tile] = ()
    promises: Sequence[Tile] = ()
    working: Sequence[Tile] = ()
    asked: Sequence[Tile] = ()
    asleep: str | None = None
    signs: str | None = None

    @property
    def empty(self) -> bool:
        waiting = (self.calls, self.offers, self.unconfirmed, self.promises, self.working)
        return not any((*waiting, self.asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A lead offered: enough to decide on, nothing to reach the person with."""

    url: str
    who: Who
    claim: Claim | None
    ladder: Sequence[Rung]
    why_you: Sequence[str]
    grade: str | None
    summary: Sequence[Evidence]
    expires_at: datetime | None
    reasons: Sequence[tuple[str, str]]
    lane: str = "normal"
    decision_url: str | None = None
    later: Sequence[tuple[str, str]] = ()
    tone: Tone = Tone.PLAIN
    test: bool = False
    standing: str | None = None
    drawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the person; shown only after accepting."""

    email: str | None = None
    phone: str | None = None
    tel: str | None = None
    capture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask the buyer, and the answer that would prove the claim wrong."""

    ask: str
    disproves_if: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """A mail marketing plans to send next."""

    title: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Somebody with a say at the company."""

    name: str
    role: str = ""
    stance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the rep told the buyer they would do."""

    id: str
    what: str
    due_at: datetime | None
    tone: Tone = Tone.PLAIN
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the rep found after talking to the buyer."""

    verdict: str
    stage: str | None
    spoke_with: str
    channel: str
    at: datetime
    fact: str
    by: str = ""
    claimed: str | None = None
    still_needed: Sequence[str] = ()
    deciders: Sequence[Decider] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The paper that goes with an accepted lead."""

    url: str
    who: Who
    contact: Contact
    claim: Claim | None
    ladder: Sequence[Rung]
    questions: Sequence[Question]
    needs: Sequence[str]
    content: Sequence[tuple[str, str]]
    upcoming: Sequence[Mailing]
    changes: Sequence[Evidence]
    why_you: Sequence[str]
    order: bool
    confirm_by: datetime | None
    attempts: Sequence[Evidence]
    promises: Sequence[Promise]
    finding: Finding | None
    draft_key: str
    tone: Tone = Tone.PLAIN
    closed: str | None = None
    own: bool = True
    answerable: bool = True
    endable: bool = False
    decision_url: str | None = None
    once: str = ""
    call_times: Sequence[tuple[str, str]] = ()
    call_at: datetime | None = None
    call_tone: Tone = Tone.PLAIN
    steer: Sequence[tuple[str, str]] = ()
    unknown: Sequence[str] = ()
    standing: str | None = None
    drawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened, as a sentence."""

    at: datetime
    sentence: str
    voice: Voice = Voice.HOUSE
    quote: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What happened on one day, latest first."""

    day: date
    happenings: Sequence[Happening]
