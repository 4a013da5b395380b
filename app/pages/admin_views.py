"""What the pages of administrators show, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.pages.views import Mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what to what, and when."""

    at: datetime
    who: str
    act: str
    about: str = ""
    url: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A page of acts, with what was asked for."""

    lines: Sequence[AuditLine]
    typed: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[tuple[str, str]] = ()
    acts: Sequence[tuple[str, str]] = ()
    next_url: str | None = None
    csv_url: str = "/audit.csv"
    narrowed: bool = False

    def value(self, name: str) -> str:
        return self.typed.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """One program's way in."""

    id: str
    name: str
    hint: str
    role: str
    acts_as: str | None
    made_by: str
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    dead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """All tokens, and the form that makes one. `made` is the name and the token, shown this once."""

    lines: Sequence[TokenLine]
    roles: Sequence[tuple[str, str]] = ()
    people: Sequence[tuple[str, str]] = ()
    made: tuple[str, str] | None = None
    next_url: str | None = None
    from_settings: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.typed.get(name, "")
