"""The table of stages from reps' findings: the evidence rules, pulled as far as the findings pull.

Each finding answers one yes or no for every stage: is the buyer at least here? The answers are fitted
as cumulative logits that begin at what the evidence rules say; every figure is drawn back towards
them by a normal prior (maximum a posteriori, Newton's method), so that few findings move little and
hundreds move much. How strongly, is chosen by what predicts findings that were held back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.card.stage_table import LEAST, MOST, StageTable
from scoring.card.terms import Side
from scoring.stage_seen import SeenStage
from scoring.training.stage_columns import Column, columns
from scoring.training.table import Floats, Places

FEWEST = 10
"""Findings below which the evidence rules stand as they are."""
TERMS_FROM = 30
ENOUGH_TO_CALIBRATE = 100
ECE_PASSES = 0.05
FOLDS = 5
STEPS_OF_NEWTON, MOST_HALVES = 20, 20
CUT_SPREAD, SLOPE_SPREAD = 3.0, 0.5
"""How far a cut and the slope are believed to be from the evidence rules, as standard deviations."""
SPREADS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
"""The same for a term's weights; 0: no terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedStages:
    """What came of it. Log losses are in nats a question, on findings held back; `ece` 0–1.

    `table` is None where there are too few findings, or they say nothing the evidence rules do not.
    """

    table: StageTable | None
    verdicts: int
    prior_loss: float | None = None
    loss: float | None = None
    ece: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """`answers` (0 or 1) and `prior` (logits) are findings × stages, `design` is findings × steps of columns, centred.

    `weight` is how much each finding counts.
    """

    answers: Floats
    prior: Floats
    design: Floats
    weight: Floats

    def take(self, rows: Places) -> "_Asked":
        return _Asked(self.answers[rows], self.prior[rows], self.design[rows], self.weight[rows])


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    cuts: Floats
    slope: float
    weights: Floats

    def logits(self, asked: _Asked) -> Floats:
        figures = np.concatenate([self.cuts, [self.slope], self.weights])
        return _logits(asked, asked.design, figures)


def fit_stages(
    rows: Sequence[SeenStage],
    ladder: Sequence[str],
    *,
    sides: Mapping[str, Side] | None = None,
    seed: int = 7,
) -> FittedStages:
    """Fit a table for this ladder; the same findings and seed give the same table."""
    if len(rows) < FEWEST:
        missing = FEWEST - len(rows)
        return FittedStages(
            table=None, verdicts=len(rows), words=f"findings still needed for more: {missing}"
        )
    ordered = sorted(rows, key=lambda row: row.at)
    made = (
        columns([row.features for row in ordered], sides or {}) if len(rows) >= TERMS_FROM else []
    )
    asked, means = _asked(ordered, len(ladder), made)
    tried = {spread: _held_back(asked, spread, seed) for spread in (SPREADS if made else (0.0,))}
    losses = {spread: _loss(logits, asked) for spread, logits in tried.items()}
    best = min(losses, key=lambda spread: (losses[spread], spread))
    prior = _loss(asked.prior, asked)
    if losses[best] >= prior:
        words = "the evidence rules say as much as the findings"
        return FittedStages(
            table=None, verdicts=len(rows), prior_loss=prior, loss=losses[best], words=words
        )
    ece = _ece(tried[best], asked)
    figures = _fit(asked, best)
    table = StageTable(
        ladder=tuple(ladder),
        cuts=tuple(round(float(each), 6) for each in figures.cuts),
        slope=round(figures.slope, 6),
        terms=_terms(made, figures.weights, means) if best else (),
        verdicts=len(rows),
        calibrated=len(rows) >= ENOUGH_TO_CALIBRATE and ece <= ECE_PASSES,
    )
    return FittedStages(
        table=table, verdicts=len(rows), prior_loss=prior, loss=losses[best], ece=ece
    )


def _asked(
    rows: Sequence[SeenStage], stages: int, made: Sequence[Column]
) -> tuple[_Asked, list[Floats]]:
    """What is asked of each finding, and each column's mean (terms are centred on it)."""
    strengths = np.clip(np.array([row.strengths for row in rows]), LEAST, MOST)
    found = np.array([row.found for row in rows])
    parts, means = [], []
    for column in made:
        values = [row.features.get(column.feature) for row in rows]
        drawn = column.steps()[column.places(values)]
        means.append(drawn.mean(axis=0))
        parts.append(drawn - means[-1])
    design = np.hstack(parts) if parts else np.zeros((len(rows), 0))
    answers = (found[:, None] >= np.arange(stages)[None, :]).astype(np.float64)
    weight = np.array([row.weight for row in rows])
    return _Asked(answers, np.log(strengths / (1 - strengths)), design, weight), means


