"""What a feature is: a named, typed, pure function of what we knew of one person at an instant."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scoring.card.terms import Side, Value
from scoring.features.known import Known

Of = Callable[[Known], Value]


class Sort(StrEnum):
    """What a feature's values are."""

    NUMBER = "number"
    WORD = "word"


NEVER = (
    "who in sales has them, and anything a rep wrote",
    "what became of the lead, the deal or the customer",
    "name, gender, age and where somebody lives",
    "what happened or was learned later",
)
"""What no feature sees: it is not in `Known`, or the deny-list keeps it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature. `says` is a sentence a marketer understands; `unit` is empty for a word.

    `blind_to` is what it may not see. `rising`: more of it never speaks against somebody.
    """

    name: str
    side: Side
    sort: Sort
    unit: str
    says: str
    of: Of
    blind_to: tuple[str, ...] = NEVER
    rising: bool = False
