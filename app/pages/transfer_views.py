"""What the pages of the account team show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.company_views import Insider
from app.pages.views import Evidence, Mistake, Promise, Tile, Tone, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """Customers to take, those one has asked about, and those one has; a manager sees everybody's."""

    proposed: Sequence[Tile] = ()
    asked: Sequence[Tile] = ()
    taken: Sequence[Tile] = ()
    everybody: bool = False
    full: bool = False
    """Whether more of them wait than are shown."""
    further: bool = False
    """Whether this is a later page of those one has."""
    next_url: str | None = None

    @property
    def empty(self) -> bool:
        return not (self.proposed or self.asked or self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked about a customer, and what was answered, with who and when."""

    text: str
    by: str
    at: datetime
    answer: str | None = None
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the rep found when they talked to the buyer."""

    verdict: str
    stage: str | None
    fact: str
    spoke_with: str
    channel: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A won customer on their way to the account team: the paper as it was, and what was asked about it."""

    url: str
    who: Who
    state: str
    tone: Tone
    rep: str
    manager: str | None
    why: str
    won_at: datetime | None
    reason: str | None = None
    sold: str = ""
    heard: Heard | None = None
    needs: Sequence[str] = ()
    insiders: Sequence[Insider] = ()
    promises: Sequence[Promise] = ()
    history: Sequence[Evidence] = ()
    questions: Sequence[Question] = ()
    until: datetime | None = None
    until_tone: Tone = Tone.PLAIN
    may_take: bool = False
    may_ask: bool = False
    may_answer: bool = False
    may_keep: bool = False
    give_url: str | None = None
    person_url: str | None = None
    back: tuple[str, str] = ("/transfers", "Customers")
    once: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """The page on which a manager gives a customer to somebody."""

    url: str
    who: Who
    colleagues: Sequence[tuple[str, str]]
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaken:
    """A customer nobody has taken in time: the cause, and where it is solved."""

    url: str
    who: Who
    cause: str
    until: datetime | None = None
