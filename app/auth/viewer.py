"""Who is looking: the colleague behind a request, as pages need to know them."""

from dataclasses import dataclass
from datetime import tzinfo

from flask import g

from app.times import zone_of
from prospects.ids import MemberId
from prospects.member import Member, Role

ROLES = {
    Role.REP: "rep",
    Role.MANAGER: "manager",
    Role.MARKETER: "marketing",
    Role.ACCOUNT_MANAGER: "account team",
    Role.DESK: "follow-up desk",
    Role.ADMIN: "administrator",
}
"""Each role as it is called on pages, in the order in which roles decide where somebody lands."""

LANDINGS = {
    Role.MANAGER: "/stuck",
    Role.MARKETER: "/people",
    Role.ACCOUNT_MANAGER: "/transfers",
    Role.DESK: "/desk",
    Role.ADMIN: "/setup",
}
"""Where a role starts; everybody else starts their day at /today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The colleague who is signed in."""

    id: MemberId
    email: str
    name: str
    roles: frozenset[Role]
    zone: tzinfo

    @property
    def initials(self) -> str:
        """At most two letters, from the first and the last word of the name."""
        words = self.name.split() or ["?"]
        picked = words if len(words) < 2 else [words[0], words[-1]]
        return "".join(word[0] for word in picked).upper()

    @property
    def roles_in_words(self) -> str:
        return words_of(self.roles)

    @property
    def landing(self) -> str:
        """The page this colleague starts on."""
        first = next((role for role in ROLES if role in self.roles), Role.REP)
        return LANDINGS.get(first, "/today")


def words_of(roles: frozenset[Role]) -> str:
    """Roles as a phrase: `rep and manager`."""
    words = [name for role, name in ROLES.items() if role in roles]
    if len(words) < 2:
        return words[0] if words else "guest"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def viewer_of(member: Member) -> Viewer:
    """The colleague as pages see them."""
    return Viewer(
        id=member.id,
        email=member.email,
        name=member.name,
        roles=member.roles,
        zone=zone_of(member.zone),
    )


def current() -> Viewer:
    """Who is signed in; only to be asked behind `guard.only_signed_in`."""
    viewer: Viewer = g.viewer
    return viewer
