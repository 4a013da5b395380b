"""Cumulative logits drawn towards the evidence rules: the most likely figures, given findings (Newton's method).

Each finding answers a yes or no for every stage: is this a buyer, and is the buyer at least here? A
feature has a weight for each stage. What its weights for later stages share and what each has of its own
are drawn towards nothing, the second on its own account, so that few findings move all stages alike and
many tell them apart.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scoring.training.table import Floats, Places

STEPS_OF_NEWTON, MOST_HALVES = 20, 20
ENOUGH = 1e-6
CUT_SPREAD, SLOPE_SPREAD = 0.7, 0.5
"""How far a cut and the slope are believed to be from the evidence rules, as standard deviations."""


class Spread(NamedTuple):
    """The same for a term's weights: what all stages share, and what each has of its own; 0: no terms."""

    shared: float
    own: float


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """`answers`, `prior` (logits) and `weight` are findings × stages, `design` is findings × columns."""

    answers: Floats
    prior: Floats
    design: Floats
    weight: Floats

    def take(self, rows: Places) -> "Asked":
        """Some of the findings."""
        return Asked(self.answers[rows], self.prior[rows], self.design[rows], self.weight[rows])

    def of(self, stages: slice) -> "Asked":
        """What is asked of some of the stages."""
        answers, prior, weight = (
            each[:, stages] for each in (self.answers, self.prior, self.weight)
        )
        return Asked(answers, prior, self.design, weight)

    def without_terms(self) -> "Asked":
        """The same findings, with nothing known of anybody but the evidence."""
        return Asked(self.answers, self.prior, self.design[:, :0], self.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """`cuts` are one a stage, `weights` columns × stages: none where only the evidence is asked."""

    cuts: Floats
    slope: float
    weights: Floats

    def logits(self, asked: Asked) -> Floats:
        """Of having come at least to each stage: findings × stages."""
        eta = asked.design[:, : len(self.weights)] @ self.weights
        made: Floats = self.slope * asked.prior + eta - self.cuts
        return made


def fit(asked: Asked, spread: Spread) -> Figures:
    """The most likely figures, given the findings and how far they are believed to be from the rules."""
    asked = asked if spread.shared else asked.without_terms()
    stages, terms = asked.answers.shape[1], asked.design.shape[1]
    start = np.concatenate([np.zeros(stages), [1.0], np.zeros(terms * stages)])
    pull = _pull(stages, terms, spread)
    figures: Floats = start
    for _ in range(STEPS_OF_NEWTON):
        gradient, hessian = _curve(asked, _figures(figures, stages))
        gradient += pull @ (figures - start)
        step = np.linalg.solve(hessian + pull, gradient).astype(np.float64)
        figures = _downhill(asked, figures, step, start, pull)
        if np.abs(step).max() < ENOUGH:
            break
    return _figures(figures, stages)


def loss(logits: Floats, asked: Asked) -> float:
    """In nats a question."""
    return float(each_loss(logits, asked).sum() / asked.weight.sum())


def each_loss(logits: Floats, asked: Asked) -> Floats:
    """Of each finding, all its questions together, as much as it counts."""
    signed = np.where(asked.answers > 0, -logits, logits)
    each: Floats = (np.logaddexp(0.0, signed) * asked.weight).sum(axis=1)
    return each


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + e^−logit), without overflow."""
    made: Floats = 0.5 * (1 + np.tanh(0.5 * logits))
    return made


def _pull(stages: int, terms: int, spread: Spread) -> Floats:
    """The precision of what is believed before: of cuts, slope, then each stage's weights in turn."""
    size = stages + 1
    pull = np.zeros((size + terms * stages, size + terms * stages))
    pull[range(size), range(size)] = [CUT_SPREAD**-2.0] * stages + [SLOPE_SPREAD**-2.0]
    if terms:
        alike = spread.own**2 * np.eye(stages) + spread.shared**2
        pull[size:, size:] = np.kron(np.linalg.inv(alike), np.eye(terms))
    return pull


def _figures(figures: Floats, stages: int) -> Figures:
    weights = figures[stages + 1 :].reshape(stages, -1).T
    return Figures(figures[:stages], float(figures[stages]), weights)


def _downhill(asked: Asked, at: Floats, step: Floats, start: Floats, pull: Floats) -> Floats:
    """The whole step, or the first half of a half of it that leads down: Newton alone may leap too far."""
    stages = asked.answers.shape[1]

    def height(figures: Floats) -> float:
        signed = np.where(asked.answers > 0, -1.0, 1.0)
        signed = signed * _figures(figures, stages).logits(asked)
        lost = (np.logaddexp(0.0, signed) * asked.weight).sum()
        off = figures - start
        return float(lost + 0.5 * off @ pull @ off)

    now = height(at)
    for halved in range(MOST_HALVES):
        tried: Floats = at - step / 2**halved
        if height(tried) <= now:
            return tried
    return at


def _curve(asked: Asked, figures: Figures) -> tuple[Floats, Floats]:
    """Gradient and curvature of the loss at these figures: cuts, slope, then each stage's weights in turn."""
    stages, terms = asked.answers.shape[1], asked.design.shape[1]
    chance = sigmoid(figures.logits(asked))
    miss = (chance - asked.answers) * asked.weight
    curve = chance * (1 - chance) * asked.weight
    gradient = np.concatenate(
        [-miss.sum(axis=0), [(miss * asked.prior).sum()], (miss.T @ asked.design).ravel()]
    )
    hessian = np.zeros((len(gradient), len(gradient)))
    hessian[:stages, :stages] = np.diag(curve.sum(axis=0))
    hessian[stages, stages] = (curve * asked.prior**2).sum()
    hessian[:stages, stages] = -(curve * asked.prior).sum(axis=0)
    for stage in range(stages):
        own = slice(stages + 1 + stage * terms, stages + 1 + (stage + 1) * terms)
        weighed = asked.design * curve[:, stage, None]
        hessian[stage, own] = -weighed.sum(axis=0)
        hessian[stages, own] = asked.prior[:, stage] @ weighed
        hessian[own, own] = weighed.T @ asked.design
    return gradient, np.triu(hessian) + np.triu(hessian, 1).T
