"""How far the buyer has come: evidence that halves with time, a claim that is entered late and left late. Pure.

Evidence for a stage speaks for every stage before it as well, so a claim that lapses falls back by
steps. Weights w add up to a strength of 1 − exp(−w), which is also the claim's confidence: 0.6 is
needed to claim a stage, and below 0.4 it is left (reference: scoring.md D3).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prospects.values import Activity, Reason, Snapshot, StageClaim
from scoring.acts import Standing
from scoring.halving import FOR_GOOD, first_second, share_left
from scoring.rules import ScoringRules
from scoring.stage_model import Learned
from scoring.words import did, found

ENTER = 0.6
LEAVE = 0.4
FINDING_WEIGHT = 3.0
"""As much as a demo request: confidence 0.95 on the day."""
LEAVE_WEIGHT = -math.log(1 - LEAVE)
FADES_IN_HALF_LIVES = math.log2(FINDING_WEIGHT / LEAVE_WEIGHT)
"""After so many half-lives a finding alone no longer holds its stage."""
ACTS_NAMED = 20
HOUR, DAY = 3_600.0, 86_400.0
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


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence at an instant: weight by stage (its rank) and half-life in seconds, and its lines.

    `held` is a rep's finding, `learned` what findings about others taught; without it the evidence
    rules speak alone.
    """

    weights: tuple[dict[float, float], ...]
    lines: tuple[tuple[int, Reason], ...]
    held: Held | None = None
    learned: Learned | None = None

    def strength(self, rank: int, passed: float = 0.0) -> float:
        """How surely the buyer has come at least to `rank`, 0–1, if nothing happens for `passed` seconds."""
        if self.learned is not None:
            return self._moved(passed, self.learned)[rank]
        weight = self._evidence(rank, passed) + self._found(rank, passed)
        return 1 - math.exp(-weight)

    def strengths(self) -> list[float]:
        """How surely the buyer has come now at least to each stage, 0–1; it never rises along the ladder."""
        if self.learned is not None:
            return self._moved(0.0, self.learned)
        return [self.strength(rank) for rank in range(len(self.weights))]

    def chances(self) -> list[float]:
        """How likely the buyer stands at each stage now, 0–1; what is missing to 1 is: at none of them."""
        least = self.strengths()
        return [a - b for a, b in zip(least, [*least[1:], 0.0], strict=True)]

    def furthest(self, remembered: int) -> int:
        """The furthest stage that holds; those up to `remembered` are left late. -1 for none."""
        for rank, strength in reversed(list(enumerate(self.strengths()))):
            if strength >= (LEAVE if rank <= remembered else ENTER):
                return rank
        return -1

    def lapses_in(self, rank: int) -> int | None:
        """Seconds until decay alone drops this stage; None if it never does."""
        if self.learned is None:
            return first_second(
                lambda passed: (
                    self._evidence(rank, passed) + self._found(rank, passed) < LEAVE_WEIGHT
                ),
                FOR_GOOD,
            )
        return self._learned_lapse(rank)

    def _learned_lapse(self, rank: int) -> int | None:
        """The same roughly, never before it holds: what is learned costs more to ask."""
        low, high = -1, len(_DAYS) - 1
        if self.strength(rank, _DAYS[-1] * DAY) >= LEAVE:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.strength(rank, _DAYS[middle] * DAY) < LEAVE:
                high = middle
            else:
                low = middle
        before, after = _DAYS[low] * DAY if low >= 0 else 0.0, _DAYS[high] * DAY
        while after - before > max(HOUR, after / CLOSE):
            half = (before + after) / 2
            if self.strength(rank, half) < LEAVE:
                after = half
            else:
                before = half
        return math.ceil(after)

    def _evidence(self, rank: int, passed: float) -> float:
        pairs = [pair for later in self.weights[rank:] for pair in later.items()]
        return _weight_after(passed, pairs)

    def _found(self, rank: int, passed: float) -> float:
        return self.held.left(passed) if self.held and rank <= self.held.rank else 0.0

    def _moved(self, passed: float, learned: Learned) -> list[float]:
        ranks = range(len(self.weights))
        alone = [1 - math.exp(-self._evidence(rank, passed)) for rank in ranks]
        faded = math.exp(-self.held.left(passed)) if self.held else 1.0
        doubt = [faded if self.held and rank > self.held.rank else 1.0 for rank in ranks]
        chances = learned.chances(alone, passed, doubt)
        return [
            1 - (1 - chance) * math.exp(-self._found(rank, passed))
            for rank, chance in enumerate(chances)
        ]


