"""What has changed lately: how many win, how far predictions are off, and which columns look different."""

from dataclasses import dataclass

import numpy as np

from scoring.learning.holding import HIGH, LOW
from scoring.learning.shares import LOOK
from scoring.training.binning import bins, coded
from scoring.training.calibrating import within
from scoring.training.folds import Cut
from scoring.training.table import Floats, Places, Table

BEYOND_NOISE = 3.0
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Drift:
    """`flagged` if shares of wins or predictions moved; `psi` of each column; sentences for people."""

    flagged: bool
    psi: dict[str, float]
    words: tuple[str, ...]


def drift(table: Table, cut: Cut | None, ratio: float | None) -> Drift:
    """Hold the newest rows against the older ones; `ratio` is mean prediction over share of wins on them."""
    if cut is None:
        return Drift(flagged=False, psi={}, words=())
    words = []
    before = table.label[cut.older][table.certain[cut.older]]
    after = table.label[cut.newer]
    if _moved(before, after):
        words.append(
            f"The share of wins has drifted: {before.mean():.1%} before, "
            f"{after.mean():.1%} of the newest rows."
        )
    if ratio is not None and not within(ratio) and _beyond_noise(after, ratio):
        words.append(f"On the newest rows predictions were {ratio:.2f} times what came true.")
    shifts = psi(table, cut)
    flagged = bool(words)
    # So much few rows make of chance alone, spread over tenths.
    least = LOOK + TENTHS * (1 / len(cut.older) + 1 / len(cut.newer))
    looked = sorted((name for name in shifts if shifts[name] > least), key=lambda n: -shifts[n])
    if looked:
        named = ", ".join(f"“{name}” ({shifts[name]:.1f})" for name in looked[:5])
        words.append(f"These columns look different lately (PSI): {named}.")
    return Drift(flagged, shifts, tuple(words))


def psi(table: Table, cut: Cut) -> dict[str, float]:
    """Each column's population stability index, older rows against newer ones."""
    older = table.take(cut.older)
    made = bins(older, most=TENTHS)
    before, after = coded(made, older), coded(made, table.take(cut.newer))
    return {name: _psi(before[name], after[name], made[name].size) for name in made}


def _psi(before: Places, after: Places, size: int) -> float:
    shares = [
        (np.bincount(codes, minlength=size) + 0.5) / (len(codes) + 0.5 * size)
        for codes in (before, after)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _moved(before: Floats, after: Floats) -> bool:
    """By more than a quarter, and by more than chance moves it."""
    if not len(before):
        return False
    one, other = float(before.mean()), float(after.mean())
    noise = np.sqrt(one * (1 - one) / len(before) + other * (1 - other) / len(after))
    return not LOW * other <= one <= HIGH * other and abs(one - other) > BEYOND_NOISE * noise


def _beyond_noise(label: Floats, ratio: float) -> bool:
    noise = np.sqrt((1 - label.mean()) / max(1.0, label.sum()))
    return bool(abs(ratio - 1) > BEYOND_NOISE * noise)
