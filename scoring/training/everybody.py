"""A card's base rate where some rows were drawn by chance, and whether its percentage then holds for everybody."""

from dataclasses import dataclass

import numpy as np

from scoring.card.card import Card
from scoring.learning import base_rate
from scoring.learning.base_rate import LEAST_DRAWN, Found
from scoring.training import calibrating, carding
from scoring.training.calibrating import (
    DRIFTED,
    WINS,
    Tested,
    ratio_holds,
    ratio_of,
    within,
    worst,
)
from scoring.training.choosing import Evidence
from scoring.training.metrics import ece, probability
from scoring.training.table import Floats, Table


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


def based(card: Card, base: Base, told: Tested) -> Card:
    """The card with its base rate set, and whether its percentage may be shown."""
    moved = base_rate.moved(card, base.a, base.b)
    said = {"ece": told.ece, "passed": told.passed, "why": told.words}
    return moved.model_copy(update={"calibration": moved.calibration.model_copy(update=said)})


def stands(table: Table) -> Floats:
    """How much each row counts if it stands for all like it whom the draw passed over."""
    if table.chance is None:
        return table.weights
    made: Floats = table.weights / np.nan_to_num(table.chance, nan=1.0)
    return made


def tested(base: Base, seen: Evidence, logits: Floats, table: Table, *, drifted: bool) -> Tested:
    """Whether a percentage holds on rows not trained on: as they are, or for everybody where some were drawn.

    `logits` are without the base rate. Where some were drawn the predictions of all that were offered
    must together be near what came true, and over everybody each by itself.
    """
    rows = table.take(seen.rows)
    if table.chance is None:
        return calibrating.tested(seen, logits, rows.weights, drifted=drifted)
    at, standing = probability(base.of(logits)), stands(rows)
    error, ratio = ece(seen.label, at, standing), ratio_of(seen.label, at, standing)
    offered = ratio_of(seen.label, at, rows.weights)
    wins, counts = int(seen.label.sum()), int(base.counts)
    if wins < WINS:
        why = f"No percentage yet: it takes {WINS} wins to test one, there are {wins}."
    elif counts < LEAST_DRAWN:
        why = (
            "No percentage yet: too few people who were not warm have been checked lately: "
            f"they count for {counts} of {LEAST_DRAWN}; a larger “explore” brings more."
        )
    elif not within(offered):
        why = f"No percentage: of leads, predictions were {offered:.2f} times what came true."
    elif error > worst(at, standing, seen.seed):
        why = f"No percentage: over everybody, predictions were off by {100 * error:.1f} points on average."
    elif not ratio_holds(ratio, at, standing, seen.seed):
        why = f"No percentage: over everybody, predictions were {ratio:.2f} times what came true."
    else:
        why = DRIFTED if drifted else ""
    words = why or f"Predictions held for everybody, by {len(rows):,} leads (ECE {error:.3f})."
    return Tested(passed=not why, ece=error, ratio=ratio, words=words)
