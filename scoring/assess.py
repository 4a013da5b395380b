"""What marketing believes of one person now: points, grade, stage, warmth, and the reasons for each. Pure.

The same function serves live scoring and training: only the instant differs (invariant 10). How the
figures come about is told in `docs/scoring.md`, and why so in `docs/decisions/`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from prospects.conditions import look
from prospects.values import Activity, Assessment, Reason, Snapshot
from scoring.acting import moves
from scoring.by_card import ByCard, by_card
from scoring.by_rules import engagement, stage
from scoring.by_rules.acts import Standing, buyers_own, known, standing
from scoring.by_rules.gating import gate_of, line_of
from scoring.by_rules.overriding import POINTS_EACH, pushed
from scoring.by_rules.stage_model import Learned, stage_table
from scoring.by_rules.unprofiled import unprofiled
from scoring.by_rules.weighing import Weighed, weigh_fit
from scoring.fading import faded, fades
from scoring.features.seeing import Features, State, features_from, known_by, state_of
from scoring.features.tally import in_sight, micros
from scoring.rules import ScoringRules
from scoring.stage_evidence import rule_of
from scoring.stage_saying import taught
from scoring.warmth import is_interested, is_warm, look_again_at

_Kept = State | None


def assess(
    seen: Snapshot, rules: ScoringRules, now: datetime, *, told: bool = True, state: _Kept = None
) -> Assessment:
    """Believe what the record, as known at `now`, gives reason to; the last beliefs only lend their inertia.

    Points, fit and engagement are 0–100, confidence 0–1, instants aware UTC. `score` is a probability where a
    card scores whose calibration holds, else None. `look_again_at` is when time alone would change stage, warmth
    or grade. Who objected to being profiled is assessed by `unprofiled`. Where it need not be `told`, nothing is
    put in words by a card, and neither the claim's end nor a time to look again is searched for. `state` is what
    is kept of them at `now`, else it is made of their history.
    """
    finding = standing(seen, rules, now)
    then = _known_then(seen, rules, now)
    own = buyers_own(then.activities)
    if not seen.profiled:
        return replace(unprofiled(then, own, rules, finding), rules_version=rules.version)
    # Features see robots as well, if only to tell how many there are.
    whole = replace(then, activities=known_by(seen, now))
    state = (state or state_of(whole, now, rules)) if rules.card else None
    learned = _learned(whole, rules, state)
    weighed = _weighed(then, own, rules, finding=finding, learned=learned, told=told)
    carded = _carded(rules, whole, weighed, state)
    if carded:
        believed = _by_card(carded, own, rules, finding, told=told)
    else:
        believed = _by_points(weighed, rules, finding)
    gate = gate_of(rules, then, believed)
    enough = is_warm(rules, rank=weighed.rank, points=believed.points, was_warm=seen.warm)
    warm = gate is None and is_interested(own, finding) and enough
    again = None
    if told:
        again = look_again_at(seen, weighed, now, rules=rules, warm=warm, carded=carded)
    return replace(
        believed,
        gate=gate.name if gate else None,
        warm=warm,
        reasons=believed.reasons if gate is None else (*believed.reasons, line_of(gate)),
        look_again_at=again,
        rules_version=rules.version,
    )


def _carded(rules: ScoringRules, whole: Snapshot, weighed: Weighed, state: _Kept) -> ByCard | None:
    card = rules.scoring_card
    return by_card(card, rules, whole, weighed, state=state) if card else None


def _known_then(seen: Snapshot, rules: ScoringRules, now: datetime) -> Snapshot:
    # Titles are read as these rules say, which may not be in force yet.
    own_titles = rules.scoring.titles
    return replace(seen, as_of=now, activities=known(seen.activities, now), titles=own_titles)


def _weighed(
    then: Snapshot,
    own: Sequence[Activity],
    rules: ScoringRules,
    *,
    finding: Standing | None,
    learned: Learned | None,
    told: bool,
) -> Weighed:
    """The evidence and the marketer's points, as they stand at `then.as_of`."""
    now = then.as_of
    evidence = stage.support(own, rules, finding, now, learned=learned)
    rank = evidence.furthest(stage.remembered(then, rules, finding))
    lines = taught(evidence, rank, own, rules) if told else ()
    return Weighed(
        fit=weigh_fit(rules, look(then)),
        did=engagement.engaged(own, rules, finding, now),
        evidence=evidence,
        rank=rank,
        claim=stage.claim(evidence, rank, rules, now, taught=lines, told=told),
        pushed=pushed(then.overrides, now),
    )


