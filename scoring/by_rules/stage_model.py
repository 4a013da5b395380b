"""How reps' findings moved what the evidence says of a buyer's stage: a card's stage table for one person. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoring.card.adding import sigmoid
from scoring.card.card import Card
from scoring.card.stage_sum import stage_sum
from scoring.card.stage_table import StageTable, prior_logits
from scoring.card.stage_terms import Weights, weigh_stages
from scoring.card.terms import Value

SILENT = 0.1
"""Below this weight of evidence nothing the buyer did speaks for any stage, and no model makes one up."""
Features = Callable[[float], Mapping[str, Value]]
"""What is known of somebody after so many seconds in which nothing but time happened."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A stage table and one person; `model` is what a claim names as its maker."""

    table: StageTable
    features: Features
    model: str

    def told(self) -> list[tuple[str, Value, Weights]]:
        """What each feature is now and adds to each stage's logit."""
        seen, stages = self.features(0.0), len(self.table.ladder)
        asked = ((term, seen.get(term.feature)) for term in self.table.terms)
        return [(term.feature, value, weigh_stages(term, value, stages)) for term, value in asked]

    def chances(
        self, strengths: Sequence[float], passed: float, doubt: Sequence[float]
    ) -> list[float]:
        """How likely the buyer has come at least to each stage, 0–1, never rising along the ladder.

        `strengths` are what the evidence alone says, 0–1. `doubt` (0–1, by stage) is how much of what
        the table adds still counts where a rep found the buyer not that far.
        """
        if -math.log1p(-min(strengths[0], 1 - 1e-12)) < SILENT:
            return [0.0] * len(strengths)
        told, table = stage_sum(self.table).of(self.features(passed)), self.table
        of_buyers = table.buyer_slope is not None
        priors = prior_logits(strengths, of_buyers=of_buyers)
        found: list[float] = []
        for rank, (prior, left) in enumerate(zip(priors, doubt, strict=True)):
            slope = table.slope if rank or table.buyer_slope is None else table.buyer_slope
            moved = (slope - 1) * prior - table.cuts[rank] + told[rank]
            chance = sigmoid(prior + (moved if moved < 0 else moved * left))
            # How far somebody is, is asked of buyers.
            chance *= found[0] if found and of_buyers else 1.0
            found.append(min(chance, *found[-1:], 1.0))
        return found


OTHER_STAGES = (
    "The stages have changed since the model was trained: claims follow the evidence rules alone "
    "until the next training."
)


def unasked(card: Card | None, ladder: Sequence[str]) -> str | None:
    """Why this card is not asked for stages, in a sentence; None if it is, or never learned any."""
    if card is None or card.stage is None or stage_table(card, ladder):
        return None
    return OTHER_STAGES


def stage_table(card: Card | None, ladder: Sequence[str]) -> StageTable | None:
    """What a card that was trained on just these stages has to say of them; None of any other."""
    table = card.stage if card is not None else None
    return table if table is not None and table.ladder == tuple(ladder) else None
