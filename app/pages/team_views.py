"""What the pages of colleagues show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.setup_views import Invited
from app.pages.views import Mistake, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """One colleague in the list. `files` says that team.yaml speaks of them."""

    url: str
    name: str
    email: str
    roles: str
    state: str
    tone: Tone
    zone: str
    hours: str
    seen_at: datetime | None = None
    files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who works here or did, and the form by which somebody new comes in.

    `lines` are the first of `count` that were looked for with `q`.
    """

    lines: Sequence[TeamLine]
    q: str = ""
    count: int = 0
    roles: Sequence[tuple[str, str]] = ()
    invited: Invited | None = None
    mails: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    ticked: Sequence[str] = ()
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleaguePage:
    """One colleague: what they may do, how they come in, and what they have in hand.

    `in_files` are the keys that team.yaml writes of them and that are changed there.
    """

    line: TeamLine
    active: bool
    able: bool
    in_files: Sequence[str]
    roles: Sequence[tuple[str, str]]
    ticked: Sequence[str]
    hands: Sequence[str]
    becomes: Sequence[str]
    mails: bool = False
    invited: Invited | None = None
    why: str | None = None
    yourself: bool = False
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)
