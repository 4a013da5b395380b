"""Leads as they were seen when they were offered: the features of that instant, read a batch at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from prospects.past import snapshots_at
from prospects.values import Snapshot
from scoring.card.terms import Value
from scoring.features.seeing import features_of
from scoring.learning.labels import NO_BUYER
from scoring.learning.record import Put
from scoring.learning.stage_seen import SeenStage, seen_stage
from scoring.rules import ScoringRules

AT_ONCE = 250
"""Leads read by one round of queries, and between two signs of progress."""


@dataclass(frozen=True, slots=True)
class SeenLead:
    """A lead with the features its person had when it was offered.

    `stage` is what a rep's finding teaches of the buying stage; None where no finding settled it.
    """

    put: Put
    features: dict[str, Value]
    stage: SeenStage | None = None

    @property
    def points(self) -> float:
        """What the marketer's rules gave then, both parts together."""
        parts = (self.features.get(f"points.{side}") for side in ("fit", "engagement"))
        return sum(part for part in parts if isinstance(part, float | int))


def batches(puts: Sequence[Put]) -> Iterator[Sequence[Put]]:
    """As many leads a time as are read at once."""
    for start in range(0, len(puts), AT_ONCE):
        yield puts[start : start + AT_ONCE]


def as_offered(
    session: Session,
    puts: Sequence[Put],
    rules: ScoringRules,
    names: Collection[str] | None = None,
) -> list[SeenLead]:
    """These leads as they were seen then; who is forgotten is left out."""
    found = snapshots_at(session, [(put.prospect_id, put.lead.offered_at) for put in puts])
    return [
        _seen(put, seen, rules, names)
        for put in puts
        if (seen := found.get((put.prospect_id, put.lead.offered_at))) is not None
    ]


def _seen(put: Put, seen: Snapshot, rules: ScoringRules, names: Collection[str] | None) -> SeenLead:
    at, verdict = put.lead.offered_at, put.lead.verdict
    features = features_of(seen, at, rules, names)
    tells = verdict in NO_BUYER or (verdict is not None and put.lead.found is not None)
    stage = seen_stage(seen, rules, features, found=put.lead.found, now=at) if tells else None
    return SeenLead(put, features, replace(stage, weight=put.lead.weight) if stage else None)
