"""What every CRM is asked and answers, as plain values: owners, contacts, companies, deals. Pure."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Reply, Trouble
from webhooks.destinations import Destination
from webhooks.documents import objects, text
from webhooks.polling import Cursor, Page, Task

TRANSIENT = frozenset({408, 425, 429})
FIRST = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
"""From when on a CRM is read the first time: all of it."""


class DealState(StrEnum):
    """open → won | lost | gone (deleted in the CRM), and back."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A colleague as the CRM knows them."""

    id: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person as the CRM knows them; `kind` is what it calls that record. `refuses`: no mail any more."""

    id: str
    kind: str = "contact"
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    title: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    country: str | None = None
    owner: str | None = None
    refuses: bool = False
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as the CRM knows it."""

    id: str
    domain: str | None = None
    name: str | None = None
    owner: str | None = None
    customer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal as the CRM knows it. `people` are all whom it names; `company` where it is one of a company."""

    id: str
    state: DealState
    name: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    expected_on: date | None = None
    changed_at: datetime | None = None
    company: Company | None = None
    people: tuple[Contact, ...] = ()


Thing = Owner | Contact | Company | Deal


@dataclass(frozen=True, slots=True)
class Brought(Page):
    """What one call brought of a CRM."""

    things: tuple[Thing, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request to a CRM; `path` begins after its address."""

    method: str
    path: str
    document: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a CRM is told of one person: `person` is for a record that is made, `ours` for every one.

    `id` is the external id by which it is found again, `known` what the CRM calls it (kind, id) if we
    have met. `ours` are our own words: claim, finding and outcome, each apart.
    """

    id: str
    known: tuple[str, str] | None
    person: Mapping[str, str] = field(repr=False)
    ours: Mapping[str, str | float | bool | None] = field(repr=False)
    refuses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one CRM is spoken to.

    `begin` names what a pass reads; `ask` is the call for the first task of a cursor, `read` its answer.
    `write` is the talk that writes up to `most` records and fills in what became of each, by its id
    (`crms/writing.py`); `complaint` is the CRM's own word for what is wrong.
    """

    api: str
    token_path: str
    begin: Callable[[Destination, datetime], Sequence[Task]]
    ask: Callable[[Cursor, Destination], Wanted]
    read: Callable[[Cursor, Reply, Destination], Brought | Trouble]
    most: int
    write: Callable[[Sequence[Record], Destination, Any], Generator[Wanted, Reply, None]]
    complaint: Callable[[Reply], str]


def trouble(reply: Reply, complaint: str) -> Trouble | None:
    """What stands in the way of reading; None if nothing does. `complaint` is the CRM's own word."""
    said = f" ({complaint})" if complaint else ""
    if 200 <= reply.status < 300:
        return None
    if is_for_later(reply, complaint):
        return Trouble(f"the CRM answered {reply.status}{said}", final=False, wait=reply.wait)
    if reply.status in (401, 403):
        return Trouble(f"the CRM does not let us read this{said}", final=False, ours=True)
    if 300 <= reply.status < 400:
        return Trouble("the CRM redirects: set `api_base_url`", final=False, ours=True)
    return Trouble(f"the CRM refused the request{said or f' ({reply.status})'}", final=True)


def is_for_later(reply: Reply, complaint: str) -> bool:
    """Whether the same will do later: too much at once, or the CRM is not well."""
    spent = reply.status == 403 and "LIMIT" in complaint
    return reply.status in TRANSIENT or reply.status >= 500 or spent


def amount(written: object) -> Decimal | None:
    """An amount with two places; nothing where it is none, or less than nothing."""
    try:
        found = Decimal(text(written)) if text(written) else None
    except InvalidOperation:
        return None
    good = found is not None and found.is_finite() and 0 <= found < Decimal(10) ** 16
    return found.quantize(Decimal("0.01")) if found is not None and good else None


def currency(written: object) -> str | None:
    """A currency's code; nothing where it is none."""
    code = text(written).strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else None


def day(written: object) -> date | None:
    """The day of a date or an instant."""
    try:
        return date.fromisoformat(text(written)[:10]) if text(written) else None
    except ValueError:
        return None


def errors_in(reply: Reply) -> list[Mapping[str, Any]]:
    """The errors in an answer, be it one or a list of them; none where it cannot be read."""
    try:
        found = read_json(reply.body) if reply.body else {}
    except UnreadableError:
        return []
    return list(objects(found if isinstance(found, list) else [found]))
