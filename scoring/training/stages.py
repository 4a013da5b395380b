"""The table of stages from reps' findings: the evidence rules, pulled as far as the findings pull.

How strongly features count is chosen by what predicts findings that were held back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.card.stage_table import StageTable, prior_logits
from scoring.card.stage_terms import StageTerm
from scoring.card.terms import Side
from scoring.learning.stage_seen import SeenStage
from scoring.training.stage_columns import Column, columns
from scoring.training.stage_fit import Asked, Figures, Spread, each_loss, fit, loss, sigmoid
from scoring.training.table import Floats

FEWEST = 10
"""Findings below which the evidence rules stand as they are."""
TERMS_FROM = 30
ENOUGH_TO_CALIBRATE = 100
ECE_PASSES = 0.05
FOLDS = 5
LEAST_SLOPE = 0.05
"""Evidence never speaks against a stage it was written down for."""
NO_TERMS = Spread(0.0, 0.0)
SPREADS = (NO_TERMS, Spread(0.05, 0.05), Spread(0.1, 0.1), Spread(0.2, 0.3), Spread(0.4, 0.6))
"""Which are tried; columns have a spread of one."""
USUAL, USUAL_FROM = SPREADS[3], 300
"""From so many findings on another takes its place only beyond the noise (a standard error): findings are of the
warm, and what predicts them by a hair may claim up to four points fewer of everybody's stages (`docs/benchmarks.md`)."""


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
    asked = _asked(ordered, len(ladder), made)
    parts = [_pulled(part, seed) for part in (asked.of(slice(1)), asked.of(slice(1, None)))]
    held, figures = np.hstack([each.held for each in parts]), [each.figures for each in parts]
    lost, prior = loss(held, asked), loss(asked.prior, asked)
    if lost >= prior:
        words = "the evidence rules say as much as the findings"
        return FittedStages(
            table=None, verdicts=len(rows), prior_loss=prior, loss=lost, words=words
        )
    ece = _ece(held, asked)
    buyer, later = (round(max(each.slope, LEAST_SLOPE), 12) for each in figures)
    table = StageTable(
        ladder=tuple(ladder),
        cuts=tuple(round(float(cut), 12) for each in figures for cut in each.cuts),
        slope=later,
        buyer_slope=buyer,
        terms=_terms(made, np.hstack([_weights(each, asked) for each in figures])),
        verdicts=len(rows),
        calibrated=len(rows) >= ENOUGH_TO_CALIBRATE and ece <= ECE_PASSES,
    )
    return FittedStages(table=table, verdicts=len(rows), prior_loss=prior, loss=lost, ece=ece)


@dataclass(frozen=True, slots=True, eq=False)
class _Pulled:
    """The figures of some of the stages, and each finding's logits by figures fitted without it."""

    figures: Figures
    held: Floats


def _pulled(asked: Asked, seed: int) -> _Pulled:
    """As strongly as predicts findings held back best."""
    spreads = SPREADS if asked.design.shape[1] else (NO_TERMS,)
    tried = {each: _held_back(asked, each, seed) for each in spreads}
    best = min(tried, key=lambda spread: (loss(tried[spread], asked), spread))
    if len(asked.answers) >= USUAL_FROM and USUAL in tried:
        gains = each_loss(tried[USUAL], asked) - each_loss(tried[best], asked)
        best = best if gains.mean() > gains.std() / np.sqrt(len(gains)) else USUAL
    return _Pulled(fit(asked, best), tried[best])


def _weights(figures: Figures, asked: Asked) -> Floats:
    """Columns × stages; nothing where only the evidence is asked."""
    some = len(figures.weights) > 0
    return figures.weights if some else np.zeros((asked.design.shape[1], len(figures.cuts)))


def _asked(rows: Sequence[SeenStage], stages: int, made: Sequence[Column]) -> Asked:
    """What is asked of each finding, beside what was known."""
    prior = np.array([prior_logits(row.strengths) for row in rows])
    found = np.array([row.found for row in rows])
    parts = [column.design([row.features.get(column.feature) for row in rows]) for column in made]
    design = np.hstack(parts) if parts else np.zeros((len(rows), 0))
    answers = (found[:, None] >= np.arange(stages)[None, :]).astype(np.float64)
    weight = np.repeat(np.array([[row.weight] for row in rows]), stages, axis=1)
    # Who is no buyer says nothing of how far buyers are.
    weight[found < 0, 1:] = 0.0
    return Asked(answers, prior, design, weight)


def _terms(made: Sequence[Column], weights: Floats) -> tuple[StageTerm, ...]:
    found, start = [], 0
    if not weights.any():
        return ()
    for column in made:
        found.append(column.term(weights[start : start + column.width]))
        start += column.width
    return tuple(found)


def _held_back(asked: Asked, spread: Spread, seed: int) -> Floats:
    """Each finding's logits by figures fitted without it."""
    fold = np.random.default_rng(seed).permutation(len(asked.answers)) % FOLDS
    logits = np.empty_like(asked.prior)
    for one in range(FOLDS):
        held = np.flatnonzero(fold == one)
        figures = fit(asked.take(np.flatnonzero(fold != one)), spread)
        logits[held] = figures.logits(asked.take(held))
    return logits


def _ece(logits: Floats, asked: Asked, bins: int = 10) -> float:
    """How far the chances are from the share that came true, over tenths of them."""
    chance = sigmoid(logits)
    chance[:, 1:] *= chance[:, :1]
    chance, came = chance.ravel(), asked.answers.ravel()
    place = np.minimum((chance * bins).astype(np.int64), bins - 1)
    gaps = [abs(chance[place == b].sum() - came[place == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(chance))
