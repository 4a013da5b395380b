"""Whose word counts, field by field, where a CRM and we know the same thing. Pure.

Nothing that somebody changed on one side is ever overwritten from the other: where both have spoken
and differ, that is a conflict, which people see and settle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Record(StrEnum):
    """What is compared: one record of the CRM with ours."""

    CONTACT = "contact"
    COMPANY = "company"
    DEAL = "deal"


class Master(StrEnum):
    """Whose word counts."""

    CRM = "the CRM"
    """Its changes are taken over as long as nobody changed the field here."""
    PERSON = "the person"
    """What they said of themselves stands; the CRM fills in what they never said."""


MASTERS: Mapping[Record, Mapping[str, Master]] = {
    Record.CONTACT: {
        "email": Master.PERSON,
        "name": Master.PERSON,
        "title": Master.PERSON,
        "phone": Master.PERSON,
        "country": Master.PERSON,
        "owner": Master.CRM,
    },
    Record.COMPANY: {"name": Master.CRM, "owner": Master.CRM, "customer": Master.CRM},
    Record.DEAL: {
        "state": Master.CRM,
        "amount": Master.CRM,
        "expected": Master.CRM,
        "name": Master.CRM,
    },
}
"""Every field that both may know. What is in no list has one side only: stage, points, claim, finding and
outcome are ours, and are written to fields of our own there; a refusal of mail counts whoever heard it."""

Said = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is taken over of the CRM's word, and where it differs from ours: field to (ours, theirs)."""

    taken: Mapping[str, str]
    conflicts: Mapping[str, tuple[str, str]]


def judge(record: Record, ours: Said, theirs: Said, before: Said) -> Judged:
    """Field by field: `before` is what the CRM said last time we looked."""
    taken: dict[str, str] = {}
    conflicts: dict[str, tuple[str, str]] = {}
    for field, master in MASTERS[record].items():
        mine, its = ours.get(field), theirs.get(field)
        if not its or _alike(mine, its):
            continue
        unchanged = master is Master.CRM and mine == before.get(field)
        if not mine or unchanged:
            taken[field] = its
        else:
            conflicts[field] = (mine, its)
    return Judged(taken, conflicts)


def _alike(mine: str | None, its: str) -> bool:
    """Whether they say the same, but for letters' case and blanks."""
    return _folded(mine) == _folded(its)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def as_markdown() -> str:
    """The table for the docs: a row for each field."""
    rows = [["record", "field", "whose word counts"], ["---"] * 3]
    rows += [
        [record.value, field, master.value]
        for record, fields in MASTERS.items()
        for field, master in fields.items()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
