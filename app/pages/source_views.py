"""What the pages of sources show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.views import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source is doing: one chip, one sentence, and the times behind them."""

    state: str
    tone: Tone
    line: str
    last_delivery_at: datetime | None = None
    challenged_at: datetime | None = None
    refused: int = 0
    refused_at: datetime | None = None
    refusal: str = ""
    refusal_mend: str = ""
    trouble_at: datetime | None = None
    usual: str | None = None
    asked_at: datetime | None = None
    asked: str = ""
    habit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Requests that a source refused: how many ever, and about the last one when, why and what to do."""

    url: str
    source: str
    count: int
    at: datetime
    why: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that means nothing yet: how many people said something in it, and what it probably means."""

    name: str
    count: int
    example: str
    target: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source. `address` holds a secret if `secret` is true; `proof` says how a sender proves itself."""

    url: str
    slug: str
    kind: str
    health: Health
    address: str = ""
    secret: bool = False
    setup: Sequence[str] = ()
    proof: str | None = None
    snippet: str = ""
    testable: bool = False
    rate: str = ""
    to_fetch: str = ""
    token_ends: str = ""
    rotation: Sequence[str] = ()
    fields: Sequence[Field] = ()
    meanings: Sequence[tuple[str, str]] = ()
    received_url: str = ""
