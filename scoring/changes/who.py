"""What a card says of who somebody is, asked of very many people: what two of them have alike is weighed once. Pure."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from math import fsum
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from prospects.ids import AccountId
from prospects.own_titles import reader
from prospects.values import Company, Person
from scoring.card.terms import Term, Value, weigher
from scoring.features.facts import of_mail
from scoring.features.known import Known, Points
from scoring.features.registry import reader_of
from scoring.features.tally import DAY, LOOKS_BACK, Touch
from scoring.rules import ScoringRules

Asked = tuple[Callable[[Known], Value], Callable[[Value], float]]
"""How to read a feature and to weigh it."""


class Who(NamedTuple):
    """Who somebody is, as it is read of very many: `firm` and `fields` are documents as text.

    `first` and `touches` are by what they came as it was written of their tally, only what is in sight
    at `at` (microseconds since 1970).
    """

    at: int
    email: str | None
    phone: str | None
    title: str | None
    country: str | None
    zone: str | None
    fields: str
    account: UUID | None
    firm: str | None
    first: Sequence[Any] | None
    touches: Sequence[Sequence[Any]]
    points: Points


class Added(NamedTuple):
    """What each of some terms adds, and what they come to."""

    shares: tuple[float, ...]
    sum: float


class Alike(NamedTuple):
    """Terms that read the same part of somebody; `kept` is what they add, by that part."""

    part: Callable[[Who], Hashable]
    asked: tuple[Asked, ...]
    kept: dict[Hashable, Added]


def in_sight(touches: Iterable[Any], at: int) -> Sequence[Sequence[Any]]:
    """The touches that a feature sees then, in order of time."""
    oldest = (at // DAY - LOOKS_BACK + 1) * DAY
    return sorted([each for each in touches if oldest <= each[0] <= at])


def alike(terms: Iterable[Term], rules: ScoringRules) -> tuple[Alike, ...]:
    """These terms, by the part of somebody they read."""
    allowed = rules.scoring.allowed_features
    found: dict[Callable[[Who], Hashable], list[Asked]] = {}
    for term in terms:
        asked = (reader_of(term.feature, allowed=allowed), weigher(term))
        found.setdefault(PARTS[family(term.feature)], []).append(asked)
    return tuple(Alike(part, tuple(some), {}) for part, some in found.items())


def shares(groups: Iterable[Alike], who: Who, rules: ScoringRules) -> list[float]:
    """What each term adds."""
    return [share for each in groups for share in _added(each, each.part(who), who, rules).shares]


def sums(groups: Iterable[Alike], crowd: Sequence[Who], rules: ScoringRules) -> list[list[float]]:
    """What each group of terms adds for each of very many people: a row for a group."""
    rows = []
    for each in groups:
        parts = [each.part(who) for who in crowd]
        kept = each.kept
        rows.append(
            [
                (kept.get(part) or _added(each, part, who, rules)).sum
                for part, who in zip(parts, crowd, strict=True)
            ]
        )
    return rows


def _added(terms: Alike, part: Hashable, who: Who, rules: ScoringRules) -> Added:
    there = terms.kept.get(part)
    if there is None:
        seen = _known(who, rules)
        found = tuple([weigh(read(seen)) for read, weigh in terms.asked])
        there = terms.kept[part] = Added(found, fsum(found))
    return there


def family(feature: str) -> str:
    """The longest of the names in `PARTS` that this one begins with."""
    return max((name for name in PARTS if feature.startswith(name)), key=len)


def _mail(who: Who) -> Hashable:
    return of_mail(who.email)


def _first(who: Who) -> Hashable:
    return tuple(who.first[1:]) if who.first else None


def _last(who: Who) -> Hashable:
    # They stand in order of time; when each was says no more.
    return tuple([tuple(each[1:]) for each in who.touches])


def _known(who: Who, rules: ScoringRules) -> Known:
    """What tells who somebody is; their acts are asked for elsewhere."""
    company = None
    if who.account is not None and who.firm is not None:
        fields = from_json(who.firm)
        company = Company(id=AccountId(who.account), domain=None, name=None, fields=fields)
    return Known(
        now=who.at,
        person=Person(
            email=who.email,
            phone=who.phone,
            title=who.title,
            country=who.country,
            zone=who.zone,
            fields=from_json(who.fields),
        ),
        company=company,
        ages={},
        own=[],
        robots=0,
        first=Touch(*who.first) if who.first else None,
        touches=tuple([Touch(*each) for each in who.touches]),
        titles=reader(rules.scoring.titles),
        points=who.points,
    )


_TITLE = attrgetter("title")
PARTS: dict[str, Callable[[Who], Hashable]] = {
    "": repr,
    "person.seniority": _TITLE,
    "person.function": _TITLE,
    "person.country": attrgetter("country"),
    "person.free_mail": _mail,
    "person.throwaway_mail": _mail,
    "person.phone_left": lambda who: bool(who.phone),
    "account.": attrgetter("firm"),
    "fields.": attrgetter("fields"),
    "came.source": _first,
    "came.campaign": _first,
    "came.last_": _last,
    "points.fit": lambda who: who.points.fit,
}
"""By the beginning of a feature's name what of somebody it reads; of any other it may be anything."""
