"""What the pages of imports show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.views import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One import in the list."""

    url: str
    name: str
    source: str
    state: str
    tone: Tone
    at: datetime
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """The list, and the form for another file; `refused` is why the last one was not taken."""

    lines: Sequence[Line]
    sources: Sequence[str]
    listed: bool = False
    refused: str = ""
    source: str = ""
    holds: str = "leads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file: what stands above it and first in it, and what it means."""

    heading: str
    examples: Sequence[str]
    target: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Look:
    """How a line of a file would read in one encoding, and what people call that."""

    encoding: str
    letters: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file: how it is read, what would become or became of its rows, and what may be done now."""

    url: str
    name: str
    source: str
    refusals: bool
    state: str
    tone: Tone
    line: str
    at: datetime
    step: str
    size: str = ""
    read_as: str = ""
    looks: Sequence[Look] = ()
    columns: Sequence[Column] = ()
    wrong: Sequence[str] = ()
    enrol: bool = False
    far: int | None = None
    counts: Sequence[tuple[str, int]] = ()
    refused: int = 0
    goes: int = 0
    changed: int = 0
    at_work: bool = False
