"""Traits as Segment's calls have them, laid flat: plain values by their dotted names. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any


def flat(traits: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Plain values, those one level down by a dotted name; lists and what lies deeper are passed over."""
    within = (
        (name, value if isinstance(value, Mapping) else {"": value})
        for name, value in traits.items()
    )
    for name, value in (
        (_dotted(name, below), each) for name, some in within for below, each in some.items()
    ):
        if isinstance(value, str | int | float) and value != "":
            yield name, value


def _dotted(name: str, below: str) -> str:
    return f"{name}.{below}" if below else name
