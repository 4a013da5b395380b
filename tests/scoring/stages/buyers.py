"""Buyers whose true stage is known, so that claims can be held against the best anybody could do. Pure.

A buyer at stage s does acts of kind k at a rate of `AT_START[k]` · e^(`RISES[k]` · s) in six weeks, at
any time of them. Who they are shifts how far they are. So the chance of each stage, given all that
could be seen of a buyer, is known as well: Bayes' rule over these very figures.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from prospects.ids import ActivityId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.ladder import LADDER
from prospects.values import Activity, Lifecycle, Person, Snapshot
from scoring.card.terms import Value
from scoring.features.seeing import features_of
from scoring.rules import built_in

RULES = built_in()
STAGES = len(LADDER)
WITHIN = timedelta(weeks=6)
PRICING, PAGE, DEMO, GUIDE, QUOTE = "pricing", "page", "demo", "guide", "quote"
AT_START: Mapping[str, float] = {
    PAGE: 4.0, GUIDE: 0.8, "download": 0.25, "webinar": 0.12, PRICING: 0.1,
    DEMO: 0.02, "meeting": 0.012, QUOTE: 0.0015, "purchase": 0.00004,
}  # fmt: skip
RISES: Mapping[str, float] = {
    PAGE: 0.1, GUIDE: -0.5, "download": 0.4, "webinar": 0.6, PRICING: 1.2,
    DEMO: 1.5, "meeting": 1.7, QUOTE: 2.2, "purchase": 3.1,
}  # fmt: skip
"""Marketing's rules know the kinds, not how much each tells: that is what findings teach."""
SHARES = (0.30, 0.27, 0.23, 0.14, 0.06)
SENIORITY: Mapping[str, float] = {"entry": -0.25, "manager": 0.0, "director": 0.25}
_KINDS: Mapping[str, tuple[Kind, Mapping[str, str]]] = {
    PAGE: (Kind.PAGE_VIEW, {"page": "/blog"}),
    PRICING: (Kind.PAGE_VIEW, {"page": "/pricing"}),
    GUIDE: (Kind.FORM, {"form": "guide"}),
    DEMO: (Kind.FORM, {"form": "demo"}),
    QUOTE: (Kind.FORM, {"form": "quote"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Somebody at `stage` (its rank), what they did by `at`, and how likely each stage was."""

    stage: int
    seniority: str
    acts: tuple[Activity, ...]
    features: Mapping[str, Value]
    chances: tuple[float, ...]

    @property
    def best(self) -> int:
        """What who knew all the figures would claim."""
        return max(range(STAGES), key=lambda stage: self.chances[stage])


def buyer(chance: Random, at: datetime) -> Buyer:
    """One buyer as seen at `at`."""
    seniority = chance.choice(sorted(SENIORITY))
    shares = _shares(seniority)
    stage = chance.choices(range(STAGES), shares)[0]
    counts = {name: _poisson(chance, _rate(name, stage)) for name in AT_START}
    acts = [_act(chance, name, at) for name, count in counts.items() for _ in range(count)]
    acts.sort(key=lambda act: (act.happened_at, act.id))
    return Buyer(
        stage=stage,
        seniority=seniority,
        acts=tuple(acts),
        features=_features(acts, seniority, at),
        chances=_chances(counts, shares),
    )


def _shares(seniority: str) -> list[float]:
    leant = [share * math.exp(SENIORITY[seniority] * s) for s, share in enumerate(SHARES)]
    return [share / sum(leant) for share in leant]


def _rate(name: str, stage: int) -> float:
    return AT_START[name] * math.exp(RISES[name] * stage)


def _chances(counts: Mapping[str, int], shares: list[float]) -> tuple[float, ...]:
    logs = [
        math.log(share)
        + sum(n * math.log(_rate(name, stage)) - _rate(name, stage) for name, n in counts.items())
        for stage, share in enumerate(shares)
    ]
    most = max(logs)
    odds = [math.exp(each - most) for each in logs]
    return tuple(each / sum(odds) for each in odds)


def _act(chance: Random, name: str, now: datetime) -> Activity:
    kind, body = _KINDS.get(name, (Kind(name) if name in set(Kind) else Kind.CUSTOM, {}))
    at = now - WITHIN * chance.random()
    return Activity(ActivityId(new_id(at)), kind, at, at, "site", body)


def _features(acts: list[Activity], seniority: str, now: datetime) -> dict[str, Value]:
    """By the product's own functions, but for who they are."""
    seen = Snapshot(
        prospect_id=ProspectId(UUID(int=1)),
        as_of=now,
        person=Person(),
        company=None,
        activities=acts,
        lifecycle=Lifecycle.INQUIRY,
        stages=LADDER,
    )
    return {**features_of(seen, now, RULES), "person.seniority": seniority}


def _poisson(chance: Random, rate: float) -> int:
    left, count = math.exp(-rate), 0
    drawn = chance.random()
    while drawn > left:
        drawn *= chance.random()
        count += 1
    return count
