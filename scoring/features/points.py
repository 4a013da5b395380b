"""The marketer's own points as a feature: what the rules of scoring.yaml give to somebody whom no rep has met. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from prospects.conditions import look
from prospects.kinds import OUTSIDE, Kind
from prospects.mail_names import UNPROVED
from prospects.values import Activity, Company, Lifecycle, Person, Snapshot
from scoring.by_rules.acts import buyers_own, known
from scoring.by_rules.engagement import engaged, part_of
from scoring.by_rules.weighing import weigh_fit
from scoring.features.denied import after_the_fact
from scoring.features.known import Points
from scoring.features.tally import micros
from scoring.halving import share_left
from scoring.rules import ScoringRules
from scoring.written.leaves import asks_for_history

SECOND = 1_000_000
_SEEN = OUTSIDE - {Kind.NOTE}


Worth = dict[str, tuple[float, float]]
"""By the place of a rule in its file: its cap, and what it has earned, uncapped."""


@dataclass(frozen=True, slots=True)
class Earning:
    """Points as they stood at `at` (microseconds since 1970): what each rule has earned, so that later figures follow.

    `mark` is that of the rules; under others all of it must be made anew.
    """

    at: int
    fit: float
    earned: Worth
    cap: float
    half_life: float
    mark: int

    def points(self, now: int) -> Points:
        """What they come to at `now`, by decay alone."""
        return Points(self.fit, self.engagement(now))

    def engagement(self, now: int) -> float:
        """The engagement part of it alone."""
        left = share_left((now - self.at) / SECOND, self.half_life)
        return part_of(self.earned.values(), self.cap, left)


def earning(seen: Snapshot, rules: ScoringRules, as_of: datetime) -> Earning:
    """What the rules give, without anything a rep found or wrote."""
    then = blinded(seen, as_of)
    return Earning(
        at=micros(as_of),
        fit=weigh_fit(rules, look(then)).part,
        earned=_earned(then.activities, rules, as_of),
        cap=rules.scoring.engagement.cap,
        half_life=rules.scoring.engagement.half_life.total_seconds(),
        mark=rules.mark,
    )


def grown(
    earned: Earning, fit: float, acts: Sequence[Activity], rules: ScoringRules, now: datetime
) -> Earning:
    """The earning with these acts as well, each of them once, as it stands at `now`."""
    at = micros(now)
    left = share_left((at - earned.at) / SECOND, earned.half_life)
    worth: Worth = {rule: (cap, kept * left) for rule, (cap, kept) in earned.earned.items()}
    for rule, (cap, more) in _earned(
        known([one for one in acts if _is_seen(one)], now), rules, now
    ).items():
        worth[rule] = (cap, worth.get(rule, (cap, 0.0))[1] + more)
    return replace(earned, at=at, fit=fit, earned=worth)


def fit_part(seen: Snapshot, rules: ScoringRules, as_of: datetime) -> float:
    """What the fit rules give, without anything a rep found or wrote."""
    if not any(asks_for_history(rule.condition) for rule, _ in rules.fit):
        seen = replace(seen, activities=())
    return weigh_fit(rules, look(blinded(seen, as_of))).part


def _earned(acts: Sequence[Activity], rules: ScoringRules, now: datetime) -> Worth:
    settings = rules.scoring.engagement.rules
    did = engaged(buyers_own(acts), rules, None, now)
    places = {id(rule): str(place) for place, rule in enumerate(settings)}
    return {places[id(each.rule)]: (each.cap, each.kept) for each in did.earned}


def blinded(seen: Snapshot, as_of: datetime) -> Snapshot:
    """The same person as somebody would see them who knows of no rep, no deal and nothing later."""
    return replace(
        seen,
        as_of=as_of,
        activities=known([one for one in seen.activities if _is_seen(one)], as_of),
        person=_person(seen.person),
        company=_blinded(seen.company),
        lifecycle=Lifecycle.INQUIRY,
        owner=None,
        claim=None,
        finding=None,
        points=0.0,
        fit=0.0,
        engagement=0.0,
        grade=None,
        warm=False,
        gate=None,
        tags=(),
    )


def written(earned: Earning) -> dict[str, Any]:
    """The earning as JSON holds it."""
    return {
        "at": earned.at,
        "fit": earned.fit,
        "earned": {rule: list(each) for rule, each in earned.earned.items()},
        "cap": earned.cap,
        "half_life": earned.half_life,
        "mark": earned.mark,
    }


def read(document: Mapping[str, Any]) -> Earning:
    """The earning from what was `written`."""
    earned = {rule: (cap, kept) for rule, (cap, kept) in document["earned"].items()}
    return Earning(**{**document, "earned": earned})


def in_force(document: Mapping[str, Any], now: int) -> Points:
    """What points that were `written` come to at `now` (microseconds since 1970), as by `read`."""
    return Points(document["fit"], engagement_in(document, now))


def engagement_in(document: Mapping[str, Any], now: int) -> float:
    """The engagement part of it alone."""
    left = share_left((now - document["at"]) / SECOND, document["half_life"])
    return part_of(document["earned"].values(), document["cap"], left)


def _is_seen(act: Activity) -> bool:
    return act.kind in _SEEN and not (act.kind is Kind.REPLY and act.body.get(UNPROVED))


def _person(person: Person) -> Person:
    before = _before(person.fields)
    return person if before is person.fields else replace(person, fields=before)


def _blinded(company: Company | None) -> Company | None:
    if company is None:
        return None
    before = _before(company.fields)
    if before is company.fields and company.owner is None:
        return company
    return replace(company, owner=None, fields=before)


def _before(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    gone = after_the_fact(fields)
    if not gone:
        return fields
    return {name: value for name, value in fields.items() if name not in gone}