def _learned(then: Snapshot, rules: ScoringRules, state: State | None) -> Learned | None:
    """What findings about others say of this person's stage, where a card knows these stages.

    A table of other stages, or of the same in another order, is of no use: the evidence rules speak alone.
    """
    table = stage_table(rules.card, rules.ladder)
    if state is None or table is None:
        return None
    names = [term.feature for term in table.terms if rule_of(term.feature) is None]
    moving = [name for name in names if moves(name)]
    now = _features(state, then, rules, names)
    fading = {name: now[name] for name in moving if fades(name)}
    soon = in_sight(state.tally, micros(then.as_of)) if len(fading) == len(moving) else 0.0

    def features(passed: float) -> Features:
        if not passed:
            return now
        # Who somebody is stays as it is.
        if passed < soon:
            return {**now, **faded(fading, passed)}
        return {**now, **_features(state, then, rules, moving, passed)}

    return Learned(table, features, rules.scorer)


def _features(
    state: State, then: Snapshot, rules: ScoringRules, names: Collection[str], passed: float = 0.0
) -> Features:
    at = then.as_of + timedelta(seconds=passed)
    return features_from(state, then.person, then.company, now=at, rules=rules, names=names)


def _by_points(weighed: Weighed, rules: ScoringRules, finding: Standing | None) -> Assessment:
    """Everything but gate and warmth, which are judged on the rest."""
    figures = weighed.figures(rules)
    return Assessment(
        claim=weighed.claim,
        points=figures.points,
        fit=figures.fit,
        engagement=figures.engagement,
        grade=figures.grade,
        warm=False,
        reasons=tuple(_reasons(weighed, rules, finding)),
        model=rules.model,
    )


def _by_card(
    carded: ByCard,
    own: Sequence[Activity],
    rules: ScoringRules,
    finding: Standing | None,
    *,
    told: bool,
) -> Assessment:
    """The same by a card: its figures and its terms, with the marketer's points beside them."""
    summed = carded.sum_in()
    figures = carded.figures(summed)
    found = _stage_found(rules, finding)
    return Assessment(
        claim=carded.weighed.claim,
        points=figures.points,
        fit=figures.fit,
        engagement=figures.engagement,
        grade=figures.grade,
        warm=False,
        score=carded.score(summed),
        reasons=tuple(carded.reasons(summed, own, finding, found)) if told else (),
        model=rules.scorer,
        logit=summed.logit,
        own_points=carded.weighed.points(),
    )


def _reasons(weighed: Weighed, rules: ScoringRules, finding: Standing | None) -> Sequence[Reason]:
    """Lines that add up to the points."""
    found = _stage_found(rules, finding)
    lines = [*weighed.fit.lines, *engagement.reasons(weighed.did, finding, found)]
    lines += weighed.pushed.lines(per=POINTS_EACH)
    total = weighed.total()
    if total > 100:
        lines.append(Reason("Points end at 100", "points.cap", 100 - total))
    if total < 0:
        lines.append(Reason("Points never go below 0", "points.floor", -total))
    return lines


def _stage_found(rules: ScoringRules, finding: Standing | None) -> str | None:
    """The found stage's name for people."""
    return rules.stages[finding.rank].name if finding and finding.rank >= 0 else None
