"""What the pages of segments show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.pages.condition_view import Builder
from app.pages.mistake import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """One segment in the list; `flows` let people in by it, as (name, address)."""

    url: str
    slug: str
    name: str
    condition: str
    owner: str
    people_url: str
    flows: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """All segments; `may_edit` if the viewer may name another."""

    lines: Sequence[SegmentLine]
    may_edit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPage:
    """One segment: what it says, how many are in it, and what can be done with it."""

    line: SegmentLine
    text: str
    tally: str
    since: int
    edit_url: str | None = None
    copy_url: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEditor:
    """A segment as typed; `tally` says how many would be in it, once that was asked for.

    `flows` let people in by it; `left_out` was asked for on the list, and no condition can say it.
    """

    builder: Builder = field(default_factory=Builder)
    name: str = ""
    slug: str = ""
    since: int = 0
    seen: str = ""
    tally: str = ""
    people: Sequence[tuple[str, str]] = ()
    flows: Sequence[str] = ()
    left_out: Sequence[str] = ()
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)
    refused: str | None = None

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed in a field."""
        return {"name": self.name, "slug": self.slug}[name]
