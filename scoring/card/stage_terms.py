"""What one feature adds to each question a table of stages asks: a weight of its own for each stage. Pure.

Weights are centred: a value as it was on average in training adds nothing.
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, assert_never

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from scoring.card.terms import Figure, Levels, Line, Name, Side, Steps, Value, weigh
from scoring.written.stages import Strict

Weights = tuple[Figure, ...]
"""One for each stage, in the order of the ladder."""


class Growing(Strict):
    """A number that counts by its logarithm: adds weight · (ln(1 + value) − centre), beyond `least` and `most` no more.

    Both are what was seen in training: of other values nothing was learned.
    """

    shape: Literal["growing"] = "growing"
    feature: Name
    side: Side
    centre: Figure
    most: Annotated[Figure, Field(ge=0)]
    least: Annotated[Figure, Field(ge=0)] = 0.0
    weights: Weights
    missing: Weights

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _same_length(self.weights, self.missing)
        return self

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        told: dict[str, Any] = write(self)
        # Cards are named by their content, and those of before know no such bound.
        return told if self.least else {key: each for key, each in told.items() if key != "least"}


class Sorts(Strict):
    """One of some words: each known one has its weights, any other word has `other`."""

    shape: Literal["sorts"] = "sorts"
    feature: Name
    side: Side
    weights: Mapping[str, Weights]
    other: Weights
    missing: Weights

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _same_length(*self.weights.values(), self.other, self.missing)
        return self


StageTerm = Annotated[Growing | Sorts | Steps | Levels | Line, Field(discriminator="shape")]
"""Terms of a score's shapes add the same to every stage."""


def grown(value: float, least: float, most: float) -> float:
    """A number as it counts: ln(1 + value), no less than `least` and no more than `most`."""
    return math.log1p(min(max(value, least), most))


def weigh_stages(
    term: Growing | Sorts | Steps | Levels | Line, value: Value, stages: int
) -> Weights:
    """What this value adds for each stage. A value of the wrong sort counts as missing."""
    match term:
        case Growing():
            if isinstance(value, (int, float)) and value == value:
                share = grown(value, term.least, term.most) - term.centre
                return tuple(weight * share for weight in term.weights)
            return term.missing
        case Sorts():
            known = isinstance(value, str)
            return term.weights.get(str(value), term.other) if known else term.missing
        case Steps() | Levels() | Line():
            return (weigh(term, value),) * stages
        case _:
            assert_never(term)


def width(term: Growing | Sorts | Steps | Levels | Line) -> int | None:
    """For how many stages a term has weights; None for one that adds the same to all."""
    return len(term.missing) if isinstance(term, (Growing, Sorts)) else None


def _same_length(*told: Weights) -> None:
    if len({len(each) for each in told}) != 1:
        raise PydanticCustomError("weights", "there must be one weight for each stage")
