"""What the pages of flows show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.views import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """One flow in the list; the counts are of people, `mailed` of the last seven days' mails."""

    url: str
    slug: str
    version: int
    owner: str
    inside: int
    mailed: int
    handed_over: int
    left: Sequence[tuple[str, int]] = ()
    parked: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """All flows; `may_edit` if the viewer may begin another."""

    lines: Sequence[FlowLine]
    may_edit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out of a step: when it is taken, and where it leads."""

    when: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBox:
    """One step with the people waiting there; `x` and `y` are its upper left corner."""

    url: str
    id: str
    kind: str
    what: str
    here: int
    x: float
    y: float
    short: str
    line: str
    ways: Sequence[Way] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The flow as a drawing: `wires` are SVG paths with what they stand for, `ends` (x, y) of its end."""

    width: float
    height: float
    box: tuple[float, float]
    boxes: Sequence[StepBox]
    wires: Sequence[tuple[str, str]]
    arrows: Sequence[str] = ()
    end: tuple[float, float] | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One published version of a flow."""

    version: int
    published_at: datetime
    inside: int
    url: str
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """The one person the page was opened for, and where in the flow they are; no step once they left."""

    url: str
    name: str
    step: str
    state: str
    tone: Tone
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPage:
    """One flow in one of its versions."""

    line: FlowLine
    enter: str
    exits: Sequence[str]
    picture: Picture
    editions: Sequence[Edition]
    version: int
    elsewhere: int = 0
    traveller: Traveller | None = None
    act: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody at a step."""

    url: str
    name: str
    company: str | None
    since: datetime
    until: datetime | None
    state: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """The people at one step of a flow."""

    flow_url: str
    slug: str
    step: str
    lines: Sequence[Waiting]
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the next seven days bring. `sample` is how many people were looked at if not all.

    `guessed`: nobody came in as it says now; `came` counts those who would have.
    """

    inside: int
    mails_inside: int
    came: int
    mails_new: int
    version: int
    sample: int | None = None
    guessed: bool = False
    enter_changed: bool = False
    unchanged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMistake:
    """One mistake of a text at its line and column, both counted from 1."""

    line: int
    column: int
    excerpt: str
    reason: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """A flow's text as typed; `ahead` is what publishing it would bring, once that was asked for."""

    text: str
    since: int = 0
    mistakes: Sequence[LineMistake] = ()
    refused: str | None = None
    seen: str = ""
    slug: str = ""
    ahead: Preview | None = None
