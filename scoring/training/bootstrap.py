"""How sure a difference between two models is: both are measured on the same rows, drawn again and again."""

from dataclasses import dataclass

import numpy as np

from scoring.training.metrics import lift, losses
from scoring.training.table import Floats, Places

DRAWS = 1000
BATCH = 50
LIFT_DRAWS = 300
MOST_ROWS = 20_000
"""Of more rows, so many are drawn first: the noise is small by then, and the time is not."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Of one minus another over all draws: log loss (less is better) and AUC (more is better).

    `loss` and `auc` are the differences on the rows themselves; `loss_better` is the share of draws
    in which the first one's log loss is less, `auc_low` and `auc_high` leave 5 % of draws beyond each.
    """

    loss: float
    loss_better: float
    auc: float
    auc_low: float
    auc_high: float


def paired(label: Floats, one: Floats, other: Floats, seed: int) -> Drawn:
    """Hold the logits of one against those of another; rows have both outcomes."""
    rng = np.random.default_rng(seed)
    if len(label) > MOST_ROWS:
        some = rng.choice(len(label), MOST_ROWS, replace=False)
        label, one, other = label[some], one[some], other[some]
    difference = losses(label, one) - losses(label, other)
    ranks = (_Ranks(label, one), _Ranks(label, other))
    loss, rank = [], []
    for _ in range(DRAWS // BATCH):
        for drawn in rng.integers(0, len(label), (BATCH, len(label))):
            counts = np.bincount(drawn, minlength=len(label))
            loss.append(difference @ counts / len(label))
            rank.append(ranks[0].auc(counts) - ranks[1].auc(counts))
    all_loss, all_rank = np.array(loss), np.array(rank)
    once = np.ones(len(label), dtype=np.int64)
    return Drawn(
        loss=float(difference.mean()),
        loss_better=float((all_loss < 0).mean()),
        auc=ranks[0].auc(once) - ranks[1].auc(once),
        auc_low=float(np.quantile(all_rank, 0.05)),
        auc_high=float(np.quantile(all_rank, 0.95)),
    )


def paired_lift(label: Floats, one: Floats, other: Floats, weights: Floats, seed: int) -> Floats:
    """How much more wins one finds among the best tenth than another, in each draw of the same rows."""
    rng = np.random.default_rng(seed)
    if len(label) > MOST_ROWS:
        some = rng.choice(len(label), MOST_ROWS, replace=False)
        label, one, other, weights = label[some], one[some], other[some], weights[some]
    found = []
    for _ in range(LIFT_DRAWS):
        drawn = rng.integers(0, len(label), len(label))
        won, much = label[drawn], weights[drawn]
        if won.any():
            found.append(lift(won, one[drawn], much) - lift(won, other[drawn], much))
    return np.array(found)


class _Ranks:
    """Scores put in order once, so that a draw of rows needs no sorting."""

    def __init__(self, label: Floats, scores: Floats) -> None:
        apart, group = np.unique(scores, return_inverse=True)
        self._size = len(apart)
        self._won, self._lost = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
        self._group_won, self._group_lost = group[self._won], group[self._lost]

    def auc(self, counts: Places) -> float:
        won = np.bincount(self._group_won, weights=counts[self._won], minlength=self._size)
        lost = np.bincount(self._group_lost, weights=counts[self._lost], minlength=self._size)
        pairs = float(won.sum() * lost.sum())
        below = np.cumsum(lost) - lost / 2
        return float(won @ below) / pairs if pairs else 0.5
