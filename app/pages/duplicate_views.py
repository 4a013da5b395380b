"""What the pages of duplicates show: pairs of people who may be one, and what making them one would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.views import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two people, with what they are recognised by."""

    url: str
    who: Who
    lifecycle: str
    since: datetime
    known_by: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two people who may be one, and what speaks for it."""

    sides: Sequence[Side]
    reasons: Sequence[str]
    found_at: datetime
    merge_url: str
    apart_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichCompany:
    """Somebody who named a company that may be one of these: id, name and domain of each."""

    side: Side
    name: str
    companies: Sequence[tuple[str, str, str]]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """A page of pairs nobody has judged yet, and of companies nobody was sure of."""

    pairs: Sequence[Pair] = ()
    companies: Sequence[WhichCompany] = ()
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Making one of two: whom is asked for, or who would stand for both and what would follow."""

    url: str
    back: str
    one: Side
    other: Side | None = None
    other_id: str = ""
    written: str = ""
    wrong: str = ""
    kept: str = ""
    reasons: Sequence[str] = ()
    follows: Sequence[str] = ()
