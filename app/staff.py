"""What administrators do about colleagues: what they may do, whether they work here, who may not be lost."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import departure
from app.auth.rows import PasswordRow
from app.workspace import kept
from prospects import audit, configuration, team
from prospects.ids import MemberId
from prospects.member import Member, Role
from prospects.team import MemberRow


class StaffError(Exception):
    """This cannot be done about this colleague."""

    def __str__(self) -> str:
        return " ".join((type(self).__doc__ or "").split())


class NobodyThereError(StaffError):
    """There is no such colleague."""


class LastAdministratorError(StaffError):
    """Nobody else who can sign in is an administrator: make somebody one first."""


class InFilesError(StaffError):
    """The workspace's files say this of them: change it in team.yaml and run warmline apply."""


class WorksHereError(StaffError):
    """Somebody with this e-mail is on the team already: look them up in the list."""


class NoRoleError(StaffError):
    """Somebody without any role could do nothing here: choose one, or deactivate them."""


def in_files(session: Session) -> Mapping[str, Mapping[str, Any]]:
    """What the team.yaml that was applied last says, by e-mail; keys it leaves out are not its own."""
    return {str(each["email"]): each for each in kept.people(session)}


def enlist(
    session: Session,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    by: str,
    now: datetime,
) -> Member:
    """Take somebody new on; they come in by a link. Raises StaffError."""
    configuration.lock(session)
    if not roles:
        raise NoRoleError
    if team.by_email(session, email):
        raise WorksHereError
    kept_roles = sorted(str(role) for role in roles)
    team.save(session, [{"email": email, "name": name or email, "roles": kept_roles}], now)
    member = team.by_email(session, email)
    if member is None:
        raise LookupError(email)
    audit.note(session, "invite", member.id, now, who=by, roles=kept_roles)
    return member


def set_roles(
    session: Session, member_id: MemberId, roles: Collection[Role], now: datetime, *, by: str
) -> None:
    """Say what a colleague may do. Raises StaffError."""
    member = _locked(session, member_id, "roles")
    if not roles:
        raise NoRoleError
    if Role.ADMIN not in roles:
        _check_not_the_last(session, member)
    kept_roles = sorted(str(role) for role in roles)
    team.save(session, [{"email": member.email, "roles": kept_roles}], now)
    audit.note(session, "roles changed", member.id, now, who=by, roles=kept_roles)


def deactivate(session: Session, member_id: MemberId, now: datetime, *, by: str) -> int:
    """They no longer work here: ways in end at once, leads go back to routing; returns how many.

    Raises StaffError.
    """
    member = _locked(session, member_id, "active")
    if not member.active:
        return 0
    _check_not_the_last(session, member)
    team.save(session, [{"email": member.email, "active": False}], now)
    leads = departure.depart(session, [member.id], now, by=by)[member.id]
    audit.note(session, "colleague deactivated", member.id, now, who=by, leads=leads)
    return leads


def reactivate(session: Session, member_id: MemberId, now: datetime, *, by: str) -> None:
    """They work here again, and sign in with the password they had; tokens stay revoked. Raises StaffError."""
    member = _locked(session, member_id, "active")
    if member.active:
        return
    team.save(session, [{"email": member.email, "active": True}], now)
    audit.note(session, "colleague reactivated", member.id, now, who=by)


def _locked(session: Session, member_id: MemberId, key: str) -> Member:
    # Two administrators must not deactivate each other at the same instant.
    configuration.lock(session)
    member = team.member(session, member_id)
    if member is None:
        raise NobodyThereError
    if key in in_files(session).get(member.email, {}):
        raise InFilesError
    return member


def _check_not_the_last(session: Session, member: Member) -> None:
    if not member.active or Role.ADMIN not in member.roles:
        return
    able = exists().where(PasswordRow.member_id == MemberRow.id)
    others = select(MemberRow.roles).where(MemberRow.active, able, MemberRow.id != member.id)
    if not any(Role.ADMIN in roles for roles in session.execute(others).scalars()):
        raise LastAdministratorError
