"""A card's base rate where some rows were drawn by chance, and whether its percentage then holds for everybody."""

from dataclasses import dataclass

import numpy as np

from scoring import base_rate
from scoring.base_rate import LEAST_DRAWN, Found
from scoring.card.card import Card
from scoring.training import carding
from scoring.training.calibrating import WORST_OF_ALL, Tested, within, worst
from scoring.training.choosing import Evidence
from scoring.training.metrics import ece, probability
from scoring.training.table import Floats, Table

DRAWS = 200


@dataclass(frozen=True, slots=True)
class Base:
    """a and b of a · logit + b, and for how many drawn rows the base rate counts as known."""

    a: float
    b: float
    counts: float

    def of(self, logits: Floats) -> Floats:
        """These logits with the base rate set."""
        made: Floats = self.a * logits + self.b
        return made


UNMOVED = Base(1.0, 0.0, 0.0)


def base_of(card: Card, table: Table) -> Base:
    """What this table's drawn rows make of the card's base rate; `UNMOVED` where there are none."""
    if table.chance is None:
        return UNMOVED
    rows = np.flatnonzero(table.certain)
    logits = carding.logits(card, table.take(rows))
    found = [
        Found(
            float(logit),
            bool(table.label[row]),
            float(table.weights[row]),
            None if np.isnan(table.chance[row]) else float(table.chance[row]),
        )
        for logit, row in zip(logits, rows, strict=True)
    ]
    by = base_rate.correction(found) or (1.0, 0.0)
    return Base(*by, base_rate.counting(found))


def tested(base: Base, told: Tested, seen: Evidence, logits: Floats, table: Table) -> Tested:
    """What was told of the rows as they are, and whether it holds for everybody they stand for as well.

    `logits` have the base rate set already. A table without draws is everybody.
    """
    if table.chance is None or not told.passed:
        return told
    why = _why_not(base, seen, logits, table)
    return told if not why else Tested(passed=False, ece=told.ece, ratio=told.ratio, words=why)


def _why_not(base: Base, seen: Evidence, logits: Floats, table: Table) -> str:
    counts = int(base.counts)
    if counts < LEAST_DRAWN:
        return (
            "No percentage yet: too few people who were not warm have been checked lately: "
            f"they count for {counts} of {LEAST_DRAWN}."
        )
    assert table.chance is not None
    stands = table.weights[seen.rows] / np.nan_to_num(table.chance[seen.rows], nan=1.0)
    at = probability(logits)
    error, ratio = ece(seen.label, at, stands), _ratio(seen.label, at, stands)
    if error > min(WORST_OF_ALL, worst(at, stands, seen.seed)):
        return f"No percentage: over everybody, predictions were off by {error:.3f} on average."
    if not within(ratio) and not _by_chance(ratio, at, stands, seen.seed):
        return f"No percentage: over everybody, predictions were {ratio:.2f} times what came true."
    return ""


def _ratio(label: Floats, at: Floats, stands: Floats) -> float:
    return float(np.average(at, weights=stands) / max(np.average(label, weights=stands), 1e-9))


def _by_chance(ratio: float, at: Floats, stands: Floats, seed: int) -> bool:
    """Whether true predictions show such a ratio in one of twenty draws."""
    rng = np.random.default_rng(seed)
    drawn = [
        _ratio((rng.random(len(at)) < at).astype(np.float64), at, stands) for _ in range(DRAWS)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return bool(low <= ratio <= high)
