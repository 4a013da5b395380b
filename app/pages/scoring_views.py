"""What the page Scoring shows, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.pages.mistake import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule with a field for its points: what it is called, and when it holds, in words."""

    key: str
    title: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossers:
    """Those who would cross the line one way: how many, and some by name, as (address, name, points before and after)."""

    count: int
    some: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeBars:
    """One grade: where it stands in the drawing, the heights of its two bars, and the counts."""

    name: str
    x: float
    before: tuple[float, float]
    after: tuple[float, float]
    counts: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What other points would change: who was looked at, who would cross, and how the grades shift."""

    looked: str
    up: Crossers
    down: Crossers
    grades: Sequence[GradeBars]
    shift: str
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringPage:
    """The points and the warm line with what was typed, and what that would change."""

    values: Mapping[str, str]
    fit: Sequence[RuleLine]
    acts: Sequence[RuleLine]
    evidence: Sequence[str]
    gates: Sequence[tuple[str, str]]
    stages: Sequence[tuple[str, str]]
    since: int = 0
    in_files: bool = False
    may_edit: bool = True
    card: str | None = None
    waiting: str = ""
    ahead: Ahead | None = None
    unchanged: bool = False
    seen: str = ""
    text: str = ""
    refused: Sequence[str] = ()
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, _turn: int = 0) -> str:
        """What stands in a field."""
        return self.values.get(name, "")
