"""What the evidence comes to, now and in silence: strengths, chances, the stage that is claimed and for how long. Pure.

Evidence for a stage speaks for every stage before it as well, so a claim that lapses falls back by
steps. Weights w add up to a strength of 1 − exp(−w), which is also the claim's confidence: 0.6 is
needed to claim a stage, and below 0.4 it is left (reference: scoring.md D3). Where findings taught
chances, the likeliest stage is claimed, of those that are reached by at least 0.4; the one claimed
before stays while no other is likelier by a margin.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from prospects.values import Reason
from scoring.by_rules.stage_model import Learned
from scoring.card.terms import Value
from scoring.fading import faded
from scoring.halving import FOR_GOOD, first_second, share_left
from scoring.stage_evidence import DAY, Matched, lately

ENTER = 0.6
LEAVE = 0.4
EVEN = 0.5
"""More likely than not a buyer at all: needed to claim anything by chances."""
MARGIN = 0.05
"""By so much another stage must be likelier than the one claimed before: a hair changes no claim."""
FINDING_WEIGHT = 3.0
"""As much as a demo request: confidence 0.95 on the day."""
LEAVE_WEIGHT = -math.log(1 - LEAVE)
FADES_IN_HALF_LIVES = math.log2(FINDING_WEIGHT / LEAVE_WEIGHT)
"""After so many half-lives a finding alone no longer holds its stage."""
MOVES_ON = 3
"""Buyers go forward sooner than back: that they are not further is forgotten so many times as fast."""
HOUR = 3_600.0
CLOSE = 50
"""A learned claim's end may be late by an hour, or by a fiftieth of the time until then."""
_DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 365, 730, 3640)
"""At which days of silence a learned claim is looked at; the last is FOR_GOOD."""


@dataclass(frozen=True, slots=True)
class Held:
    """A rep's finding at an instant: the stage's rank (-1: no buyer), its weight, and its half-life in seconds."""

    rank: int
    weight: float
    half_life: float

    def left(self, passed: float) -> float:
        """Its weight after `passed` seconds."""
        return self.weight * share_left(passed, self.half_life)

    def doubt(self, passed: float) -> float:
        """How much of what the table adds counts by then for stages further than the one found, 0–1."""
        halves = math.log2(FINDING_WEIGHT / max(self.left(passed), 1e-9))
        return math.exp(-FINDING_WEIGHT * 0.5 ** (MOVES_ON * halves))


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence at an instant: weight by stage (its rank) and half-life in seconds, and its lines.

    `held` is a rep's finding, `learned` what findings about others taught (see `knowing`); without it
    the evidence rules speak alone. `matched` is what each rule found, and `least` the chances of having
    come at least to each stage now, where something was learned.
    """

    weights: tuple[dict[float, float], ...]
    lines: tuple[tuple[int, Reason], ...]
    held: Held | None = None
    learned: Learned | None = None
    matched: tuple[Matched, ...] = ()
    least: tuple[float, ...] = ()

    def strength(self, rank: int, passed: float = 0.0) -> float:
        """How surely the buyer has come at least to `rank`, 0–1, if nothing happens for `passed` seconds."""
        if self.learned is not None:
            least = self._moved(passed, self.learned) if passed else self.least
            return least[rank]
        weight = self._evidence(rank, passed) + self._found(rank, passed)
        return 1 - math.exp(-weight)

    def strengths(self) -> list[float]:
        """How surely the buyer has come now at least to each stage, 0–1; it never rises along the ladder."""
        if self.learned is not None:
            return list(self.least)
        return [self.strength(rank) for rank in range(len(self.weights))]

    def chances(self) -> list[float]:
        """How likely the buyer stands at each stage now, 0–1; what is missing to 1 is: at none of them."""
        return _each(self.strengths())

    def furthest(self, remembered: int) -> int:
        """The stage that is claimed: the furthest that holds, those up to `remembered` being left late. -1 for none.

        Where findings taught chances it is the likeliest; then only `remembered` itself is left late.
        """
        if self.learned is not None:
            return self._likeliest(remembered, self.strengths())
        for rank, strength in reversed(list(enumerate(self.strengths()))):
            if strength >= (LEAVE if rank <= remembered else ENTER):
                return rank
        return -1

    def knowing(self, learned: Learned) -> "Support":
        """The same with what findings taught; its features are told of what each rule found as well."""
        found = lately(self.matched)
        now = {**learned.features(0.0), **found}

        def features(passed: float) -> Mapping[str, Value]:
            return {**learned.features(passed), **faded(found, passed)} if passed else now

        told = replace(learned, features=features)
        return replace(self, learned=told, least=tuple(self._moved(0.0, told)))

    def lapses_in(self, rank: int) -> int | None:
        """Seconds until decay alone drops this stage; None if it never does."""
        if self.learned is None:
            return first_second(
                lambda passed: (
                    self._evidence(rank, passed) + self._found(rank, passed) < LEAVE_WEIGHT
                ),
                FOR_GOOD,
            )
        return self._learned_lapse(rank, self.learned)

    def _learned_lapse(self, rank: int, learned: Learned) -> int | None:
        """The same roughly, never before it holds: what is learned costs more to ask."""

        def holds(passed: float) -> bool:
            return self._likeliest(rank, self._moved(passed, learned)) == rank

        low, high = -1, len(_DAYS) - 1
        if holds(_DAYS[-1] * DAY):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if holds(_DAYS[middle] * DAY) else (low, middle)
        before, after = _DAYS[low] * DAY if low >= 0 else 0.0, _DAYS[high] * DAY
        while after - before > max(HOUR, after / CLOSE):
            half = (before + after) / 2
            before, after = (half, after) if holds(half) else (before, half)
        return math.ceil(after)

    def _likeliest(self, remembered: int, least: Sequence[float]) -> int:
        """The stage to claim where a buyer has come at least to each by these chances."""
        if least[0] < (LEAVE if remembered >= 0 else EVEN):
            return -1
        chances = _each(least)
        # How far a buyer is, is asked of buyers: that they may be none takes nothing from any stage.
        reached = (rank for rank, chance in enumerate(least) if chance >= LEAVE * least[0])
        return max(reached, key=lambda rank: chances[rank] + MARGIN * (rank == remembered))

    def _evidence(self, rank: int, passed: float) -> float:
        pairs = [pair for later in self.weights[rank:] for pair in later.items()]
        return _weight_after(passed, pairs)

    def _found(self, rank: int, passed: float) -> float:
        return self.held.left(passed) if self.held and rank <= self.held.rank else 0.0

    def _moved(self, passed: float, learned: Learned) -> list[float]:
        ranks = range(len(self.weights))
        alone = [1 - math.exp(-self._evidence(rank, passed)) for rank in ranks]
        faded = self.held.doubt(passed) if self.held else 1.0
        doubt = [faded if self.held and rank > self.held.rank else 1.0 for rank in ranks]
        chances = learned.chances(alone, passed, doubt)
        return [
            1 - (1 - chance) * math.exp(-self._found(rank, passed))
            for rank, chance in enumerate(chances)
        ]


def _each(least: Sequence[float]) -> list[float]:
    """The chance of each stage, from those of having come at least so far."""
    return [a - b for a, b in zip(least, [*least[1:], 0.0], strict=True)]


def _weight_after(passed: float, pairs: Sequence[tuple[float, float]]) -> float:
    weight = 0.0
    for half_life, amount in pairs:
        weight += amount * share_left(passed, half_life)
    return weight
