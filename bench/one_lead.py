"""What one lead costs under a card, in plain Python: the sum with its reasons, the features, and the whole look."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from prospects.ids import AccountId, ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.values import Activity, Company, Lifecycle, Person, Snapshot
from scoring.assess import assess
from scoring.card.adding import add_up
from scoring.card.card import Calibration, Card, Label, Rung, Scales, Window
from scoring.card.terms import Levels, Steps, Term
from scoring.features.feature import Feature, Sort
from scoring.features.registry import REGISTRY, VERSION
from scoring.features.seeing import features_of
from scoring.rules import ScoringRules, built_in

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
KINDS = (Kind.PAGE_VIEW, Kind.PAGE_VIEW, Kind.CLICK, Kind.FORM, Kind.DOWNLOAD)
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Served:
    """Microseconds a lead: the sum with its terms from features, the features from a history, a look by points and by the card."""

    terms: int
    activities: int
    sum_us: float
    features_us: float
    by_points_us: float
    by_card_us: float


def measured(terms: int, activities: int, *, turns: int = 200) -> Served:
    """The median of `turns` each."""
    chance = Random(7)
    card = _card(chance.sample(sorted(REGISTRY), terms))
    plain = built_in()
    rules = replace(plain, card=card, card_id=card.id)
    seen = _somebody(chance, activities)
    names = [term.feature for term in card.terms]
    features = features_of(seen, NOW, rules, names)
    return Served(
        terms,
        activities,
        sum_us=_median(lambda: add_up(card, features), turns),
        features_us=_median(lambda: features_of(seen, NOW, rules, names), turns),
        by_points_us=_look(seen, plain, turns),
        by_card_us=_look(seen, rules, turns),
    )


def _look(seen: Snapshot, rules: ScoringRules, turns: int) -> float:
    return _median(lambda: assess(seen, rules, NOW), max(20, turns // 5))


def _median(work: Callable[[], Any], turns: int) -> float:
    work()
    took = []
    for _ in range(turns):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return round(sorted(took)[turns // 2] * 1e6, 1)


def _card(names: list[str]) -> Card:
    return Card(
        rung=Rung.ADDITIVE,
        feature_version=VERSION,
        label=Label(name="found evaluation or later", positive="evaluation", horizon_days=30),
        intercept=-1.0,
        terms=tuple(_term(REGISTRY[name]) for name in names),
        calibration=Calibration(passed=True),
        scales=Scales(
            fit=((-1, 0), (1, 100)), engagement=((-1, 0), (1, 100)), points=((-4, 0), (2, 100))
        ),
        window=Window(rows=1000, positives=200, sha256="0" * 64),
        trained_at=NOW,
    )


def _term(feature: Feature) -> Term:
    if feature.sort is Sort.WORD:
        weights = {f"level {n}": n / 20 for n in range(12)}
        return Levels(
            feature=feature.name, side=feature.side, weights=weights, other=0.1, missing=-0.1
        )
    edges = tuple(float(n) for n in range(24))
    weights_of = tuple((n - 12) / 60 for n in range(25))
    return Steps(
        feature=feature.name, side=feature.side, edges=edges, weights=weights_of, missing=-0.05
    )


def _somebody(chance: Random, activities: int) -> Snapshot:
    acts = [
        Activity(
            ActivityId(UUID(int=n + 1)),
            chance.choice(KINDS),
            at := NOW - chance.random() * LOOKED_BACK,
            at,
            "site",
            {"page": f"/part-{n % 9}/page", "form": "guide"},
        )
        for n in range(activities)
    ]
    return Snapshot(
        prospect_id=ProspectId(UUID(int=1)),
        as_of=NOW,
        person=Person(email="ada@acme.example", title="CTO", country="DE"),
        company=Company(id=AccountId(UUID(int=1)), domain="acme.example", name="Acme"),
        activities=tuple(sorted(acts, key=lambda one: (one.happened_at, one.id))),
        lifecycle=Lifecycle.NURTURING,
        stages=built_in().ladder,
    )
