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
from scoring.words import did, found

ENTER = 0.6
LEAVE = 0.4
FINDING_WEIGHT = 3.0
"""As much as a demo request: confidence 0.95 on the day."""
LEAVE_WEIGHT = -math.log(1 - LEAVE)
FADES_IN_HALF_LIVES = math.log2(FINDING_WEIGHT / LEAVE_WEIGHT)
"""After so many half-lives a finding alone no longer holds its stage."""
ACTS_NAMED = 20


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence at an instant: weight by stage (its rank) and half-life in seconds, and its lines."""

    weights: tuple[dict[float, float], ...]
    lines: tuple[tuple[int, Reason], ...]

    def strength(self, rank: int, passed: float = 0.0) -> float:
        """How surely the buyer has come at least to `rank`, 0–1, if nothing happens for `passed` seconds."""
        return 1 - math.exp(-_weight_after(passed, self._for(rank)))

    def _for(self, rank: int) -> list[tuple[float, float]]:
        return [pair for later in self.weights[rank:] for pair in later.items()]

    def furthest(self, remembered: int) -> int:
        """The furthest stage that holds; those up to `remembered` are left late. -1 for none."""
        for rank in range(len(self.weights) - 1, -1, -1):
            if self.strength(rank) >= (LEAVE if rank <= remembered else ENTER):
                return rank
        return -1

    def lapses_in(self, rank: int) -> int | None:
        """Seconds until decay alone drops this stage; None if it never does."""
        pairs = self._for(rank)
        return first_second(lambda passed: _weight_after(passed, pairs) < LEAVE_WEIGHT, FOR_GOOD)


def support(
    acts: Sequence[Activity], rules: ScoringRules, finding: Standing | None, now: datetime
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
    if finding and finding.rank >= 0:
        lines.append(_add_finding(weights, rules, finding, now))
    return Support(weights, tuple(lines))


def remembered(seen: Snapshot, rules: ScoringRules, finding: Standing | None) -> int:
    """The rank up to which a stage is left late: the last claim's, unless a finding came after it."""
    claimed = rules.rank(seen.claim.stage) if seen.claim else -1
    if finding is None:
        return claimed
    if seen.claim and seen.claim.at >= finding.learned_at:
        return max(claimed, finding.rank) if finding.held else claimed
    return finding.rank if finding.held else min(claimed, finding.rank)


def claim(evidence: Support, rank: int, rules: ScoringRules, now: datetime) -> StageClaim | None:
    """Marketing's claim of the stage at `rank`, with the evidence for it, the strongest first."""
    if rank < 0:
        return None
    lapse = evidence.lapses_in(rank)
    lines = [line for reached, line in evidence.lines if reached >= rank]
    return StageClaim(
        stage=rules.ladder[rank],
        confidence=round(evidence.strength(rank), 3),
        at=now,
        expires_at=None if lapse is None else now + timedelta(seconds=lapse),
        model=rules.model,
        reasons=tuple(sorted(lines, key=lambda line: (-line.value, line.term))),
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


def _add_finding(
    weights: tuple[dict[float, float], ...], rules: ScoringRules, finding: Standing, now: datetime
) -> tuple[int, Reason]:
    half_life = rules.scoring.verdicts.hold.total_seconds() / FADES_IN_HALF_LIVES
    passed = (now - finding.finding.at).total_seconds()
    weight = FINDING_WEIGHT * share_left(passed, half_life)
    held = weights[finding.rank]
    held[half_life] = held.get(half_life, 0.0) + weight
    text = found(finding.finding.verdict, rules.stages[finding.rank].name, finding.finding.at)
    term = f"verdict.{finding.finding.verdict}"
    return finding.rank, Reason(text, term, weight, (finding.finding.activity,))
