"""What a card knows of buying stages: how far a person's features move what the evidence rules say. Pure.

Two questions: are they a buyer at all, and how far is who is one? The first stage's figures and
`buyer_slope` answer the first; a table of before has none, and asks of everybody how far they are. The chance that a buyer has come at least to a later stage k is σ(slope · prior(k) + η(k) − cut(k)):
`prior` is the logit of what the workspace's evidence rules give, η the sum of the terms, which have a
weight for each stage. A slope of 1, cuts of 0 and no terms are the evidence rules themselves; a training
moves all three away from that only as far as reps' findings pull.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from scoring.card.stage_terms import StageTerm, width
from scoring.card.terms import Figure
from scoring.written.stages import Slug, Strict

LEAST, MOST = 0.02, 0.98
"""No evidence at all is still a chance of 2 %, and no evidence makes it certain: findings may say otherwise."""


class StageTable(Strict):
    """One ladder's table. `verdicts` is how many findings pulled; `calibrated` whether the chances held on others.

    `cuts` has a figure for each stage of `ladder`, in its order.
    """

    ladder: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=20)]
    cuts: tuple[Figure, ...]
    slope: Annotated[Figure, Field(gt=0)] = 1.0
    buyer_slope: Annotated[Figure, Field(gt=0)] | None = None
    terms: tuple[StageTerm, ...] = ()
    verdicts: Annotated[int, Field(ge=0)] = 0
    calibrated: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.cuts) != len(self.ladder):
            raise PydanticCustomError("cuts", "there must be one cut for each stage")
        if {width(term) for term in self.terms} - {None, len(self.ladder)}:
            raise PydanticCustomError("weights", "there must be one weight for each stage")
        return self

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        told: dict[str, Any] = write(self)
        # Cards are named by their content, and those of before know no such slope.
        if self.buyer_slope is None:
            told.pop("buyer_slope")
        return told


def prior_logits(strengths: Sequence[float], *, of_buyers: bool = True) -> list[float]:
    """The logits of what the evidence rules say (0–1), away from both ends: of being a buyer, then of how far one is."""
    whole = strengths[0] if of_buyers else 1.0
    later = (each / whole if whole else 0.0 for each in strengths[1:])
    return [_logit(each) for each in (strengths[0], *later)]


def _logit(strength: float) -> float:
    kept = min(max(strength, LEAST), MOST)
    return math.log(kept / (1 - kept))
