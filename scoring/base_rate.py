"""Sets a card's base rate by everybody, not only by those who were warm enough to be put to sales. Pure.

A lead drawn with a chance of one in twenty stands for twenty people nobody was asked about. The card's
order and weights stay; only the intercept moves, until predictions and findings agree over all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.card.adding import sigmoid
from scoring.card.card import Card

LEAST_DRAWN = 30
LEAST_OF_EACH = 5
"""Fewer drawn leads than this, or fewer wins or losses among them, say nothing of a rate."""
FURTHEST = 3.0
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A settled lead: its logit by the card, how it ended, how much it counts, and by what chance it was drawn."""

    logit: float
    win: bool
    weight: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Unrouted:
    """What is known of people who were not put to sales as warm: how many were drawn, and the share of wins."""

    drawn: int
    wins: int
    share: float | None


def shift(found: Sequence[Found]) -> float | None:
    """By how much the intercept must move; None while too few were drawn."""
    drawn = [each for each in found if each.probability is not None]
    wins = sum(each.win for each in drawn)
    if len(drawn) < LEAST_DRAWN or min(wins, len(drawn) - wins) < LEAST_OF_EACH:
        return None
    total = sum(_stands_for(each) for each in found if each.win)
    low, high = -FURTHEST, FURTHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        told = sum(_stands_for(each) * sigmoid(each.logit + middle) for each in found)
        low, high = (low, middle) if told > total else (middle, high)
    return (low + high) / 2


def moved(card: Card, by: float) -> Card:
    """The card with its base rate moved; everybody's points stay as they were."""
    scales = card.scales
    points = tuple((logit + by, figure) for logit, figure in scales.points)
    calibration = card.calibration.model_copy(update={"b": card.calibration.b + by})
    return card.model_copy(
        update={
            "intercept": card.intercept + by,
            "calibration": calibration,
            "scales": scales.model_copy(update={"points": points}),
        }
    )


def unrouted(found: Sequence[Found]) -> Unrouted:
    """The share of wins among those not warm, each drawn one standing for all that the draw passed over."""
    drawn = [each for each in found if each.probability is not None]
    whole = sum(_stands_for(each) for each in drawn)
    wins = sum(_stands_for(each) for each in drawn if each.win)
    return Unrouted(len(drawn), sum(each.win for each in drawn), wins / whole if whole else None)


def _stands_for(each: Found) -> float:
    return each.weight / (each.probability or 1.0)
