"""What a workspace's files want: each configured thing by kind and slug, and where it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.workspace.mistakes import Mistake
from prospects.faults import Fault


class Thing(StrEnum):
    """The kinds of things a workspace is made of; all but people are documents of this kind."""

    PERSON = "person"
    STAGES = "stages"
    SCORING = "scoring"
    ROUTING = "routing"
    SEGMENT = "segment"
    SOURCE = "source"
    MEANING = "meaning"
    """What the fields of one source mean, under its slug."""
    DESTINATION = "destination"
    FLOW = "flow"
    MAIL = "mail"


SEALED = frozenset({Thing.SOURCE, Thing.DESTINATION})
"""What holds secrets: they are kept sealed, and so is the text of the file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing as its file wants it, not yet compared with what stands.

    `mistake` places a fault within it; `origins` has, by place, the texts with `${NAME}` that were
    filled in. The body holds open secrets: keep it out of logs.
    """

    kind: Thing
    slug: str
    file: str
    body: Mapping[str, Any] = field(repr=False)
    mistake: Callable[[Fault], Mistake] = field(repr=False, compare=False)
    origins: Mapping[str, str] = field(default_factory=dict)
