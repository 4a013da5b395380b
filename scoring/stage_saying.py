"""What findings about others add to a claim, in words. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from prospects.values import Activity, Reason
from scoring.by_rules.stage_support import Support
from scoring.by_rules.words import did
from scoring.rules import ScoringRules
from scoring.saying import Line, never, said, told
from scoring.stage_evidence import Matched, rule_of
from scoring.written.scoring import Evidence

WORTH_A_LINE = 0.15
"""Of the logit; less moves nobody over a line."""
ACTS_NAMED = 20


def taught(
    evidence: Support, rank: int, acts: Sequence[Activity], rules: ScoringRules
) -> list[Reason]:
    """A line for each thing that counts for having come to `rank`; `acts` are the buyer's own, in order of time."""
    if evidence.learned is None or rank < 0:
        return []
    lines = [(name, value, shares[rank]) for name, value, shares in evidence.learned.told()]
    others = told(said([line for line in lines if rule_of(line[0]) is None], acts))
    found = [*others, *_of_rules(lines, evidence.matched, rules)]
    return [
        replace(each, text=f"{each.text}: by what reps found of others", term=f"stage.{each.term}")
        for each in found
        if abs(each.value) >= WORTH_A_LINE
    ]


def _of_rules(
    lines: Sequence[Line], matched: Sequence[Matched], rules: ScoringRules
) -> Iterator[Reason]:
    """One line for each evidence rule: how often and how lately are one."""
    shares: defaultdict[str, float] = defaultdict(float)
    for feature, _, share in lines:
        shares[rule_of(feature) or ""] += share
    for each in matched:
        rule = rules.scoring.evidence[each.place]
        share = shares.pop(each.name, 0.0)
        term = f"evidence.{rule.stage}.{each.place}"
        if each.acts:
            acts = tuple(act.id for act in each.acts[-ACTS_NAMED:])
            yield Reason(did(each.acts, rule.text), term, share, acts)
        else:
            yield Reason(_nothing(rule, rules), term, share)


def _nothing(rule: Evidence, rules: ScoringRules) -> str:
    if rule.text:
        return f"Not yet: {rule.text}"
    if rule.where is None:
        return never(rule.activity)
    stage = rules.stages[rules.rank(rule.stage)].name
    return f"Nothing yet that speaks for {stage} ({rule.activity.replace('_', ' ')})"
