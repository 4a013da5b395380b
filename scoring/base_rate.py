"""Sets a card's base rate by everybody, not only by those who were warm enough to be put to sales. Pure.

A lead drawn with a chance of one in twenty stands for twenty people nobody was asked about. The card's
order stays; its logit is stretched and moved until predictions and findings agree over all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.card.adding import sigmoid
from scoring.card.card import Card
from scoring.card.terms import Levels, Line, Steps

LEAST_DRAWN = 30
LEAST_OF_EACH = 5
"""Fewer drawn leads than this, or fewer wins or losses among them, say nothing of a rate."""
LEAST_FOR_A_SLOPE = 20
"""Drawn wins, and losses, from which on the slope is set as well: warm and cold may be off to either side."""
FURTHEST = 3.0
STEEPEST = (0.5, 2.0)
PRIOR = 10.0
"""How strongly the slope is held to one: as much as some ten leads say."""
_STEPS = 60
_TURNS = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A settled lead: its logit by the card, how it ended, how much it counts, and by what chance it was drawn."""

    logit: float
    win: bool
    weight: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Unrouted:
    """What is known of people who were not put to sales as warm: how many were drawn, and the share of wins."""

    drawn: int
    wins: int
    share: float | None


def correction(found: Sequence[Found]) -> tuple[float, float] | None:
    """a and b of a · logit + b, by which predictions and findings agree over everybody; None while too few were drawn.

    With few who were drawn only the intercept moves (a = 1); b is at most `FURTHEST`, a near one.
    """
    drawn = [each for each in found if each.probability is not None]
    wins = sum(each.win for each in drawn)
    fewer = min(wins, len(drawn) - wins)
    if len(drawn) < LEAST_DRAWN or fewer < LEAST_OF_EACH:
        return None
    return _line(found) if fewer >= LEAST_FOR_A_SLOPE else (1.0, _shift(found))


def moved(card: Card, a: float, b: float) -> Card:
    """The card with a · logit + b in place of its logit; order and everybody's points stay as they were."""
    scales = card.scales
    made = {
        "fit": tuple((a * share, figure) for share, figure in scales.fit),
        "engagement": tuple((a * share, figure) for share, figure in scales.engagement),
        "points": tuple((a * logit + b, figure) for logit, figure in scales.points),
    }
    calibration = card.calibration
    corrected = {"a": a * calibration.a, "b": a * calibration.b + b}
    return card.model_copy(
        update={
            "intercept": a * card.intercept + b,
            "terms": tuple(_stretched(term, a) for term in card.terms),
            "calibration": calibration.model_copy(update=corrected),
            "scales": scales.model_copy(update=made),
        }
    )


def _stretched(term: Steps | Levels | Line, a: float) -> Steps | Levels | Line:
    missing = a * term.missing
    match term:
        case Steps():
            weights = tuple(a * each for each in term.weights)
            return term.model_copy(update={"weights": weights, "missing": missing})
        case Levels():
            by_word = {word: a * each for word, each in term.weights.items()}
            told = {"weights": by_word, "other": a * term.other, "missing": missing}
            return term.model_copy(update=told)
        case Line():
            return term.model_copy(update={"slope": a * term.slope, "missing": missing})


def _shift(found: Sequence[Found]) -> float:
    """Where the sum of predictions is the sum of wins."""
    total = sum(_stands_for(each) for each in found if each.win)
    low, high = -FURTHEST, FURTHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        told = sum(_stands_for(each) * sigmoid(each.logit + middle) for each in found)
        low, high = (low, middle) if told > total else (middle, high)
    return (low + high) / 2


def _line(found: Sequence[Found]) -> tuple[float, float]:
    """The likeliest a and b (Newton's method, from a = 1 and b = 0), held near one by a weak prior."""
    a, b = 1.0, 0.0
    for _ in range(_TURNS):
        at_a, at_b, aa, ab, bb = PRIOR * (a - 1), 0.0, PRIOR, 0.0, 1e-9
        for each in found:
            weight, told = _stands_for(each), sigmoid(a * each.logit + b)
            off, spread = weight * (told - each.win), weight * told * (1 - told)
            at_a += off * each.logit
            at_b += off
            aa += spread * each.logit**2
            ab += spread * each.logit
            bb += spread
        whole = aa * bb - ab * ab
        if whole <= 0:
            break
        a -= (bb * at_a - ab * at_b) / whole
        b -= (aa * at_b - ab * at_a) / whole
    if not STEEPEST[0] <= a <= STEEPEST[1] or abs(b) > FURTHEST:
        return 1.0, _shift(found)
    return a, b


def unrouted(found: Sequence[Found]) -> Unrouted:
    """The share of wins among those not warm, each drawn one standing for all that the draw passed over."""
    drawn = [each for each in found if each.probability is not None]
    whole = sum(_stands_for(each) for each in drawn)
    wins = sum(_stands_for(each) for each in drawn if each.win)
    return Unrouted(len(drawn), sum(each.win for each in drawn), wins / whole if whole else None)


def _stands_for(each: Found) -> float:
    return each.weight / (each.probability or 1.0)
