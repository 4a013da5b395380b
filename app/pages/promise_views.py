"""What the pages of promises show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.pages.views import Mistake, Tone, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """One promise that is not kept yet; `id` names it and its person."""

    id: str
    who: Who
    lead_url: str
    what: str
    due_at: datetime
    tone: Tone
    own: bool
    by: str = ""
    trouble: str | None = None
    changes: Sequence[str] = ()

    @property
    def url(self) -> str:
        return f"/promises/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Promises by the day they are due: the late ones and those in trouble first."""

    pressing: Sequence[PromiseLine] = ()
    ahead: Sequence[PromiseLine] = ()
    everybody: bool = False
    """Whether the viewer sees those of all colleagues."""
    mine: bool = False
    """Whether they asked for their own only."""
    giving: bool = False
    """Whether they may give one to somebody else."""
    end: tuple[datetime, UUID] | None = None
    """The last one's day and id, if there are more."""
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseForm:
    """A page that asks what a change of a promise needs."""

    act: str
    title: str
    says: str
    button: str
    line: PromiseLine
    colleagues: Sequence[tuple[str, str]] = ()
    dated: bool = True
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.line.url}/{self.act}"

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")
