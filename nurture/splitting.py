"""A split sends each person one of several ways, at random and yet always the same. Pure."""

import hashlib

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from nurture.part import Part
from prospects.ids import ProspectId

LARGEST_WEIGHT = 1000


class Way(Part):
    """One way, and how many of the sum of all weights go it; 0 closes it."""

    then: str
    weight: int = Field(default=1, ge=0, le=LARGEST_WEIGHT)


class Split(Part):
    """Several ways by their weights."""

    ways: tuple[Way, ...] = Field(min_length=2, max_length=20)

    @model_validator(mode="after")
    def _somewhere(self) -> "Split":
        if not any(way.weight for way in self.ways):
            raise PydanticCustomError("weight", "give at least one way a weight above 0")
        return self


def way_of(split: Split, who: ProspectId, flow: str, step: str) -> str:
    """Where this person goes from this step of this flow.

    Decided by person, flow and step alone, so that nobody changes sides when they come back, and
    two splits are independent. The weights lie end to end: moving some of the weight from one way
    to its neighbour moves nobody else.
    """
    digest = hashlib.sha256(f"{who}/{flow}/{step}".encode()).digest()
    total = sum(way.weight for way in split.ways)
    # Of 64 even bits the upper part of the product is even over 0 … total - 1.
    left = int.from_bytes(digest[:8]) * total >> 64
    for way in split.ways:
        if left < way.weight:
            return way.then
        left -= way.weight
    raise AssertionError("the weights add up to their total")
