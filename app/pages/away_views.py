"""Who is away when, as the pages of absences show it, and reading it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.absences import BY
from app.pages.views import Mistake
from app.times import zone_of
from prospects.member import Member
from routing.availability import hours_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """One absence that is not over; one of the files cannot be taken away here."""

    first: date
    last: date
    reason: str
    of_files: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A colleague with their absences to come."""

    id: str
    name: str
    zone: str
    leaves: Sequence[Leave]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The form for an absence, of oneself or of any colleague, and what is known."""

    people: Sequence[Person]
    everybody: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    @property
    def planned(self) -> Sequence[Person]:
        """Those who will be away."""
        return [each for each in self.people if each.leaves]

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")


def person(member: Member, now: datetime) -> Person:
    """The colleague with what is not over where they are, the next first."""
    today = now.astimezone(zone_of(member.zone)).date()
    pairs = zip(hours_of(member).absences, member.absences, strict=True)
    leaves = [
        Leave(first=read.first, last=read.last, reason=read.reason, of_files=BY not in written)
        for read, written in pairs
        if read.last >= today
    ]
    leaves.sort(key=lambda each: (each.first, each.last))
    return Person(id=str(member.id), name=member.name, zone=member.zone, leaves=leaves)
