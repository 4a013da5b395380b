"""Scoring by a card is adding up: about thirty lines of plain Python, and the reasons are its terms. Pure."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.card.card import Card, Knots
from scoring.card.terms import Side, Value, weigh


@dataclass(frozen=True, slots=True)
class Added:
    """One person's sum. `lines` are (feature, value, share) in the card's order; with the intercept they are the logit.

    `fit` and `engagement` are the two sides' shares of the logit, before any scale.
    """

    logit: float
    fit: float
    engagement: float
    lines: tuple[tuple[str, Value, float], ...]

    @property
    def probability(self) -> float:
        """The logit as a probability, 0–1."""
        return sigmoid(self.logit)


def add_up(card: Card, features: Mapping[str, Value]) -> Added:
    """Score one person; a feature that is not there counts as missing."""
    lines, facts, acts = [], [], []
    for term in card.terms:
        value = features.get(term.feature)
        share = weigh(term, value)
        lines.append((term.feature, value, share))
        if term.side is Side.FIT:
            facts.append(share)
        else:
            acts.append(share)
    # The same whatever the order: of very many people, and at many instants, terms are asked in another one.
    fit, engagement = math.fsum(facts), math.fsum(acts)
    return Added(card.intercept + fit + engagement, fit, engagement, tuple(lines))


def sigmoid(logit: float) -> float:
    """1 / (1 + e^−logit), without overflow."""
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1 + grown)


def on_scale(knots: Knots, figure: float) -> float:
    """Where a figure lies on a scale of rising knots; 0 for a scale without any."""
    if not knots:
        return 0.0
    place = bisect_right(knots, (figure, math.inf))
    if place == 0:
        return knots[0][1]
    if place == len(knots):
        return knots[-1][1]
    (low, at_low), (high, at_high) = knots[place - 1], knots[place]
    return at_low + (at_high - at_low) * (figure - low) / (high - low)


def points_are_chances(card: Card) -> bool:
    """Whether its points are 100 times its probability, there having been no points to set a scale by."""
    knots = card.scales.points
    return all(abs(points - 100 * sigmoid(logit)) < 0.01 for logit, points in knots)
