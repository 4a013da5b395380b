"""Whom a routing rule sends to: a team, a person, or the account's owner. Pure."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from prospects.faults import Fault, shown

_TARGETS = "write team:SLUG, person:EMAIL or account_owner"


@dataclass(frozen=True, slots=True)
class ToTeam:
    """To whose turn it is in a team."""

    team: str

    def __str__(self) -> str:
        return f"team:{self.team}"


@dataclass(frozen=True, slots=True)
class ToPerson:
    """To one colleague, by e-mail."""

    email: str

    def __str__(self) -> str:
        return f"person:{self.email}"


@dataclass(frozen=True, slots=True)
class ToOwner:
    """To whoever owns the account."""

    def __str__(self) -> str:
        return "account_owner"


def _read_target(written: object) -> ToTeam | ToPerson | ToOwner:
    if isinstance(written, ToTeam | ToPerson | ToOwner):
        return written
    match str(written).split(":", 1):
        case ["account_owner"]:
            return ToOwner()
        case ["team", slug] if slug.strip():
            return ToTeam(slug.strip())
        case ["person", email] if email.strip():
            return ToPerson(email.strip().lower())
    raise faulty(Fault("", f"{shown(written)} is nobody a rule can send to", _TARGETS))


Target = Annotated[
    ToTeam | ToPerson | ToOwner,
    BeforeValidator(_read_target),
    PlainSerializer(str),
    WithJsonSchema({"enum": ["team:SLUG", "person:EMAIL", "account_owner"]}),
]


def faulty(*faults: Fault) -> PydanticCustomError:
    """An error that keeps place, reason and mend apart, as those of conditions do."""
    kept = [{"place": each.place, "reason": each.reason, "mend": each.mend} for each in faults]
    message = "; ".join(str(each) for each in faults)
    return PydanticCustomError("faults", "{message}", {"message": message, "faults": kept})