def _terms(made: Sequence[Column], weights: Floats, means: Sequence[Floats]) -> tuple[object, ...]:
    found, start = [], 0
    for column, mean in zip(made, means, strict=True):
        steps = column.steps()
        own = weights[start : start + steps.shape[1]]
        start += steps.shape[1]
        found.append(column.term((steps - mean) @ own))
    return tuple(found)


def _held_back(asked: _Asked, spread: float, seed: int) -> Floats:
    """Each finding's logits by figures fitted without it."""
    fold = np.random.default_rng(seed).permutation(len(asked.answers)) % FOLDS
    logits = np.empty_like(asked.prior)
    for one in range(FOLDS):
        held = np.flatnonzero(fold == one)
        figures = _fit(asked.take(np.flatnonzero(fold != one)), spread)
        logits[held] = figures.logits(asked.take(held))
    return logits


def _fit(asked: _Asked, spread: float) -> _Figures:
    """The most likely figures, given the findings and how far they are believed to be from the rules."""
    stages = asked.answers.shape[1]
    terms = asked.design.shape[1] if spread else 0
    design = asked.design[:, :terms]
    figures = np.concatenate([np.zeros(stages), [1.0], np.zeros(terms)])
    start = figures.copy()
    precision: Floats = np.concatenate(
        [
            np.full(stages, CUT_SPREAD**-2.0),
            [SLOPE_SPREAD**-2.0],
            np.full(terms, spread**-2.0 if spread else 1.0),
        ]
    )
    for _ in range(STEPS_OF_NEWTON):
        gradient, hessian = _curve(asked, design, figures)
        gradient += precision * (figures - start)
        step = np.linalg.solve(hessian + np.diag(precision), gradient).astype(np.float64)
        figures = _downhill(asked, design, figures, step, start, precision)
        if np.abs(step).max() < 1e-8:
            break
    weights = np.zeros(asked.design.shape[1])
    weights[:terms] = figures[stages + 1 :]
    return _Figures(figures[:stages], max(float(figures[stages]), 0.05), weights)


def _downhill(
    asked: _Asked, design: Floats, at: Floats, step: Floats, start: Floats, precision: Floats
) -> Floats:
    """The whole step, or the first half of a half of it that leads down: Newton alone may leap too far."""

    def height(figures: Floats) -> float:
        signed = np.where(asked.answers > 0, -1.0, 1.0) * _logits(asked, design, figures)
        loss = (np.logaddexp(0.0, signed) * asked.weight[:, None]).sum()
        return float(loss + 0.5 * (precision * (figures - start) ** 2).sum())

    now = height(at)
    for halved in range(MOST_HALVES):
        tried: Floats = at - step / 2**halved
        if height(tried) <= now:
            return tried
    return at


def _logits(asked: _Asked, design: Floats, figures: Floats) -> Floats:
    stages = asked.answers.shape[1]
    eta = design @ figures[stages + 1 :]
    made: Floats = figures[stages] * asked.prior + eta[:, None] - figures[None, :stages]
    return made


def _curve(asked: _Asked, design: Floats, figures: Floats) -> tuple[Floats, Floats]:
    """Gradient and curvature of the loss at these figures: cuts, slope, terms."""
    stages = asked.answers.shape[1]
    chance = _sigmoid(_logits(asked, design, figures))
    miss = (chance - asked.answers) * asked.weight[:, None]
    curve = chance * (1 - chance) * asked.weight[:, None]
    gradient = np.concatenate(
        [-miss.sum(axis=0), [(miss * asked.prior).sum()], design.T @ miss.sum(axis=1)]
    )
    size = len(figures)
    hessian = np.zeros((size, size))
    hessian[:stages, :stages] = np.diag(curve.sum(axis=0))
    hessian[stages, stages] = (curve * asked.prior**2).sum()
    hessian[:stages, stages] = -(curve * asked.prior).sum(axis=0)
    hessian[:stages, stages + 1 :] = -curve.T @ design
    hessian[stages, stages + 1 :] = (curve * asked.prior).sum(axis=1) @ design
    hessian[stages + 1 :, stages + 1 :] = design.T @ (design * curve.sum(axis=1)[:, None])
    return gradient, np.triu(hessian) + np.triu(hessian, 1).T


def _loss(logits: Floats, asked: _Asked) -> float:
    signed = np.where(asked.answers > 0, -logits, logits)
    each = np.logaddexp(0.0, signed) * asked.weight[:, None]
    return float(each.sum() / (asked.weight.sum() * logits.shape[1]))


def _ece(logits: Floats, asked: _Asked, bins: int = 10) -> float:
    """How far the chances are from the share that came true, over tenths of them."""
    chance, came = _sigmoid(logits).ravel(), asked.answers.ravel()
    place = np.minimum((chance * bins).astype(np.int64), bins - 1)
    gaps = [abs(chance[place == b].sum() - came[place == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(chance))


def _sigmoid(logits: Floats) -> Floats:
    made: Floats = 0.5 * (1 + np.tanh(0.5 * logits))
    return made
