"""One finding as a training of stages sees it: what was known before the talk, and where the buyer was. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from prospects.values import Snapshot
from scoring.by_rules import stage
from scoring.by_rules.acts import buyers_own, known, standing
from scoring.card.terms import Value
from scoring.rules import ScoringRules
from scoring.stage_evidence import lately


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStage:
    """A rep's finding beside what was known just before.

    `strengths` are what the evidence rules said of each stage, 0–1; `found` is the rank of the stage
    found, -1 for no buyer or the wrong person; `weight` how much the finding counts.
    """

    features: Mapping[str, Value]
    strengths: tuple[float, ...]
    found: int
    at: datetime
    weight: float = 1.0


def seen_stage(
    seen: Snapshot,
    rules: ScoringRules,
    features: Mapping[str, Value],
    *,
    found: str | None,
    now: datetime,
) -> SeenStage | None:
    """What a finding teaches; `seen` and `now` are of just before it. None for a stage that is gone since.

    `found` is None for no buyer and for the wrong person.
    """
    rank = rules.rank(found)
    if found is not None and rank < 0:
        return None
    own = buyers_own(known(seen.activities, now))
    finding = standing(replace(seen, as_of=now), rules, now)
    # Without what an earlier finding adds: it is not of the table's making, and is added beside it.
    alone = replace(stage.support(own, rules, finding, now), held=None)
    told = {**features, **lately(alone.matched)}
    return SeenStage(features=told, strengths=tuple(alone.strengths()), found=rank, at=now)
