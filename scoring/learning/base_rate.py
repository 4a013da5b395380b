"""Sets a card's base rate by everybody, not only by those who were warm enough to be put to sales. Pure.

A lead drawn with a chance of one in twenty stands for twenty people nobody was asked about. The card's
order stays; its logit is stretched and moved as far as findings over all of them say so, and the fewer
were drawn, the less (maximum a posteriori; to update a model by its intercept and slope, drawn towards
what they were, is after Steyerberg and others, Statistics in Medicine 23, 2004).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prospects.wilson import bounds
from scoring.card.adding import sigmoid
from scoring.card.card import Card
from scoring.card.terms import Levels, Line, Steps

LEAST_DRAWN = 60
"""From so many on the base rate is known well enough for a percentage: of made-up markets at 40 one in seven showed
one that was off by more than five points over everybody, at 60 one in fifteen (`docs/benchmarks.md`)."""
SLOPE_SPREAD, MOVE_SPREAD = 0.5, 2.0
"""How far slope and intercept are believed to be from where they are, as standard deviations: measured on
simulated markets, where half and one and a half of these did about as well (`docs/benchmarks.md`)."""
FURTHEST = 3.0
STEEPEST = (0.5, 2.0)
Rows = Sequence[tuple[float, bool, float]]
"""Logit, win, weight."""
_TURNS = 30
_HALVES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A settled lead: its logit by the card, how it ended, how much it counts, and by what chance it was drawn."""

    logit: float
    win: bool
    weight: float
    probability: float | None

    @property
    def stands_for(self) -> float:
        """For how many it counts: itself, and where it was drawn all whom the draw passed over."""
        return self.weight / (self.probability or 1.0)


@dataclass(frozen=True, slots=True)
class Unrouted:
    """What is known of people who were not put to sales as warm: how many were drawn, and the share of wins.

    The true share lies between `low` and `high` in 95 of 100 cases; None where nobody was drawn.
    """

    drawn: int
    wins: int
    share: float | None
    low: float | None = None
    high: float | None = None


def correction(found: Sequence[Found]) -> tuple[float, float] | None:
    """a and b of a · logit + b, by which predictions and findings agree over everybody; None where nobody was drawn.

    a lies within `STEEPEST`, b within `FURTHEST` of zero. With few who were drawn both stay near 1 and 0.
    """
    return line(found) if any(each.probability is not None for each in found) else None


def line(found: Sequence[Found]) -> tuple[float, float]:
    """The same, whether anybody was drawn or not; 1 and 0 of nobody."""
    if not found:
        return 1.0, 0.0
    rows = [(each.logit, each.win, share) for each, share in zip(found, _worth(found), strict=True)]
    a, b = 1.0, 0.0
    for _ in range(_TURNS):
        step = _step(rows, a, b)
        a, b = _downhill(rows, (a, b), step)
        if max(map(abs, step)) < 1e-9:
            break
    return min(max(a, STEEPEST[0]), STEEPEST[1]), min(max(b, -FURTHEST), FURTHEST)


def counting(found: Sequence[Found]) -> float:
    """For how many the drawn leads count: fewer than there are, where some weigh less than others (Kish)."""
    weights = [each.weight for each in found if each.probability is not None]
    squares = sum(each**2 for each in weights)
    return sum(weights) ** 2 / squares if squares else 0.0


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


def unrouted(found: Sequence[Found]) -> Unrouted:
    """The share of wins among those not warm, each drawn one standing for all that the draw passed over."""
    drawn = [each for each in found if each.probability is not None]
    whole = sum(each.stands_for for each in drawn)
    wins = sum(each.stands_for for each in drawn if each.win)
    if not whole:
        return Unrouted(len(drawn), 0, None)
    share = wins / whole
    low, high = bounds(share, whole**2 / sum(each.stands_for**2 for each in drawn))
    return Unrouted(len(drawn), sum(each.win for each in drawn), share, low, high)


def in_words(of: Unrouted) -> str | None:
    """The estimated conversion of those not handed over, with its bounds; None where nobody was drawn."""
    if of.share is None:
        return None
    return (
        f"Of {of.drawn:,} people drawn by chance, who were not warm, {of.wins:,} were found far enough: "
        f"of all who were not handed over about {of.share:.1%} would be "
        f"({of.low:.1%} to {of.high:.1%})."
    )


def _worth(found: Sequence[Found]) -> list[float]:
    """What each stands for, scaled so that all together say no more than the rows they are worth (Kish)."""
    stands = [each.stands_for for each in found]
    scale = sum(stands) / sum(each**2 for each in stands)
    return [each * scale for each in stands]


def _height(rows: Rows, a: float, b: float) -> float:
    """What is to be least: the log loss, and how unlikely such a slope and intercept are."""
    lost = sum(w * softplus(-(a * x + b) if win else a * x + b) for x, win, w in rows)
    return lost + ((a - 1) / SLOPE_SPREAD) ** 2 / 2 + (b / MOVE_SPREAD) ** 2 / 2


def _step(rows: Rows, a: float, b: float) -> tuple[float, float]:
    """Newton's step from here."""
    at_a, aa = (a - 1) / SLOPE_SPREAD**2, 1 / SLOPE_SPREAD**2
    at_b, bb, ab = b / MOVE_SPREAD**2, 1 / MOVE_SPREAD**2, 0.0
    for logit, win, weight in rows:
        told = sigmoid(a * logit + b)
        off, spread = weight * (told - win), weight * told * (1 - told)
        at_a += off * logit
        at_b += off
        aa += spread * logit**2
        ab += spread * logit
        bb += spread
    whole = aa * bb - ab * ab
    return (bb * at_a - ab * at_b) / whole, (aa * at_b - ab * at_a) / whole


def _downhill(
    rows: Rows, at: tuple[float, float], step: tuple[float, float]
) -> tuple[float, float]:
    """The whole step, or the first half of a half of it that leads down."""
    now = _height(rows, *at)
    for halved in range(_HALVES):
        tried = (at[0] - step[0] / 2**halved, at[1] - step[1] / 2**halved)
        if _height(rows, *tried) <= now:
            return tried
    return at


def softplus(x: float) -> float:
    """ln(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
