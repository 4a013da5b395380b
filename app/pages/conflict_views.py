"""What the page of conflicts shows, and its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

RECORDS: Mapping[str, str] = {
    "contact": "Person",
    "lead": "Person",
    "company": "Company",
    "deal": "Deal",
}
FIELDS: Mapping[str, str] = {
    "email": "E-mail",
    "name": "Name",
    "title": "Job title",
    "phone": "Phone",
    "country": "Country",
    "owner": "Owner",
    "customer": "Customer already",
    "state": "How it stands",
    "amount": "Amount",
    "expected": "Expected on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field in which a CRM and we differ; `counts` says whose word, `number` is the record's id there."""

    about: str
    url: str | None
    what: str
    field: str
    ours: str
    theirs: str
    crm: str
    number: str
    counts: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """The newest conflicts, and how many more there are; `out`: the viewer may see what is connected."""

    differences: Sequence[Difference]
    more: int = 0
    out: bool = False
