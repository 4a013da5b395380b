"""How reps' findings moved what the evidence says of a buyer's stage: a card's stage table for one person. Pure."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoring.card.adding import sigmoid
from scoring.card.card import Card
from scoring.card.stage_table import StageTable, prior_logit
from scoring.card.terms import Value, weigh
from scoring.halving import share_left

DAY = 86_400.0
SILENT = 0.1
"""Below this weight of evidence nothing the buyer did speaks for any stage, and no model makes one up."""
WORTH_A_LINE = 0.15
_RECENT = re.compile(r"\.recent_(\d+)d$")


@dataclass(frozen=True, slots=True)
class Learned:
    """A stage table and one person's features; `model` is what a claim names as its maker."""

    table: StageTable
    features: Mapping[str, Value]
    model: str

    def shares(self, passed: float = 0.0) -> list[tuple[str, float]]:
        """What each feature adds to the logit if nothing happens for `passed` seconds."""
        return [
            (term.feature, weigh(term, _later(term.feature, self.features, passed)))
            for term in self.table.terms
        ]

    def chances(
        self, strengths: Sequence[float], passed: float, doubt: Sequence[float]
    ) -> list[float]:
        """How likely the buyer has come at least to each stage, 0–1, never rising along the ladder.

        `strengths` are what the evidence alone says, 0–1. `doubt` (0–1, by stage) is how much of what
        the table adds still counts where a rep found the buyer not that far.
        """
        if -math.log1p(-min(strengths[0], 1 - 1e-12)) < SILENT:
            return [0.0] * len(strengths)
        eta = sum(share for _, share in self.shares(passed))
        found: list[float] = []
        for strength, cut, left in zip(strengths, self.table.cuts, doubt, strict=True):
            prior = prior_logit(strength)
            moved = (self.table.slope - 1) * prior + eta - cut
            chance = sigmoid(prior + (moved if moved < 0 else moved * left))
            found.append(min(chance, found[-1]) if found else chance)
        return found


def learned(
    card: Card | None, ladder: Sequence[str], features: Mapping[str, Value]
) -> Learned | None:
    """What this card knows of stages, for one person; None if it knows nothing of this ladder.

    A table of other stages, or of the same in another order, is of no use: the evidence rules speak alone.
    """
    if card is None or not knows(card, ladder):
        return None
    assert card.stage is not None
    return Learned(card.stage, features, card.id)


def knows(card: Card, ladder: Sequence[str]) -> bool:
    """Whether the card was trained on just these stages."""
    return card.stage is not None and card.stage.ladder == tuple(ladder)


def _later(name: str, features: Mapping[str, Value], passed: float) -> Value:
    """The feature's value after so many seconds of silence; what does not age stays."""
    value = features.get(name)
    if not passed or isinstance(value, str) or value is None:
        return value
    return _ageing(name)(value, passed)


@lru_cache(maxsize=1024)
def _ageing(name: str) -> Callable[[float, float], float]:
    if halves := _RECENT.search(name):
        half_life = int(halves[1]) * DAY
        return lambda value, passed: value * share_left(passed, half_life)
    if name.endswith(".hours_since"):
        return lambda value, passed: value + passed / 3600
    return lambda value, passed: value