def support(
    acts: Sequence[Activity],
    rules: ScoringRules,
    finding: Standing | None,
    now: datetime,
    *,
    learned: Learned | None = None,
) -> Support:
    """Weigh the evidence in the buyer's own acts (see `acts.known`) and a rep's finding at `now`."""
    weights: tuple[dict[float, float], ...] = tuple({} for _ in rules.ladder)
    matched: dict[int, tuple[list[Activity], list[float]]] = {}
    fitting = (
        (act, place)
        for act in acts
        for place, matches in rules.evidence.get(act.kind, ())
        if matches(act.body, rules.ladder)
    )
    for act, place in fitting:
        rule = rules.scoring.evidence[place]
        rank = rules.rank(rule.stage)
        if _settled(act, rank, finding):
            continue
        half_life = rule.half_life.total_seconds()
        weight = rule.weight * share_left((now - act.happened_at).total_seconds(), half_life)
        weights[rank][half_life] = weights[rank].get(half_life, 0.0) + weight
        seen = matched.setdefault(place, ([], []))
        seen[0].append(act)
        seen[1].append(weight)
    lines = [_line(rules, place, *matched[place]) for place in sorted(matched)]
    held = _held(rules, finding, now) if finding else None
    if finding and held and held.rank >= 0:
        lines.append(_line_of(finding, held, rules))
    return Support(weights, tuple(lines), held, learned)


def remembered(seen: Snapshot, rules: ScoringRules, finding: Standing | None) -> int:
    """The rank up to which a stage is left late: the last claim's, unless a finding came after it."""
    claimed = rules.rank(seen.claim.stage) if seen.claim else -1
    if finding is None:
        return claimed
    if seen.claim and seen.claim.at >= finding.learned_at:
        return max(claimed, finding.rank) if finding.held else claimed
    return finding.rank if finding.held else min(claimed, finding.rank)


def claim(
    evidence: Support,
    rank: int,
    rules: ScoringRules,
    now: datetime,
    *,
    taught: Sequence[Reason] = (),
) -> StageClaim | None:
    """Marketing's claim of the stage at `rank`, with the evidence for it, the strongest first.

    `taught` is what findings about others add, in words.
    """
    if rank < 0:
        return None
    lapse, learned = evidence.lapses_in(rank), evidence.learned
    lines = [*(line for reached, line in evidence.lines if reached >= rank), *taught]
    return StageClaim(
        stage=rules.ladder[rank],
        confidence=round(evidence.strength(rank), 3),
        at=now,
        expires_at=None if lapse is None else now + timedelta(seconds=lapse),
        model=learned.model if learned else rules.model,
        reasons=tuple(sorted(lines, key=lambda line: (-line.value, line.term))),
        chances={
            slug: round(chance, 3)
            for slug, chance in zip(rules.ladder, evidence.chances(), strict=True)
        },
        calibrated=learned is not None and learned.table.calibrated,
    )


def _weight_after(passed: float, pairs: Sequence[tuple[float, float]]) -> float:
    weight = 0.0
    for half_life, amount in pairs:
        weight += amount * share_left(passed, half_life)
    return weight


def _settled(act: Activity, rank: int, finding: Standing | None) -> bool:
    """Whether a rep who talked to the buyer afterwards has settled what this act seemed to say."""
    if finding is None or act.happened_at > finding.finding.at:
        return False
    return rank > finding.rank


def _line(
    rules: ScoringRules, place: int, acts: list[Activity], weights: list[float]
) -> tuple[int, Reason]:
    rule = rules.scoring.evidence[place]
    named = tuple(act.id for act in acts[-ACTS_NAMED:])
    reason = Reason(did(acts, rule.text), f"evidence.{rule.stage}.{place}", sum(weights), named)
    return rules.rank(rule.stage), reason


def _held(rules: ScoringRules, finding: Standing, now: datetime) -> Held:
    half_life = rules.scoring.verdicts.hold.total_seconds() / FADES_IN_HALF_LIVES
    passed = (now - finding.finding.at).total_seconds()
    return Held(finding.rank, FINDING_WEIGHT * share_left(passed, half_life), half_life)


def _line_of(finding: Standing, held: Held, rules: ScoringRules) -> tuple[int, Reason]:
    told_by = finding.finding
    text = found(told_by.verdict, rules.stages[held.rank].name, told_by.at)
    return held.rank, Reason(text, f"verdict.{told_by.verdict}", held.weight, (told_by.activity,))
