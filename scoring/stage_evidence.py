"""What each evidence rule found in somebody's acts, and how much of it lately: features of a stage table. Pure.

The rules give an act a weight for one stage, set by hand. How far such acts really speak, and for which
stages, is what findings teach; so each rule's acts are told apart here, by a name that stays while other
rules come and go.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from prospects.values import Activity
from scoring.card.terms import Value
from scoring.halving import share_left
from scoring.written.scoring import Evidence

PREFIX = "evidence."
HALF_LIVES = (7, 30)
"""Days after which an act counts half."""
DAY = 86_400.0
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Matched:
    """One rule's acts in order of time, and how old each is in seconds.

    `place` is the rule's in the file, and `name` begins its features.
    """

    place: int
    name: str
    acts: Sequence[Activity]
    ages: Sequence[float]


def name_of(rule: Evidence) -> str:
    """What a rule is called among features: made of what it looks for, and not of its weight."""
    asked = rule.model_dump(mode="json", include={"activity", "where"})
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return f"{PREFIX}{rule.stage}.{digest[:_DIGITS]}"


def lately(matched: Sequence[Matched]) -> dict[str, Value]:
    """How often each rule found something, each time counting half after so many days."""
    told: dict[str, float] = {}
    for each in matched:
        for days in HALF_LIVES:
            name = f"{each.name}.recent_{days}d"
            left = (share_left(age, days * DAY) for age in each.ages)
            told[name] = sum(left, told.get(name, 0.0))
    return dict(told)


def rule_of(feature: str) -> str | None:
    """The name of the rule whose acts a feature counts; None for a feature of another sort."""
    return feature.rpartition(".")[0] if feature.startswith(PREFIX) else None
