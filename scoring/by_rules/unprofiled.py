"""Who objected to being profiled: no score, no grade, no claim, and handed over only for what they asked for. Pure.

Nothing is added up here and nothing is guessed. One act by which somebody turned to us, and which the
marketer's own evidence rules take for enough by itself (a form asking for a demo, say), is answered.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from prospects.kinds import Kind
from prospects.values import Activity, Assessment, Reason, Snapshot
from scoring.by_rules.acts import Standing
from scoring.by_rules.gating import gate_of, line_of
from scoring.by_rules.stage_support import ENTER
from scoring.by_rules.words import did
from scoring.halving import HORIZON
from scoring.rules import ScoringRules

TURNS_TO_US = frozenset({Kind.FORM, Kind.MEETING, Kind.CALL, Kind.CHAT, Kind.REPLY})
"""Acts that say something to us; what somebody reads or clicks asks for nothing."""
MODEL = "no profiling"
SAYS = "They do not want to be profiled: no score, no claim"
_ENOUGH = -math.log(1 - ENTER)


def unprofiled(
    then: Snapshot, own: Sequence[Activity], rules: ScoringRules, finding: Standing | None
) -> Assessment:
    """What there is to say of them: `warm` while something they asked for waits for an answer."""
    nothing = Assessment(
        claim=None, points=0.0, fit=0.0, engagement=0.0, grade="", warm=False, model=MODEL
    )
    gate = gate_of(rules, then, nothing)
    now = then.as_of
    asked = max(
        (each for each in _asked(own, rules, finding) if each[1] > now),
        key=lambda each: each[1],
        default=None,
    )
    lines = [Reason(SAYS, "no_profiling", 0.0)]
    if asked is not None:
        lines.append(Reason(did([asked[0]]), "asked", 0.0, (asked[0].id,)))
    if gate is not None:
        lines.append(line_of(gate))
    return replace(
        nothing,
        gate=gate.name if gate else None,
        warm=gate is None and asked is not None,
        reasons=tuple(lines),
        look_again_at=None if asked is None else min(asked[1], now + HORIZON),
    )


def _asked(
    own: Sequence[Activity], rules: ScoringRules, finding: Standing | None
) -> Iterator[tuple[Activity, datetime]]:
    """Each act that asks for somebody of sales, and until when it waits for an answer.

    It waits for one half-life of its rule: a month, unless the marketer says otherwise.
    """
    wanted = rules.rank(rules.scoring.warm.stage)
    since = finding.cold_since if finding else None
    fitting = (
        (act, rules.scoring.evidence[place], matches)
        for act in own
        if act.kind in TURNS_TO_US and (since is None or act.happened_at > since)
        for place, matches in rules.evidence.get(act.kind, ())
    )
    for act, rule, matches in fitting:
        speaks = 0 <= wanted <= rules.rank(rule.stage) and rule.weight >= _ENOUGH
        if speaks and matches(act.body, rules.ladder):
            yield act, act.happened_at + rule.half_life
