"""What one feature adds to the logit: a table of steps, a table of levels, or a straight line. Pure.

Weights are centred: a value as it was on average in training adds nothing, so that what a term adds
is what this person's value says beyond the average (its exact Shapley value, the sum being additive).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from scoring.written.stages import Strict

Value = float | str | None
"""What a feature says of one person; None is that it says nothing."""
Figure = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Side(StrEnum):
    """Who somebody is, or what they do."""

    FIT = "fit"
    ENGAGEMENT = "engagement"


class Steps(Strict):
    """A number in bins: at most `edges[0]` adds `weights[0]`, …, above the last edge adds the last weight."""

    shape: Literal["steps"] = "steps"
    feature: Name
    side: Side
    edges: tuple[Figure, ...]
    weights: tuple[Figure, ...]
    missing: Figure

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if list(self.edges) != sorted(set(self.edges)) or len(self.weights) != len(self.edges) + 1:
            raise PydanticCustomError("edges", "edges must rise, with one weight more than edges")
        return self


class Levels(Strict):
    """One of some words: each known one has its weight, any other word adds `other`."""

    shape: Literal["levels"] = "levels"
    feature: Name
    side: Side
    weights: Mapping[str, Figure]
    other: Figure
    missing: Figure


class Line(Strict):
    """A number that counts in proportion, between two bounds beyond which it counts no more."""

    shape: Literal["line"] = "line"
    feature: Name
    side: Side
    slope: Figure
    centre: Figure
    low: Figure
    high: Figure
    missing: Figure

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.low > self.high:
            raise PydanticCustomError("bounds", "low must not be above high")
        return self


Term = Annotated[Steps | Levels | Line, Field(discriminator="shape")]


def weigh(term: Steps | Levels | Line, value: Value) -> float:
    """What this value adds to the logit. A value of the wrong sort counts as missing."""
    match term:
        case Steps():
            if isinstance(value, (int, float)) and value == value:
                return term.weights[bisect_left(term.edges, value)]
        case Levels():
            # As in training, where an empty word says nothing.
            if isinstance(value, str) and value:
                return term.weights.get(value, term.other)
        case Line():
            if isinstance(value, (int, float)) and value == value:
                return term.slope * (min(max(value, term.low), term.high) - term.centre)
        case _:
            assert_never(term)
    return term.missing


def weigher(term: Steps | Levels | Line) -> Callable[[Value], float]:
    """The same as `weigh`, made ready to be asked of very many values."""
    missing = term.missing
    match term:
        case Steps(edges=edges, weights=steps):
            return lambda value: (
                steps[bisect_left(edges, value)]
                if isinstance(value, (int, float)) and value == value
                else missing
            )
        case Levels(other=other):
            levels = dict(term.weights)
            return lambda value: (
                levels.get(value, other) if isinstance(value, str) and value else missing
            )
        case Line(slope=slope, centre=centre, low=low, high=high):
            return lambda value: (
                slope * (min(max(value, low), high) - centre)
                if isinstance(value, (int, float)) and value == value
                else missing
            )
        case _:
            assert_never(term)
