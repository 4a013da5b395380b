"""What a condition looks at: a person's fields, what they did, and the present."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from prospects.identities import domain_of, is_disposable, is_free_mail
from prospects.own_titles import reader
from prospects.values import Company, Snapshot

BELIEFS = frozenset({"stage", "confidence", "points", "fit", "engagement", "grade", "warm"})
"""What scoring makes: of who objected to being profiled nothing is believed."""


class Happening(Protocol):
    """One activity, as far as conditions care."""

    @property
    def kind(self) -> str: ...
    @property
    def happened_at(self) -> datetime: ...
    @property
    def body(self) -> Mapping[str, object]: ...


class Sight(Protocol):
    """Everything a condition can ask. `value` is None for what is not known.

    `robots` is what suspected robots did; only a `where` that names SUSPECT_ROBOT looks at it.
    """

    @property
    def now(self) -> datetime: ...
    @property
    def stage_order(self) -> Sequence[str]: ...
    @property
    def activities(self) -> Sequence[Happening]: ...
    @property
    def robots(self) -> Sequence[Happening]: ...
    def value(self, field: str) -> object | None: ...


class _SnapshotSight:
    __slots__ = ("_seen", "activities", "now", "robots", "stage_order")

    def __init__(self, seen: Snapshot) -> None:
        self._seen = seen
        self.now = seen.as_of
        self.stage_order = seen.stages
        # A scanner's click is on the record, but nobody clicked.
        self.activities = [one for one in seen.activities if not one.suspect_robot]
        self.robots = [one for one in seen.activities if one.suspect_robot]

    def value(self, field: str) -> object | None:
        if not self._seen.profiled and field in BELIEFS:
            return None
        getter = _GETTERS.get(field)
        if getter is not None:
            return getter(self._seen)
        start, _, rest = field.partition(".")
        match start, self._seen.company:
            case "fields", _:
                return dig(self._seen.person.fields, rest)
            case "account", Company(fields=fields):
                return dig(fields, rest)
        return None


def look(seen: Snapshot) -> Sight:
    """A snapshot as conditions see it; acts of suspected robots stand apart, for who asks for them."""
    return _SnapshotSight(seen)


def dig(body: object, path: str) -> object | None:
    """What stands at a dotted path in nested mappings; a key that itself holds the dots wins."""
    if not isinstance(body, Mapping):
        return None
    if path in body:
        found: object = body[path]
        return found
    start, dot, rest = path.partition(".")
    return dig(body.get(start), rest) if dot else None


def _of_email(asked: Callable[[str], object]) -> Callable[[Snapshot], object]:
    def getter(seen: Snapshot) -> object:
        domain = domain_of(seen.person.email or "")
        return None if domain is None else asked(domain)

    return getter


def _of_company(asked: Callable[[Company], object]) -> Callable[[Snapshot], object]:
    return lambda seen: None if seen.company is None else asked(seen.company)


_GETTERS: Mapping[str, Callable[[Snapshot], object]] = {
    "email": lambda seen: seen.person.email,
    "email.domain": _of_email(str),
    "email.free_mail": _of_email(is_free_mail),
    "email.disposable": _of_email(is_disposable),
    "phone": lambda seen: seen.person.phone,
    "name": lambda seen: seen.person.name,
    "title": lambda seen: seen.person.title,
    "seniority": lambda seen: reader(seen.titles)(seen.person.title)[0],
    "function": lambda seen: reader(seen.titles)(seen.person.title)[1],
    "company": lambda seen: seen.person.company,
    "country": lambda seen: seen.person.country,
    "zone": lambda seen: seen.person.zone,
    "language": lambda seen: seen.person.language,
    "lifecycle": lambda seen: seen.lifecycle,
    "owner": lambda seen: None if seen.owner is None else str(seen.owner),
    "stage": lambda seen: None if seen.claim is None else seen.claim.stage,
    "confidence": lambda seen: None if seen.claim is None else seen.claim.confidence,
    "confirmed_stage": lambda seen: None if seen.finding is None else seen.finding.stage,
    "verdict": lambda seen: None if seen.finding is None else seen.finding.verdict,
    "points": lambda seen: seen.points,
    "fit": lambda seen: seen.fit,
    "engagement": lambda seen: seen.engagement,
    "grade": lambda seen: seen.grade,
    "warm": lambda seen: seen.warm,
    "tags": lambda seen: seen.tags or None,
    "gate": lambda seen: seen.gate,
    "account.domain": _of_company(lambda company: company.domain),
    "account.name": _of_company(lambda company: company.name),
    "account.owner": _of_company(lambda company: company.owner and str(company.owner)),
}
