"""What every platform is told of and answers, as plain values, and how people are hashed for it. Pure."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from prospects.reading import UnreadableError, read_json
from webhooks.destinations import Destination

LONGEST_REASON = 200
CRM = "Warmline"
"""What platforms show as the system that told them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """By what a platform can know somebody: address, phone (E.164), and the ids it gave them, by name."""

    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One step of one person, as it is told. `id` is the same at every try; `name` is the platform's."""

    id: str
    name: str
    at: datetime
    known: Known
    value: Decimal | None = None
    currency: str | None = None
    personalized: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One POST to a platform."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """The platform took it; `request` is what it calls the batch."""

    request: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform refused this one for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class Again:
    """This one was not looked at, because of another in its batch."""


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was taken; the same may be tried later. `ours`: somebody must mend the destination first."""

    reason: str
    after: timedelta | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class AllRefused:
    """The batch was refused whole, and nobody said for which of them."""

    reason: str


Fate = Taken | Refused | Again
Came = Sequence[Fate] | Later | AllRefused


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Mapping[str, Any]:
        """Its body, or nothing where that is no JSON object."""
        try:
            found = read_json(self.body)
        except UnreadableError:
            return {}
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a platform says later of a batch it took; `refused`: that it took none of it after all."""

    reason: str | None = None
    refused: bool = False


class Read(Protocol):
    """Says what became of each of a batch of conversions."""

    def __call__(self, answer: Answer, count: int) -> Came: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform: how many it takes at once, how old they may be, what it knows people by.

    `unknown` says why it could know nobody by what there is; `build` makes the request, `read` its answer.
    One that looks closer later is asked (GET) by `ask` for a batch it named, and `learn` reads what it says.
    """

    most: int
    oldest: timedelta
    ids: tuple[str, ...]
    unknown: Callable[[Known], str | None]
    build: Callable[[Sequence[Conversion], Destination, str], Request]
    read: Read
    ask: Callable[[str, Destination, str], Request] | None = None
    learn: Callable[[Answer], Looked | Later] | None = None


def code_of(value: object) -> int | None:
    """A platform's code, where it is one."""
    return value if type(value) is int else None


def hashed(text: str) -> str:
    """SHA-256 in hex, as every platform wants it."""
    return hashlib.sha256(text.encode()).hexdigest()


def hashed_email(email: str) -> str:
    """The address without blanks, in lower case."""
    return hashed(re.sub(r"\s", "", email).lower())


def digits(phone: str) -> str:
    """A phone number's digits, its country first."""
    return re.sub(r"[^0-9]", "", phone)


def usual(answer: Answer) -> Later | None:
    """What a status says at every platform: too much, not now, not with this token, not at this address."""
    if answer.status in (401, 403):
        return Later(f"the token was refused (status {answer.status})", ours=True)
    if answer.status in (404, 405, 426):
        reason = f"it does not know this address, account or version (status {answer.status})"
        return Later(reason, ours=True)
    if answer.status in (408, 425, 429) or answer.status >= 500:
        wait = answer.headers.get("retry-after", "")
        after = timedelta(seconds=int(wait[:6])) if wait.isascii() and wait.isdigit() else None
        return Later(f"status {answer.status}", after)
    return None


def short(reason: object, otherwise: str) -> str:
    """A platform's own words, on one line; an address in them is hidden."""
    text = " ".join(str(reason).split()) if isinstance(reason, str) else ""
    text = re.sub(r"[^\s@]+@[^\s@]+", "…", text)
    return text[:LONGEST_REASON] or otherwise
