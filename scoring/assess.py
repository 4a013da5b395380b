"""What marketing believes of one person now: points, grade, stage, warmth, and the reasons for each. Pure.

The same function serves live scoring and training: only the instant differs (invariant 10). How the
figures come about is told in `docs/scoring.md`, and why so in `docs/decisions/`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from prospects.conditions import look
from prospects.values import Assessment, Reason, Snapshot
from scoring import engagement, stage
from scoring.acts import Standing, buyers_own, known, standing
from scoring.rules import ScoringRules
from scoring.warmth import is_warm, look_again_at
from scoring.weighing import Weighed, grade, weigh_fit
from scoring.written import Gate


def assess(seen: Snapshot, rules: ScoringRules, now: datetime) -> Assessment:
    """Believe what the record, as known at `now`, gives reason to; the last beliefs only lend their inertia.

    Points, fit and engagement are 0–100, confidence 0–1, instants aware UTC. `score` stays None: points
    are no probability. `look_again_at` is when time alone would change stage, warmth or grade.
    """
    finding = standing(seen, rules, now)
    then = replace(seen, as_of=now, activities=known(seen.activities, now))
    own = buyers_own(then.activities)
    evidence = stage.support(own, rules, finding, now)
    rank = evidence.furthest(stage.remembered(seen, rules, finding))
    weighed = Weighed(
        fit=weigh_fit(rules, look(then)),
        did=engagement.engaged(own, rules, finding, now),
        evidence=evidence,
        rank=rank,
        claim=stage.claim(evidence, rank, rules, now),
    )
    believed = _believed(weighed, rules, finding)
    gate = _gate(rules, then.assessed(believed))
    warm = gate is None and is_warm(seen, own, weighed, rules=rules, finding=finding)
    return replace(
        believed,
        gate=gate.name if gate else None,
        warm=warm,
        reasons=believed.reasons if gate is None else (*believed.reasons, _line_of(gate)),
        look_again_at=look_again_at(seen, weighed, now, rules=rules, warm=warm),
        rules_version=rules.version,
    )


def _believed(weighed: Weighed, rules: ScoringRules, finding: Standing | None) -> Assessment:
    """Everything but gate and warmth, which are judged on the rest."""
    fit, did = weighed.fit_of_cap(), weighed.engagement_of_cap()
    return Assessment(
        claim=weighed.claim,
        points=weighed.points(),
        fit=fit,
        engagement=did,
        grade=grade(rules, fit, did),
        warm=False,
        reasons=tuple(_reasons(weighed, rules, finding)),
    )


def _reasons(weighed: Weighed, rules: ScoringRules, finding: Standing | None) -> Sequence[Reason]:
    """Lines that add up to the points."""
    found = rules.stages[finding.rank].name if finding and finding.rank >= 0 else None
    lines = [*weighed.fit.lines, *engagement.reasons(weighed.did, finding, found)]
    total = weighed.fit.part + weighed.did.whole()
    if total > 100:
        lines.append(Reason("Points end at 100", "points.cap", 100 - total))
    return lines


def _gate(rules: ScoringRules, seen: Snapshot) -> Gate | None:
    if not rules.gates:
        return None
    sight = look(seen)
    return next((gate for gate, holds in rules.gates if holds(sight)), None)


def _line_of(gate: Gate) -> Reason:
    return Reason(gate.text or f"Never handed over: “{gate.name}”", f"gate.{gate.name}", 0.0)
