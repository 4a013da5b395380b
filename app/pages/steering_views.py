"""What the pages of managers show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.out_views import Place
from app.pages.transfer_views import Untaken
from app.pages.views import Mistake, Tone, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckLine:
    """One lead that is stuck: the cause in words, and the act that solves it most often."""

    ref: str
    who: Who
    cause: str
    act: str
    act_words: str
    answer: tuple[str, str] | None = None
    """What solves it instead, and where."""
    also: tuple[str, str] | None = None
    """What solves it as well, and where."""
    until: datetime | None = None
    tone: Tone = Tone.PLAIN

    @property
    def url(self) -> str:
        return f"/handoffs/{self.ref}"

    @property
    def solves(self) -> str:
        return self.answer[0] if self.answer else self.act_words

    @property
    def act_url(self) -> str:
        if self.answer:
            return self.answer[1]
        return f"/stuck/act?act={self.act}&lead={self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckGroup:
    """Leads that are stuck for the same kind of cause."""

    id: str
    title: str
    lines: Sequence[StuckLine]
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedLine:
    """Somebody who stays at a step of a flow until a person looks."""

    url: str
    who: Who
    flow: str
    step: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What was done a moment ago and may still be taken back."""

    batch: str
    sentence: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Everything that is stuck."""

    groups: Sequence[StuckGroup] = ()
    customers: Sequence[Untaken] = ()
    desk: Sequence[Untaken] = ()
    parked: Sequence[ParkedLine] = ()
    outside: Sequence[Place] = ()
    """Who outside cannot be told, or asked."""
    most: int = 1_000
    """Of each kind so many are shown at most; as they are solved, the next come up."""
    held: int = 0
    acts: Sequence[tuple[str, str]] = ()
    undo: Undo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """The page that asks what an act needs: to whom, how much time, why."""

    act: str
    title: str
    says: str
    button: str
    leads: Sequence[tuple[str, Who]]
    batch: str
    colleagues: Sequence[tuple[str, str]] = ()
    spans: Sequence[tuple[str, str]] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")
