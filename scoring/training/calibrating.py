"""Whether a probability may be believed: a correction by the newest rows where that helps, and a test on later ones."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from scoring.training.choosing import Evidence
from scoring.training.judging import Bench
from scoring.training.metrics import ece, losses, probability
from scoring.training.table import Floats

WINS = 50
WORST_ECE = 0.05
LOW, HIGH = 0.8, 1.25
"""The mean prediction over the share of wins must lie between these."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether a percentage may be shown, by which figures, and a sentence."""

    passed: bool
    ece: float
    ratio: float
    words: str


def correction(on: Bench, folded: Floats) -> tuple[float, float]:
    """a and b of a · logit + b, from the newest rows; 1 and 0 where there are too few or it does not help.

    `folded` are logits of rows that were not trained on. The correction is fitted on the older half of
    the newest rows and tried on the newer half before it is believed.
    """
    rows = on.newest
    if rows is None or on.table.label[rows].sum() < 2 * WINS:
        return 1.0, 0.0
    label, logits = on.table.label[rows], folded[rows]
    half = len(rows) // 2
    if not (0 < label[:half].sum() < half) or np.isnan(logits).any():
        return 1.0, 0.0
    a, b = _line(label[:half], logits[:half])
    lower = losses(label[half:], a * logits[half:] + b).mean()
    if a <= 0 or lower >= losses(label[half:], logits[half:]).mean():
        return 1.0, 0.0
    a, b = _line(label, logits)
    return (a, b) if a > 0 else (1.0, 0.0)


def tested(seen: Evidence, logits: Floats, weights: Floats, *, drifted: bool) -> Tested:
    """Hold predictions against what became of rows that were not trained on."""
    at = probability(logits)
    error = ece(seen.label, at, weights)
    ratio = float(np.average(at, weights=weights) / np.average(seen.label, weights=weights))
    reason = _reason(int(seen.label.sum()), error, ratio, drifted=drifted)
    words = reason or f"Predictions held on {len(seen.label):,} later rows (ECE {error:.3f})."
    return Tested(not reason, error, ratio, words)


def within(ratio: float) -> bool:
    """Whether mean prediction over share of wins is near enough to one."""
    return LOW <= ratio <= HIGH


def _reason(wins: int, error: float, ratio: float, *, drifted: bool) -> str:
    """Why no percentage is shown; empty if one may be."""
    if wins < WINS:
        return f"No percentage yet: it takes {WINS} wins to test one, there are {wins}."
    if not within(ratio):
        return f"No percentage: predictions were {ratio:.2f} times what came true."
    if error > WORST_ECE:
        return f"No percentage: predictions were off by {error:.3f} on average."
    if drifted:
        return "No percentage: how many win has changed too much lately to rely on one."
    return ""


def _line(label: Floats, logits: Floats) -> tuple[float, float]:
    line = LogisticRegression(C=1e6, max_iter=200, tol=1e-8).fit(logits[:, None], label)
    return float(line.coef_[0, 0]), float(line.intercept_[0])
