"""A colleague as a plain value, so that decisions can weigh people without touching the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from prospects.ids import MemberId


class Role(StrEnum):
    """What somebody may do here; a member can have several."""

    MARKETER = "marketer"
    REP = "rep"
    MANAGER = "manager"
    ACCOUNT_MANAGER = "account_manager"
    DESK = "desk"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A colleague as rooms see them; `hours` and `absences` as written in team.yaml."""

    id: MemberId
    email: str
    name: str
    roles: frozenset[Role]
    zone: str = "UTC"
    hours: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0
    capacity: Mapping[str, Any] = field(default_factory=dict)
    skills: Mapping[str, Any] = field(default_factory=dict)
    absences: Sequence[Mapping[str, Any]] = ()
    active: bool = True
