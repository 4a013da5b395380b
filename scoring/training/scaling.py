"""The scales frozen in a card: shares of those trained on for fit and engagement, and the marketer's points."""

import numpy as np

from scoring.card.card import Knots, Scales
from scoring.card.terms import Side
from scoring.training.additive_sum import AdditiveSum
from scoring.training.metrics import probability
from scoring.training.table import Floats, Table

MOST = 40
GRID = np.concatenate([np.arange(0, 0.96, 0.025), [0.96, 0.97, 0.98, 0.99, 0.995, 1.0]])


def scales(fitted: AdditiveSum, table: Table) -> Scales:
    """Both sides by how many stand lower; points so that as many stand above each number as under the rules."""
    fit, engagement = sides(fitted, table)
    return Scales(
        fit=_ranks(fit),
        engagement=_ranks(engagement),
        points=_points(fitted.logits(table), None if table.points is None else table.points.total),
    )


def sides(fitted: AdditiveSum, table: Table) -> tuple[Floats, Floats]:
    """The two sides' shares of the logit, for each row."""
    sums = {Side.FIT: np.zeros(len(table)), Side.ENGAGEMENT: np.zeros(len(table))}
    for name, share in fitted.shares(table).items():
        sums[side_of(table, name)] += share
    return sums[Side.FIT], sums[Side.ENGAGEMENT]


def side_of(table: Table, name: str) -> Side:
    """The side of a column, or of a part of the points."""
    if name in table.columns:
        return table.columns[name].side
    return Side.ENGAGEMENT if name == "points.engagement" else Side.FIT


def _ranks(sums: Floats) -> Knots:
    """From a sum to the share of rows below it (half of those beside it), times 100."""
    rounded = np.round(sums, 9)
    apart, counts = np.unique(rounded, return_counts=True)
    rank = 100 * (np.cumsum(counts) - counts / 2) / len(sums)
    if len(apart) > MOST:
        kept = np.unique(np.searchsorted(rank, np.linspace(rank[0], rank[-1], MOST)))
        apart, rank = apart[kept], rank[kept]
    return _knots(apart, rank, decimals=2)


def _points(logits: Floats, points: Floats | None) -> Knots:
    """Equal shares of rows have equal places; without points a point is a per cent of probability."""
    if points is None:
        grid = np.linspace(-6, 6, MOST + 1)
        return _knots(grid, 100 * probability(grid), decimals=2)
    return _knots(
        np.quantile(logits, GRID), np.quantile(points, GRID).clip(min=0, max=100), decimals=2
    )


def _knots(at: Floats, to: Floats, *, decimals: int) -> Knots:
    """Pairs whose first figure rises; of equal ones the last counts."""
    pairs = {round(float(x), 9): round(float(y), decimals) for x, y in zip(at, to, strict=True)}
    return tuple(sorted(pairs.items()))
