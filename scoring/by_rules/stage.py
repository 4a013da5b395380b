"""How far the buyer has come: evidence that halves with time, a claim that is entered late and left late. Pure.

What the evidence comes to is `stage_support`'s.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from prospects.values import Activity, Reason, Snapshot, StageClaim
from scoring.by_rules.acts import Standing
from scoring.by_rules.stage_model import Learned
from scoring.by_rules.stage_support import FADES_IN_HALF_LIVES, FINDING_WEIGHT, Held, Support
from scoring.by_rules.words import did, found
from scoring.halving import share_left
from scoring.rules import ScoringRules
from scoring.stage_evidence import Matched

ACTS_NAMED = 20


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
    whole = Support(weights, tuple(lines), held, matched=_told_apart(rules, matched, now))
    return whole.knowing(learned) if learned else whole


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
    told: bool = True,
) -> StageClaim | None:
    """Marketing's claim of the stage at `rank`, with the evidence for it, the strongest first.

    `taught` is what findings about others add, in words. When it ends is searched for where it is `told`.
    """
    if rank < 0:
        return None
    lapse, learned = evidence.lapses_in(rank) if told else None, evidence.learned
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


def _told_apart(
    rules: ScoringRules, matched: Mapping[int, tuple[list[Activity], list[float]]], now: datetime
) -> tuple[Matched, ...]:
    """What each rule found, those that found nothing among them."""
    found = []
    for place, name in enumerate(rules.evidence_names):
        acts = matched[place][0] if place in matched else []
        ages = [(now - act.happened_at).total_seconds() for act in acts]
        found.append(Matched(place, name, acts, ages))
    return tuple(found)


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
