"""What the pages of models show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.pages.plots import Plot
from app.pages.views import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """One model in the list; the marketer's points have no page of their own."""

    name: str
    kind: str
    state: str
    tone: Tone
    at: datetime | None
    says: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """A column that may be filled after the fact: why, and what was said of it (None: nobody has)."""

    name: str
    why: str
    known: bool | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine:
    """One training; `total` is 0 while nobody can say how much there is to do."""

    state: str
    tone: Tone
    asked_by: str
    because: str
    at: datetime
    step: str = ""
    done: int = 0
    total: int = 0
    model_url: str | None = None
    words: Sequence[str] = ()
    suspects: Sequence[Suspected] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The page of all models. `may_steer`: the viewer may train and judge columns; `hidden` and `undrawn` say why nobody sees a percentage."""

    scoring_now: str
    missing: str
    lines: Sequence[ModelLine] = ()
    next_url: str | None = None
    trainings: Sequence[TrainingLine] = ()
    under_way: bool = False
    may_steer: bool = False
    hidden: Sequence[str] = ()
    undrawn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check of the gate in words."""

    title: str
    passed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A term that differs from that of what scores now: place, was, now; of what scores itself place and now, and no sort."""

    name: str
    sort: str
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something the viewer may do with this model, and what happens next; `reason` is why it wants one."""

    name: str
    title: str
    button: str
    next: str
    reason: str | None = None
    main: bool = False
    harsh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftShown:
    """What was found of today's people: alarms with their PSI, sentences, and every figure."""

    day: date | None = None
    alarms: Sequence[tuple[str, str]] = ()
    words: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShown:
    """Figures for who wants them, behind a summary."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Somebody whom a model that is tried would move; `crosses` says which way over the warm line, if it does."""

    url: str
    name: str
    company: str
    before: str
    after: str
    crosses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was not learned from for one reason."""

    why: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """One model: first in a marketer's words, figures below. `hidden`: why its percentage is hidden since, and what to do."""

    url: str
    name: str
    kind: str
    state: str
    tone: Tone
    headline: Sequence[str]
    waits: str | None = None
    percentage: str = ""
    hidden: Sequence[str] = ()
    undrawn: str | None = None
    words: Sequence[str] = ()
    verdict: str = ""
    checks: Sequence[CheckLine] = ()
    plots: Sequence[Plot] = ()
    against: str = ""
    in_force: bool = False
    changes: Sequence[Change] = ()
    shadow: Sequence[str] = ()
    movers: Sequence[Mover] = ()
    drift: DriftShown = field(default_factory=DriftShown)
    made_of: Sequence[tuple[str, str]] = ()
    tables: Sequence[TableShown] = ()
    limits: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    allowed: Sequence[tuple[str, str]] = ()
    deeds: Sequence[Deed] = ()
    wrong: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
