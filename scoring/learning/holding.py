"""Whether the percentages a card tells still hold, by what reps found of leads it had not learned from. Pure.

It is asked every day, so the evidence is of a sort that may be asked at any time: how much likelier
the findings are if every logit were stretched and moved, from some month on, than as they were told.
Averaged over all such lines and months this is a test martingale: where the percentages are right it
reaches twenty in one life of twenty at most, however often it is looked at (Ville's inequality; see
Ramdas and others, Statistical Science 38, 2023). Evidence alone is not enough, for with findings enough
a point more or less shows as well: what is off must also be worth hiding a percentage for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from scoring.card.adding import sigmoid
from scoring.learning import base_rate
from scoring.learning.base_rate import Found
from scoring.learning.delay import HALF_LIFE

CERTAIN = 20.0
"""Findings must be so many times likelier otherwise: a percentage that is right is hidden in one life of 20 at most."""
RATHER = 5.0
"""So many times likelier must those of the leads offered lately be, that nothing long past decides."""
LOW, HIGH = 0.8, 1.25
"""What was foreseen of all leads together over what came true must lie between these."""
WORST = 0.05
"""So far percentages may be off over everybody, on average."""
MONTH = timedelta(days=28)
LATELY = timedelta(days=90)
"""What was foreseen and found is told of leads offered in so long: older ones hide what has changed."""
SLOPES = (0.5, 0.75, 1.0, 1.4, 2.0)
MOVES = (-1.5, -0.75, 0.0, 0.75, 1.5)
_LINES = tuple(line for line in product(SLOPES, MOVES) if line != (1.0, 0.0))


@dataclass(frozen=True, slots=True)
class Later:
    """A lead that was settled and not learned from: what was told of it as a logit, and what was found.

    `weight` is how much the finding counts by who gave it (0–1), `probability` the chance it was drawn by.
    """

    logit: float
    win: bool
    weight: float
    probability: float | None
    offered_at: datetime

    @property
    def chance(self) -> float:
        """What was foreseen, 0–1."""
        return sigmoid(self.logit)


@dataclass(frozen=True, slots=True)
class Part:
    """Some leads: how many, of how many it was foreseen, and of how many it was found."""

    leads: int
    foreseen: float
    won: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How percentages stand against what was found since.

    `evidence` is how many times likelier the findings are if something is off, `lately` the same of the
    leads offered lately. `slope` and `move` are the
    line over everybody that would set it right, and `off` by how much it moves a percentage on average;
    older leads count less for these. `all` are the leads offered `LATELY`, `low` and `high` those of them
    of whom less and more was foreseen, half each.
    """

    all: Part
    low: Part
    high: Part
    evidence: float
    lately: float
    slope: float
    move: float
    off: float

    @property
    def ratio(self) -> float:
        """What was foreseen over what came true, of all leads together."""
        return self.all.foreseen / max(self.all.won, 0.5)

    @property
    def contradicted(self) -> bool:
        """Whether findings speak against the percentages beyond chance, and by so much that it matters."""
        return self.evidence >= CERTAIN and self.lately >= RATHER and not self.near

    @property
    def near(self) -> bool:
        """Whether what is off, if anything, is little."""
        return self.off <= WORST and (not self.all.leads or LOW <= self.ratio <= HIGH)


def held(later: Sequence[Later], since: datetime, now: datetime) -> Holding:
    """Hold what was told against what was found of leads offered from `since` on."""
    lately = sorted(
        (each for each in later if each.offered_at > now - LATELY), key=lambda each: each.logit
    )
    half = len(lately) // 2
    found = [_found(each, now) for each in later]
    slope, move = base_rate.line(found)
    return Holding(
        all=_part(lately),
        low=_part(lately[:half]),
        high=_part(lately[half:]),
        evidence=evidence(later, since),
        lately=evidence(lately, now - LATELY),
        slope=slope,
        move=move,
        off=_off(found, slope, move),
    )


def evidence(later: Sequence[Later], since: datetime) -> float:
    """How many times likelier these findings are if something is off, from some month on, than if nothing is."""
    if not later:
        return 1.0
    months = [max((each.offered_at - since) // MONTH, 0) for each in later]
    told = [_log_likelihood(each, 1.0, 0.0) for each in later]
    found = []
    for slope, move in _LINES:
        by_month = [0.0] * (max(months) + 1)
        for each, month, as_told in zip(later, months, told, strict=True):
            by_month[month] += _log_likelihood(each, slope, move) - as_told
        from_then_on = 0.0
        for month in range(len(by_month) - 1, -1, -1):
            from_then_on += by_month[month]
            # These shares of all months there may ever be add up to one.
            found.append(from_then_on - math.log((month + 1) * (month + 2)))
        # The months to come, in which nothing was found yet.
        found.append(-math.log(len(by_month) + 1))
    return _exp(_log_sum(found) - math.log(len(_LINES)))


def agrees(later: Sequence[Later], slope: float, move: float) -> float:
    """How many times likelier these findings are as they were told than by the line that set it right before."""
    return _exp(
        math.fsum(
            _log_likelihood(each, 1.0, 0.0) - _log_likelihood(each, slope, move) for each in later
        )
    )


def in_words(of: Holding) -> tuple[str, ...]:
    """What was found, for people: all together, or where that is right, by who was told less and more."""
    said = [_in_words(of.all, f"leads of {LATELY.days} days that it had not learned from")]
    if LOW <= of.ratio <= HIGH:
        said.append(_in_words(of.high, "of them of whom more was foreseen"))
        said.append(_in_words(of.low, "of whom less was foreseen"))
    said.append(f"Over everybody it is off by about {100 * of.off:.0f} points on average.")
    return tuple(said)


def _in_words(part: Part, who: str) -> str:
    return f"Of {part.leads:,} {who}, {part.won:,} were found far enough; {part.foreseen:.0f} were foreseen."


def _part(some: Sequence[Later]) -> Part:
    foreseen = math.fsum(each.chance for each in some)
    return Part(len(some), foreseen, sum(each.win for each in some))


def _found(each: Later, now: datetime) -> Found:
    faded: float = 0.5 ** (max(now - each.offered_at, timedelta()) / HALF_LIFE)
    return Found(each.logit, each.win, each.weight * faded, each.probability)


def _off(found: Sequence[Found], slope: float, move: float) -> float:
    """The mean distance over everybody between a percentage and what the line makes of it."""
    whole = sum(each.stands_for for each in found)
    apart = sum(
        each.stands_for * abs(sigmoid(slope * each.logit + move) - sigmoid(each.logit))
        for each in found
    )
    return apart / whole if whole else 0.0


def _log_likelihood(each: Later, slope: float, move: float) -> float:
    """A finding that counts for less is a power of it, which can only weaken the evidence."""
    logit = slope * each.logit + move
    return -each.weight * base_rate.softplus(-logit if each.win else logit)


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + math.log(math.fsum(math.exp(each - most) for each in logs))


def _exp(log: float) -> float:
    """Without overflow: beyond 10^300 it is certain enough."""
    return math.exp(min(log, 690.0))
