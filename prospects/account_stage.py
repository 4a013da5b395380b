"""How far a company is, from what is claimed of each of its people; claims that differ are shown apart. Pure.

In a buying group one is ahead and others follow, so somebody who is less far takes nothing from the
others: the company is as far as the furthest stage for which enough is said. What is said counts by who
says it, and claims of several people are taken as independent of each other (`docs/decisions/` tells why).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.ids import ProspectId
from prospects.titles import Seniority

ENOUGH = 0.5
"""More likely than not: one person whose role nobody knows carries a company when very sure, a user never alone."""
FADED = 0.4
"""What a claim's confidence has come to when it ends."""
APART = 2
"""Claims that are so many stages apart contradict each other; one stage apart is a group on its way."""
BY_STAKE: Mapping[str, float] = {
    "decision_maker": 1.0,
    "champion": 0.9,
    "blocker": 0.8,
    "user": 0.6,
}
"""How much a claim of somebody counts by their role, as a rep or colleague wrote it down."""
BY_SENIORITY: Mapping[str, float] = {
    Seniority.C_LEVEL: 1.0,
    Seniority.VP: 0.95,
    Seniority.DIRECTOR: 0.9,
    Seniority.MANAGER: 0.8,
    Seniority.SENIOR: 0.7,
    Seniority.ENTRY: 0.6,
}
"""The same by title, where nobody knows their role."""
NOT_KNOWN = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What is claimed of one person. `confidence` was stated `at`; `found`: a rep heard it from them."""

    prospect_id: ProspectId
    stage: str
    confidence: float
    at: datetime
    expires_at: datetime | None
    stake: str = ""
    seniority: str | None = None
    found: bool = False

    @property
    def weight(self) -> float:
        """How much this person has to say, 0–1."""
        if self.stake in BY_STAKE:
            return BY_STAKE[self.stake]
        return BY_SENIORITY.get(self.seniority or "", NOT_KNOWN)

    def left(self, now: datetime) -> float:
        """The confidence that is left, falling evenly to the claim's end; 0 after it."""
        if self.expires_at is None or now <= self.at:
            return self.confidence
        if now >= self.expires_at:
            return 0.0
        passed = (now - self.at) / (self.expires_at - self.at)
        return self.confidence - max(0.0, self.confidence - FADED) * passed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStage:
    """How far a company is, how sure (0–1), and who says what, the weightiest first.

    `conflict`: of two people stages are claimed that contradict each other.
    """

    stage: str
    confidence: float
    says: tuple[Saying, ...]
    conflict: bool


def combine(says: Sequence[Saying], ladder: Sequence[str], now: datetime) -> AccountStage | None:
    """The company's stage; None while nothing is claimed of anybody."""
    rank = {slug: place for place, slug in enumerate(ladder)}
    standing = [each for each in says if each.stage in rank and each.left(now) > 0]
    if not standing:
        return None
    reached = sorted({rank[each.stage] for each in standing}, reverse=True)
    sure = {
        place: 1 - math.prod(1 - each.weight * each.left(now) for each in standing if rank[each.stage] >= place)
        for place in reached
    }  # fmt: skip
    # Where nothing is said loudly enough, what is said loudest.
    place = next(
        (each for each in reached if sure[each] >= ENOUGH), max(reached, key=sure.__getitem__)
    )
    ordered = sorted(
        standing, key=lambda each: (-each.weight * each.left(now), str(each.prospect_id))
    )
    return AccountStage(
        stage=ladder[place],
        confidence=round(sure[place], 3),
        says=tuple(ordered),
        conflict=reached[0] - reached[-1] >= APART,
    )
