"""What an enricher is: one file that finds something out from what is known, and says from what. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prospects.values import Person


@dataclass(frozen=True, slots=True)
class Found:
    """Something found out: its name (`country`, `website`, …) and value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Enricher:
    """`source` is what stands beside each thing it found; `look` gives nothing where nothing is sure.

    `of_company`: what it finds is their company's, and counts for everybody there.
    """

    source: str
    look: Callable[[Person, str | None], Sequence[Found]]
    """(the person, their company's registrable domain) -> what follows from it."""
    of_company: bool = False
