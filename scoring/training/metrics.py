"""How good predictions are, each figure with its standard error."""

from dataclasses import replace

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from scoring.training.table import Floats, Places
from scoring.training.trained import Measured

BINS = 15
TINY = 1e-12


def measured(
    label: Floats, scores: Floats, weights: Floats, *, probabilities: bool = True
) -> Measured:
    """Figures on rows with both outcomes; `scores` are logits, or any order where they are no probabilities."""
    order = Measured(
        rows=len(label),
        positives=int(label.sum()),
        auc=auc(label, scores, weights),
        pr_auc=float(average_precision_score(label, scores, sample_weight=weights)),
        lift10=lift(label, scores, weights),
    )
    order = replace(order, errors=_rank_errors(label, scores, order))
    if not probabilities:
        return order
    at = probability(scores)
    loss, square = losses(label, scores), (at - label) ** 2
    error = {"log_loss": _mean_error(loss), "brier": _mean_error(square)}
    return replace(
        order,
        brier=float(np.average(square, weights=weights)),
        log_loss=float(np.average(loss, weights=weights)),
        ece=ece(label, at, weights),
        ratio=float(np.average(at, weights=weights) / np.average(label, weights=weights)),
        errors=dict(order.errors) | error,
    )


def probability(logits: Floats) -> Floats:
    """Logits as probabilities, 0–1."""
    return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))


def losses(label: Floats, logits: Floats) -> Floats:
    """Each row's log loss, in nats."""
    return np.logaddexp(0.0, np.where(label == 1, -logits, logits))


def auc(label: Floats, scores: Floats, weights: Floats | None = None) -> float:
    """The chance that a win stands above a loss; 0.5 where there are not both."""
    if label.min() == label.max():
        return 0.5
    return float(roc_auc_score(label, scores, sample_weight=weights))


def ece(label: Floats, at: Floats, weights: Floats) -> float:
    """Expected calibration error: over 15 bins of equal width, how far predictions lie from shares of wins."""
    place = bin_of(at)
    gap = np.bincount(place, weights=weights * (at - label), minlength=BINS)
    return float(np.abs(gap).sum() / weights.sum())


def bin_of(at: Floats) -> Places:
    """Which of the bins of equal width each probability falls into."""
    return np.minimum((at * BINS).astype(np.int64), BINS - 1)


def reliability(label: Floats, at: Floats, weights: Floats) -> list[dict[str, float]]:
    """For each bin that has rows: how many, the mean prediction, and the share of wins."""
    place = bin_of(at)
    table = []
    for each in np.unique(place):
        own = place == each
        table.append(
            {
                "rows": int(own.sum()),
                "predicted": float(np.average(at[own], weights=weights[own])),
                "won": float(np.average(label[own], weights=weights[own])),
            }
        )
    return table


def auc_error(label: Floats, scores: Floats) -> float:
    """The standard error of the AUC after DeLong; infinite below two rows of each outcome."""
    won, lost = scores[label == 1], scores[label == 0]
    if min(len(won), len(lost)) < 2:
        return float("inf")
    above = _share_below(won, np.sort(lost))
    below = 1 - _share_below(lost, np.sort(won))
    return float(np.sqrt(above.var(ddof=1) / len(won) + below.var(ddof=1) / len(lost)))


def lift(label: Floats, scores: Floats, weights: Floats, share: float = 0.1) -> float:
    """How many times more wins stand in the best `share` than in all; equal scores share their place."""
    apart, group = np.unique(-scores, return_inverse=True)
    counts = np.bincount(group, weights=weights, minlength=len(apart))
    wins = np.bincount(group, weights=weights * label, minlength=len(apart))
    wanted = share * weights.sum()
    before = np.concatenate([[0.0], np.cumsum(counts)[:-1]])
    taken = np.clip((wanted - before) / np.maximum(counts, TINY), 0, 1)
    return float((wins * taken).sum() / wanted / np.average(label, weights=weights))


def _rank_errors(label: Floats, scores: Floats, order: Measured) -> dict[str, float]:
    share, wins = float(label.mean()), float(label.sum())
    best = min(1.0, max(0.0, order.lift10 * share))
    precise = min(1.0, order.pr_auc)
    return {
        "auc": auc_error(label, scores),
        "pr_auc": float(np.sqrt(precise * (1 - precise) / wins)),
        "lift10": float(np.sqrt(best * (1 - best) / max(1.0, 0.1 * len(label))) / share),
    }


def _mean_error(values: Floats) -> float:
    return float(values.std() / np.sqrt(len(values)))


def _share_below(values: Floats, others: Floats) -> Floats:
    """For each value the share of the others below it, equal ones counted half."""
    low = np.searchsorted(others, values, side="left")
    high = np.searchsorted(others, values, side="right")
    return (low + high) / (2 * len(others))
