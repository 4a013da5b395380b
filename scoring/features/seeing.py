"""From a snapshot, or from what is kept of somebody, to their features: the two ways come to the same. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from prospects.own_titles import reader
from prospects.values import Activity, Company, Person, Snapshot
from scoring.card.terms import Value
from scoring.features import registry
from scoring.features.known import Known, known
from scoring.features.points import Earning, earning
from scoring.features.tally import Tally, micros, tallied
from scoring.rules import ScoringRules

Features = dict[str, Value]


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of one person so that their features need no history: what they did, and what that earned."""

    tally: Tally
    earned: Earning


def features_of(
    seen: Snapshot,
    as_of: datetime,
    rules: ScoringRules,
    names: Collection[str] | None = None,
) -> Features:
    """What every feature, or these, said at `as_of`.

    Only acts count that had happened and were known by then; whoever makes a snapshot of the past
    answers for what it says of the person and the company (`prospects/past.py`).
    """
    return features_from(
        state_of(seen, as_of, rules), seen.person, seen.company, now=as_of, rules=rules, names=names
    )


def features_from(
    state: State,
    person: Person,
    company: Company | None,
    *,
    now: datetime,
    rules: ScoringRules,
    names: Collection[str] | None = None,
) -> Features:
    """The same from what is kept; `now` is not before the state was last added to."""
    whole = sight(state, person, company, now=now, rules=rules)
    return registry.values(whole, names, allowed=rules.scoring.allowed_features)


def state_of(seen: Snapshot, as_of: datetime, rules: ScoringRules) -> State:
    """The state of somebody, made from their history alone."""
    return State(tallied(known_by(seen, as_of), as_of), earning(seen, rules, as_of))


def known_by(seen: Snapshot, as_of: datetime) -> list[Activity]:
    """The acts that had happened and were known."""
    return [one for one in seen.activities if one.happened_at <= as_of and one.learned_at <= as_of]


def sight(
    state: State, person: Person, company: Company | None, *, now: datetime, rules: ScoringRules
) -> Known:
    """Everything a feature may look at."""
    at = micros(now)
    return known(
        state.tally,
        person,
        company,
        now=at,
        titles=reader(rules.scoring.titles),
        points=state.earned.points(at),
    )
