"""What somebody did, in points: each act halves with time, each rule and the whole have a cap. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.values import Activity, Reason
from scoring.by_rules.acts import Standing
from scoring.by_rules.words import did, found
from scoring.halving import share_left
from scoring.rules import ScoringRules
from scoring.written.scoring import EngagementRule

ACTS_NAMED = 20
"""Newest acts that a reason points to: the count in its words is exact, the list need not be."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one rule has earned: `worth` in full, `kept` after a rep's finding; neither is capped."""

    rule: EngagementRule
    acts: list[Activity]
    worth: float
    kept: float

    @property
    def cap(self) -> float:
        return self.rule.cap or 100.0


@dataclass(frozen=True, slots=True)
class Engaged:
    """The engagement part of the points: what rules earned, and what a rep's finding adds.

    `amounts` is the same as `earned`, as (cap, kept), for asking quickly about many instants.
    """

    earned: tuple[Earned, ...]
    amounts: tuple[tuple[float, float], ...]
    cap: float
    half_life: float
    added: float

    def part(self, left: float = 1.0) -> float:
        """Points from acts when `left` (0–1) of their present worth is left; at most `cap`."""
        return part_of(self.amounts, self.cap, left)

    def whole(self, left: float = 1.0) -> float:
        """The same with what the finding added, which halves alike."""
        return self.part(left) + self.added * left


def part_of(amounts: Iterable[tuple[float, float]], cap: float, left: float) -> float:
    """Points from acts, each rule's as (cap, kept), when `left` (0–1) of what was kept is left; at most `cap`."""
    total = 0.0
    for most, kept in amounts:
        total += min(most, kept * left)
    return min(cap, total)


def engaged(
    acts: Sequence[Activity], rules: ScoringRules, finding: Standing | None, now: datetime
) -> Engaged:
    """Weigh the buyer's own acts (see `acts.known`) as they stand at `now`."""
    settings = rules.scoring.engagement
    half_life = settings.half_life.total_seconds()
    found_at = finding.finding.at if finding else None
    before = finding.effect.before if finding else 1.0
    matched: dict[int, list[Activity]] = {}
    worth = [0.0] * len(settings.rules)
    kept = [0.0] * len(settings.rules)
    fitting = (
        (act, place)
        for act in acts
        for place, matches in rules.engagement.get(act.kind, ())
        if matches(act.body, rules.ladder)
    )
    for act, place in fitting:
        left = share_left((now - act.happened_at).total_seconds(), half_life)
        points = settings.rules[place].points * left
        worth[place] += points
        kept[place] += points * (before if found_at and act.happened_at <= found_at else 1.0)
        matched.setdefault(place, []).append(act)
    earned = tuple(
        Earned(settings.rules[place], matched[place], worth[place], kept[place])
        for place in sorted(matched)
    )
    return Engaged(
        earned,
        tuple((each.cap, each.kept) for each in earned),
        cap=settings.cap,
        half_life=half_life,
        added=_added(finding, half_life, now),
    )


def reasons(result: Engaged, finding: Standing | None, stage_name: str | None) -> list[Reason]:
    """One line a rule, one for the finding, one for the cap; together they are `result.whole()`."""
    lines = [
        Reason(
            did(each.acts, each.rule.text),
            f"engagement.{each.rule.name}",
            min(each.cap, each.worth),
            tuple(act.id for act in each.acts[-ACTS_NAMED:]),
        )
        for each in result.earned
    ]
    kept = sum(min(each.cap, each.kept) for each in result.earned)
    if finding:
        lines.append(_line_of_finding(finding, result, kept, stage_name))
    if kept > result.cap:
        lines.append(
            Reason(
                f"What they did counts for {result.cap:g} points at most",
                "engagement.cap",
                result.cap - kept,
            )
        )
    return lines


def _added(finding: Standing | None, half_life: float, now: datetime) -> float:
    if finding is None:
        return 0.0
    passed = (now - finding.finding.at).total_seconds()
    return finding.effect.points * share_left(passed, half_life)


def _line_of_finding(
    finding: Standing, result: Engaged, kept: float, stage_name: str | None
) -> Reason:
    taken = sum(min(each.cap, each.worth) for each in result.earned) - kept
    text = found(finding.finding.verdict, stage_name, finding.finding.at)
    if finding.effect.before < 1:
        text += f": what they did before counts {_share(finding.effect.before)}"
    return Reason(
        text,
        f"verdict.{finding.finding.verdict}",
        result.added - taken,
        (finding.finding.activity,),
    )


def _share(before: float) -> str:
    return "no more" if before == 0 else f"{before:.0%}"
