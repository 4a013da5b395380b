"""A fitted additive model: an intercept and a share of the logit for each bin of each column.

Every rung that is served is brought into this form, and figures on unseen rows are taken from it:
what is measured is what a card will say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scoring.training.binning import Bins
from scoring.training.table import Floats, Places, Points, Table


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One column's shares, in the order of its bins."""

    bins: Bins
    shares: Floats


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line through points: `slope` a point above the `centre`, no further than from `low` to `high`."""

    slope: float
    centre: float
    low: float
    high: float

    def at(self, values: Floats) -> Floats:
        """Each row's share."""
        return self.slope * (np.clip(values, self.low, self.high) - self.centre)


@dataclass(frozen=True, slots=True, eq=False)
class AdditiveSum:
    """Intercept + shares of the columns + what the marketer's points add: the logit."""

    intercept: float
    parts: Mapping[str, Part]
    fit_points: Slope | None = None
    engagement_points: Slope | None = None

    def shares(self, table: Table) -> dict[str, Floats]:
        """What each column adds on each row; the points under `points.fit` and `points.engagement`."""
        whole = table.with_points()
        found = {
            name: part.shares[part.bins.of(whole.columns[name])]
            for name, part in self.parts.items()
        }
        if self.fit_points and self.engagement_points and table.points:
            found["points.fit"] = self.fit_points.at(table.points.fit)
            found["points.engagement"] = self.engagement_points.at(table.points.engagement)
        return found

    def logits(self, table: Table) -> Floats:
        """The logit of each row."""
        total = np.full(len(table), self.intercept)
        for share in self.shares(table).values():
            total += share
        return total

    def stretched(self, a: float, b: float) -> "AdditiveSum":
        """The same with every logit made a · logit + b."""
        return AdditiveSum(
            a * self.intercept + b,
            {name: replace(part, shares=a * part.shares) for name, part in self.parts.items()},
            self.fit_points and replace(self.fit_points, slope=a * self.fit_points.slope),
            self.engagement_points
            and replace(self.engagement_points, slope=a * self.engagement_points.slope),
        )


def centred(
    intercept: float, made: Mapping[str, Bins], shares: Mapping[str, Floats], table: Table
) -> AdditiveSum:
    """A sum in which the average row gets nothing from any column, and a bin without rows adds nothing."""
    parts = {}
    for name, found in made.items():
        weight = np.bincount(
            found.of(table.columns[name]), weights=table.weights, minlength=found.size
        )
        mean = float(weight @ shares[name] / weight.sum())
        parts[name] = Part(found, np.where(weight > 0, shares[name] - mean, 0.0))
        intercept += mean
    return AdditiveSum(intercept, parts)


def slopes(points: Points, weights: Floats, fit: float, engagement: float) -> tuple[Slope, Slope]:
    """Lines through both parts of the points, around their means and within what was seen of them."""
    return _slope(points.fit, weights, fit), _slope(points.engagement, weights, engagement)


def _slope(values: Floats, weights: Floats, slope: float) -> Slope:
    centre = float(np.average(values, weights=weights))
    return Slope(slope, centre, float(values.min()), float(values.max()))


def occupied(codes: Places, size: int) -> Places:
    """The bins that some row falls into."""
    return np.flatnonzero(np.bincount(codes, minlength=size)).astype(np.int64)
