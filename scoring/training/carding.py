"""A fitted sum put down as a card, and a card held against a whole table at once."""

from typing import assert_never

import numpy as np

from scoring.card.card import Calibration, Card, Rung, Window
from scoring.card.terms import Levels, Line, Side, Steps
from scoring.training import binning
from scoring.training.additive_sum import AdditiveSum, Part, Slope
from scoring.training.scaling import scales
from scoring.training.table import (
    POINTS_ENGAGEMENT,
    POINTS_FIT,
    Floats,
    Numbers,
    Table,
    Words,
    sha256,
)
from scoring.training.trained import Measured, Plan

DECIMALS = 12
"""Of a share of the logit: a card stays small, and true to the ninth decimal."""


def card_of(
    fitted: AdditiveSum, table: Table, *, plan: Plan, rung: Rung, calibration: Calibration
) -> Card:
    """The card that says of every row what the sum says; what adds nothing to anybody is no term."""
    whole = table.with_points()
    terms = [_term(name, part, whole) for name, part in fitted.parts.items() if part.shares.any()]
    return Card(
        rung=rung,
        feature_version=plan.feature_version,
        label=plan.label,
        intercept=fitted.intercept,
        terms=(*_lines(fitted), *terms),
        calibration=calibration,
        scales=scales(fitted, table),
        window=window_of(plan, table),
        trained_at=plan.trained_at,
        left_out=plan.left_out,
        allowed=plan.allowed,
    )


def window_of(plan: Plan, table: Table) -> Window:
    """What was trained on."""
    return Window(
        since=plan.since,
        until=plan.until,
        rows=len(table),
        positives=table.positives,
        sha256=sha256(table),
        seed=plan.seed,
    )


def figures(measured: Measured) -> dict[str, float]:
    """The figures of a measurement by name, those it has."""
    names = ("auc", "pr_auc", "brier", "log_loss", "ece", "lift10", "ratio")
    found = {name: getattr(measured, name) for name in names}
    return {name: round(figure, 6) for name, figure in found.items() if figure is not None}


def logits(card: Card, table: Table) -> Floats:
    """What a card says of each row; a column that is not there is missing."""
    total = np.full(len(table), card.intercept)
    for term in card.terms:
        total += _shares(term, table)
    return total


def sides(card: Card, table: Table) -> tuple[Floats, Floats]:
    """The two sides' shares of the logit, for each row."""
    sums = {Side.FIT: np.zeros(len(table)), Side.ENGAGEMENT: np.zeros(len(table))}
    for term in card.terms:
        sums[term.side] += _shares(term, table)
    return sums[Side.FIT], sums[Side.ENGAGEMENT]


def _term(name: str, part: Part, table: Table) -> Steps | Levels:
    side = table.columns[name].side
    shares = [round(share, DECIMALS) for share in part.shares.tolist()]
    match part.bins:
        case binning.Steps(edges=edges):
            return Steps(
                feature=name,
                side=side,
                edges=tuple(edges.tolist()),
                weights=tuple(shares[:-1]),
                missing=shares[-1],
            )
        case binning.Levels(kept=kept):
            weights = dict(zip(kept, shares, strict=False))
            return Levels(
                feature=name, side=side, weights=weights, other=shares[-2], missing=shares[-1]
            )
        case _:
            assert_never(part.bins)


def _lines(fitted: AdditiveSum) -> list[Line]:
    found = (
        (POINTS_FIT, Side.FIT, fitted.fit_points),
        (POINTS_ENGAGEMENT, Side.ENGAGEMENT, fitted.engagement_points),
    )
    return [_line(name, side, slope) for name, side, slope in found if slope is not None]


def _line(name: str, side: Side, slope: Slope) -> Line:
    return Line(
        feature=name,
        side=side,
        slope=slope.slope,
        centre=slope.centre,
        low=slope.low,
        high=slope.high,
        missing=0.0,
    )


def _shares(term: Steps | Levels | Line, table: Table) -> Floats:
    column = table.column(term.feature)
    missing = np.full(len(table), term.missing)
    if isinstance(term, Levels):
        if not isinstance(column, Words):
            return missing
        weights = [term.weights.get(word, term.other) for word in column.levels]
        return np.array([*weights, term.missing])[column.codes]
    if not isinstance(column, Numbers):
        return missing
    known = column.known()
    missing[known] = _numbers(term, column.values[known])
    return missing


def _numbers(term: Steps | Line, values: Floats) -> Floats:
    match term:
        case Steps():
            return np.array(term.weights)[np.searchsorted(np.array(term.edges), values)]
        case Line():
            return Slope(term.slope, term.centre, term.low, term.high).at(values)
        case _:
            assert_never(term)
