"""What a feature is: a named, typed, pure function of what we knew of one person at an instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prospects.values import Snapshot
from scoring.card.terms import Side, Value

Of = Callable[[Snapshot, datetime], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature. `says` is a sentence a marketer understands; `unit` is empty for a word.

    `blind_to` names what it may not see, with the reason in the registry's own words.
    """

    name: str
    side: Side
    says: str
    unit: str
    of: Of
    blind_to: tuple[str, ...] = ()
