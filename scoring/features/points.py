"""The marketer's own points as a feature: what the rules of scoring.yaml give to somebody whom no rep has met. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from prospects.conditions import look
from prospects.kinds import OUTSIDE, Kind
from prospects.values import Company, Lifecycle, Snapshot
from scoring.acts import buyers_own, known
from scoring.engagement import Engaged, engaged
from scoring.features.denied import after_the_fact
from scoring.features.known import Points
from scoring.features.tally import seconds
from scoring.halving import share_left
from scoring.rules import ScoringRules
from scoring.weighing import weigh_fit

_SEEN = OUTSIDE - {Kind.NOTE}


@dataclass(frozen=True, slots=True)
class Earning:
    """Points as they stood at `at` (seconds since 1970): what each rule's cap and worth were, so that later figures follow.

    `version` is that of the rules; under others all of it must be made anew.
    """

    at: float
    fit: float
    amounts: tuple[tuple[float, float], ...]
    cap: float
    half_life: float
    version: int

    def points(self, now: float) -> Points:
        """What they come to at `now`, by decay alone."""
        did = Engaged((), self.amounts, self.cap, self.half_life, 0.0)
        return Points(self.fit, did.part(share_left(now - self.at, self.half_life)))


def earning(seen: Snapshot, rules: ScoringRules, as_of: datetime) -> Earning:
    """What the rules give, without anything a rep found or wrote."""
    then = blinded(seen, as_of)
    did = engaged(buyers_own(then.activities), rules, None, as_of)
    return Earning(
        at=seconds(as_of),
        fit=weigh_fit(rules, look(then)).part,
        amounts=did.amounts,
        cap=did.cap,
        half_life=did.half_life,
        version=rules.version,
    )


def blinded(seen: Snapshot, as_of: datetime) -> Snapshot:
    """The same person as somebody would see them who knows of no rep, no deal and nothing later."""
    return replace(
        seen,
        as_of=as_of,
        activities=[one for one in known(seen.activities, as_of) if one.kind in _SEEN],
        person=replace(seen.person, fields=_before(seen.person.fields)),
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
        "amounts": [list(each) for each in earned.amounts],
        "cap": earned.cap,
        "half_life": earned.half_life,
        "version": earned.version,
    }


def read(document: Mapping[str, Any]) -> Earning:
    """The earning from what was `written`."""
    amounts = tuple((cap, kept) for cap, kept in document["amounts"])
    return Earning(**{**document, "amounts": amounts})


def instant_of(moment: float) -> datetime:
    """The instant so many seconds after 1970 began."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)


def _blinded(company: Company | None) -> Company | None:
    return replace(company, owner=None, fields=_before(company.fields)) if company else None


def _before(fields: Mapping[str, Any]) -> dict[str, Any]:
    gone = after_the_fact(fields)
    return {name: value for name, value in fields.items() if name not in gone}
