"""Whether a probability may be believed: a correction by the newest rows where that helps, and a test on later ones."""

from dataclasses import dataclass, replace

import numpy as np

from scoring.learning.holding import HIGH, LOW
from scoring.training.choosing import Evidence
from scoring.training.judging import Bench
from scoring.training.metrics import TINY, ece, losses, probability
from scoring.training.platt import line_through
from scoring.training.table import Floats

WINS = 50
WORST_ECE = 0.05
WORST_OF_ALL = 0.1
DRAWS = 200
DRIFTED = "No percentage: how many win has changed too much lately to rely on one."


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
    if rows is None or on.table.label[rows].sum() < WINS:
        return 1.0, 0.0
    label, logits, weights = on.table.label[rows], folded[rows], on.table.weights[rows]
    half = len(rows) // 2
    if not (0 < label[:half].sum() < half) or np.isnan(logits).any():
        return 1.0, 0.0
    a, b = line_through(logits[:half], label[:half], weights[:half])
    lower = losses(label[half:], a * logits[half:] + b).mean()
    if a <= 0 or lower >= losses(label[half:], logits[half:]).mean():
        return 1.0, 0.0
    a, b = line_through(logits, label, weights)
    return (a, b) if a > 0 else (1.0, 0.0)


def tested(seen: Evidence, logits: Floats, weights: Floats, *, drifted: bool) -> Tested:
    """Hold predictions against what became of rows that were not trained on."""
    at = probability(logits)
    error = ece(seen.label, at, weights)
    ratio = ratio_of(seen.label, at, weights)
    told = Tested(error <= worst(at, weights, seen.seed), error, ratio, "")
    reason = _reason(int(seen.label.sum()), told, drifted=drifted)
    which = "later rows" if seen.newest else "rows they had not seen"
    words = reason or f"Predictions held on {len(seen.label):,} {which} (ECE {error:.3f})."
    return replace(told, passed=not reason, words=words)


def worst(at: Floats, weights: Floats, seed: int) -> float:
    """The calibration error that may be: .05, or on few rows what true probabilities show in 19 of 20 draws, up to .1."""
    rng = np.random.default_rng(seed)
    drawn = [ece((rng.random(len(at)) < at).astype(np.float64), at, weights) for _ in range(DRAWS)]
    return min(WORST_OF_ALL, max(WORST_ECE, float(np.quantile(drawn, 0.95))))


def ratio_of(label: Floats, at: Floats, weights: Floats) -> float:
    """The mean prediction over the share of wins."""
    return float(np.average(at, weights=weights) / max(np.average(label, weights=weights), TINY))


def ratio_holds(ratio: float, at: Floats, weights: Floats, seed: int) -> bool:
    """Whether it is near enough to one, or true probabilities show as much in 19 of 20 draws."""
    if within(ratio):
        return True
    rng = np.random.default_rng(seed)
    draws = ((rng.random(len(at)) < at).astype(np.float64) for _ in range(DRAWS))
    low, high = np.quantile([ratio_of(each, at, weights) for each in draws], (0.025, 0.975))
    return bool(low <= ratio <= high)


def within(ratio: float) -> bool:
    """Whether mean prediction over share of wins is near enough to one."""
    return LOW <= ratio <= HIGH


def _reason(wins: int, told: Tested, *, drifted: bool) -> str:
    """Why no percentage is shown; empty if one may be."""
    if wins < WINS:
        return f"No percentage yet: it takes {WINS} wins to test one, there are {wins}."
    if not within(told.ratio):
        return f"No percentage: predictions were {told.ratio:.2f} times what came true."
    if not told.passed:
        return f"No percentage: predictions were off by {100 * told.ece:.1f} points on average."
    if drifted:
        return DRIFTED
    return ""
