"""Every candidate on rows it was not trained on: five folds by chance, and the newest fifth by time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from scoring.training import boosted, peers, platt, scorecard
from scoring.training.folds import Cut, by_time, folds
from scoring.training.metrics import measured
from scoring.training.table import Floats, Places, Table
from scoring.training.trained import Candidate, Judged, Measured

PER_FOLD = ("auc", "pr_auc", "lift10")


class Scorer(Protocol):
    """Something fitted: the logit of each row, or any order where there is no probability."""

    def logits(self, table: Table) -> Floats:
        """One figure a row."""
        ...


Fit = Callable[[Table], Scorer]


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A candidate's figures, and its logits on rows it had not seen: on all (by folds), on the newest."""

    judged: Judged
    folded: Floats
    newest: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """The rows in order of time, with the cuts that every candidate is measured on."""

    table: Table
    cuts: tuple[Cut, ...]
    cut: Cut | None
    seed: int

    @property
    def newest(self) -> Places | None:
        """The newest rows, if they have both outcomes."""
        return self.cut and self.cut.newer


class PointsAsTheyAre:
    """The marketer's points: an order, and no probability."""

    def logits(self, table: Table) -> Floats:
        """The points of each row."""
        assert table.points is not None
        return table.points.total


def bench(table: Table, seed: int) -> Bench:
    """Lay out a table (in order of time) for measuring."""
    return Bench(table, tuple(folds(table, seed)), by_time(table), seed)


def fit_of(name: Candidate, seed: int) -> Fit:
    """How a candidate is fitted."""
    fits: dict[Candidate, Fit] = {
        Candidate.POINTS: lambda _: PointsAsTheyAre(),
        Candidate.PLATT: platt.fit,
        Candidate.SCORECARD: scorecard.fit,
        Candidate.ADDITIVE: partial(boosted.fit, seed=seed),
        Candidate.FULL_BOOSTING: partial(peers.full_boosting, seed=seed),
        Candidate.NAIVE_BAYES: peers.naive_bayes,
    }
    return fits[name]


def why_not(name: Candidate, table: Table) -> Judged | None:
    """Why a candidate cannot be tried on this table; None if it can."""
    by_points = name in (Candidate.POINTS, Candidate.PLATT)
    if table.points is None and by_points:
        return Judged(name=name, why_not="There are no points of a marketer's rules to go by.")
    if not table.columns and not by_points:
        return Judged(name=name, why_not="No column says anything.")
    floor = _floor(name, anchored=table.points is not None)
    counts = ((table.positives, "wins"), (table.losses, "losses"))
    more = [f"{floor - count} more {what}" for count, what in counts if count < floor]
    if not more:
        return None
    # Of the record a lead counts once it is old enough, however early it was won.
    among = "" if table.measurable is None else " among those old enough to count"
    needed = (
        f"It needs {floor} wins and {floor} losses; "
        f"there are {table.positives} and {table.losses}{among}"
    )
    return Judged(name=name, why_not=f"{needed}: {' and '.join(more)}.", waits=True)


def try_out(name: Candidate, on: Bench) -> Tried | Judged:
    """Measure one candidate, or say why it cannot be."""
    refused = why_not(name, on.table)
    if refused is not None:
        return refused
    if not on.cuts:
        return Judged(name=name, why_not="There are too few rows to measure on.", waits=True)
    fit, table = fit_of(name, on.seed), on.table
    logits = np.full(len(table), np.nan)
    for cut in on.cuts:
        logits[cut.newer] = fit(table.take(cut.older)).logits(table.take(cut.newer))
    newest = None
    if on.cut is not None:
        newest = fit(table.take(on.cut.older)).logits(table.take(on.cut.newer))
    judged = Judged(name=name, cv=_by_folds(name, on, logits), time_split=_newest(name, on, newest))
    return Tried(judged, logits, newest)


def _by_folds(name: Candidate, on: Bench, logits: Floats) -> Measured:
    """Order within each fold, on average; probabilities over all rows together."""
    table = on.table
    each = [_measured(name, table, cut.newer, logits[cut.newer]) for cut in on.cuts]
    rows = np.concatenate([cut.newer for cut in on.cuts])
    whole = _measured(name, table, rows, logits[rows])
    figures = {key: np.array([getattr(one, key) for one in each]) for key in PER_FOLD}
    errors = dict(whole.errors) | {
        key: float(found.std(ddof=1) / np.sqrt(len(found))) for key, found in figures.items()
    }
    return Measured(
        rows=whole.rows,
        positives=whole.positives,
        auc=float(figures["auc"].mean()),
        pr_auc=float(figures["pr_auc"].mean()),
        lift10=float(figures["lift10"].mean()),
        brier=whole.brier,
        log_loss=whole.log_loss,
        ece=whole.ece,
        ratio=whole.ratio,
        errors=errors,
    )


def _newest(name: Candidate, on: Bench, logits: Floats | None) -> Measured | None:
    if on.cut is None or logits is None:
        return None
    return _measured(name, on.table, on.cut.newer, logits)


def _measured(name: Candidate, table: Table, rows: Places, logits: Floats) -> Measured:
    return measured(
        table.label[rows],
        logits,
        table.weights[rows],
        probabilities=name is not Candidate.POINTS,
    )


def _floor(name: Candidate, *, anchored: bool) -> int:
    match name:
        case Candidate.POINTS | Candidate.NAIVE_BAYES:
            return 2
        case Candidate.PLATT:
            return platt.FLOOR
        case Candidate.SCORECARD:
            return scorecard.ANCHORED_FLOOR if anchored else scorecard.FLOOR
        case Candidate.ADDITIVE:
            return boosted.FLOOR
        case Candidate.FULL_BOOSTING:
            return peers.FLOOR
