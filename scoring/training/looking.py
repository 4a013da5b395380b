"""The champion looked at on rows it was not trained on: does it say what comes true, whom does it find?"""

import numpy as np
from scipy.stats import rankdata

from scoring.training.drift import Drift
from scoring.training.gate import Asked, slices
from scoring.training.metrics import reliability
from scoring.training.trained import Looked

TENTHS = 10


def looked_at(asked: Asked, moved: Drift) -> Looked:
    """Reliability, lift, slices, and how many wins it ranks higher and lower."""
    order = np.argsort(-asked.logits, kind="stable")
    won = np.cumsum(asked.label[order]) / asked.label.sum()
    higher, lower = _moved(asked)
    ends = [round(len(won) * (tenth + 1) / TENTHS) - 1 for tenth in range(TENTHS)]
    return Looked(
        newest=asked.newest,
        rows=len(asked.label),
        won=int(asked.label.sum()),
        higher=higher,
        lower=lower,
        reliability=tuple(reliability(asked.label, asked.foreseen, asked.counting)),
        lift=tuple(float(won[max(0, end)]) for end in ends),
        slices=tuple(slices(asked)),
        psi=moved.psi,
    )


def ranked(looked: Looked, asked: Asked) -> list[str]:
    """In a sentence, if what scores now has an order at all."""
    if np.ptp(asked.now) == 0:
        return []
    later = "later buyers" if looked.newest else "buyers"
    return [
        f"Of {looked.won:,} {later} it would have ranked {looked.higher:,} higher than what scores now, "
        f"{looked.lower:,} lower."
    ]


def _moved(asked: Asked) -> tuple[int, int]:
    """How many wins stand higher, and lower, among the rows than by what scores now."""
    new, now = (rankdata(each)[asked.label == 1] for each in (asked.logits, asked.now))
    return int((new > now).sum()), int((new < now).sum())
