"""One thing a look at the outside found, in words, with what to do next. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """A record of DNS as somebody would type it in: its name, its type, its value."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a check: what was found, what is missing, and the record that would mend it."""

    title: str
    done: bool
    line: str
    mend: str = ""
    record: Record | None = None


def kept(part: Part) -> dict[str, Any]:
    """A part as it is stored."""
    return asdict(part)


def part_of(document: Mapping[str, Any]) -> Part:
    """A part as it was stored."""
    record = document.get("record")
    return Part(**{**document, "record": Record(**record) if record else None})
