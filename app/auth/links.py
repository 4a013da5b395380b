"""Links that work once: the first administrator's, invitations, and those to choose another password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from app.auth import passwords, sessions, ways_in
from app.auth.rows import LinkRow, PasswordRow, Purpose
from app.auth.tokens import digest_of, fresh_token
from prospects import audit, team
from prospects.ids import MemberId
from prospects.member import Member, Role
from prospects.store import table_of
from prospects.team import MemberRow

LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=1)
"""Short, because whoever reads the mailbox later could use it."""
PATH = "/welcome/"
RESET_PATH = "/reset/"


class SpentLinkError(Exception):
    """This link was used before, is too old, or never was one."""


class LeftError(Exception):
    """This colleague has left: make them active first, on their page or in team.yaml."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class TakenAddressError(Exception):
    """Somebody who works here has this e-mail address already."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link offers: `member` is None for the first administrator's."""

    member: Member | None


def first_administrator(session: Session, now: datetime) -> str | None:
    """A fresh token that makes the first administrator; None once somebody can sign in.

    Earlier ones stop working, so that only what was printed last is a way in.
    """
    if _somebody_can_sign_in(session):
        return None
    session.execute(delete(LinkRow).where(LinkRow.member_id.is_(None)))
    return _make(session, None, now)


def invite(session: Session, *, email: str, role: Role, by: str, now: datetime) -> str:
    """A fresh token for a colleague, who is made if nobody has that e-mail; the role is added to theirs.

    Earlier links of theirs stop working. Raises LeftError.
    """
    member = enlist(session, email=email, role=role, by=by, now=now)
    return invitation(session, member.id, now)


def enlist(session: Session, *, email: str, role: Role, by: str, now: datetime) -> Member:
    """Who has that e-mail, with this role besides what they have; made if nobody has.

    Raises LeftError: who has left would come back with more than they had.
    """
    known = team.by_email(session, email)
    if known and not known.active:
        raise LeftError
    roles = sorted({*(known.roles if known else ()), role})
    team.save(session, [{"email": email, "roles": [str(name) for name in roles]}], now)
    member = team.by_email(session, email)
    if member is None:
        raise LookupError(email)
    audit.note(session, "invite", member.id, now, who=by, role=str(role))
    return member


def invitation(session: Session, member_id: MemberId, now: datetime) -> str:
    """A fresh token for a colleague to come in by; earlier links of theirs stop working."""
    session.execute(delete(LinkRow).where(LinkRow.member_id == member_id))
    return _make(session, member_id, now)


def reset(session: Session, member_id: MemberId, now: datetime) -> str:
    """A fresh token for a colleague to choose another password; earlier ones of theirs stop working."""
    session.execute(
        delete(LinkRow).where(LinkRow.member_id == member_id, LinkRow.purpose == Purpose.RESET)
    )
    return _make(session, member_id, now, purpose=Purpose.RESET, lifetime=RESET_LIFETIME)


def look(
    session: Session, token: str, now: datetime, *, purpose: Purpose = Purpose.INVITATION
) -> Link:
    """What a token offers. Raises SpentLinkError."""
    row = session.execute(
        select(LinkRow).where(
            LinkRow.digest == digest_of(token),
            LinkRow.purpose == purpose,
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > now,
        )
    ).scalar_one_or_none()
    if row is None or (row.member_id is None and _somebody_can_sign_in(session)):
        raise SpentLinkError
    return Link(team.member(session, MemberId(row.member_id)) if row.member_id else None)


def use(
    session: Session, token: str, *, name: str, email: str, password: str, now: datetime
) -> MemberId:
    """Spend a token: name and password are set, `email` too for the first administrator.

    Ends every other sign-in of that colleague. Raises SpentLinkError, TakenAddressError.
    """
    link = look(session, token, now)
    _spend(session, token, now)
    if link.member is None and team.by_email(session, email):
        raise TakenAddressError
    person = {"email": link.member.email if link.member else email, "name": name}
    if link.member is None:
        person["roles"] = [str(Role.ADMIN)]  # type: ignore[assignment]
    team.save(session, [person], now)
    member = team.by_email(session, person["email"])
    if member is None:
        raise SpentLinkError
    passwords.keep(session, member.id, password, now)
    sessions.end_all(session, member.id, now)
    audit.note(session, "welcome", member.id, now, who=str(member.id))
    return member.id


def change_password(session: Session, token: str, password: str, now: datetime) -> None:
    """Spend a token: the password is set, every sign-in and every other link of that colleague ends.

    They are told so by mail. Raises SpentLinkError.
    """
    member = look(session, token, now, purpose=Purpose.RESET).member
    if member is None or not member.active:
        raise SpentLinkError
    _spend(session, token, now)
    others = delete(LinkRow).where(LinkRow.member_id == member.id, LinkRow.used_at.is_(None))
    session.execute(others)
    passwords.keep(session, member.id, password, now)
    sessions.end_all(session, member.id, now)
    audit.note(session, "password reset", member.id, now, who=str(member.id))
    ways_in.post(session, ways_in.Kind.CHANGED, member.id, now)


def _spend(session: Session, token: str, now: datetime) -> None:
    # A conditional update, because two presses of the same button may race.
    won = session.execute(
        update(LinkRow)
        .where(LinkRow.digest == digest_of(token), LinkRow.used_at.is_(None))
        .values(used_at=now)
        .returning(LinkRow.digest)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if won is None:
        raise SpentLinkError


def _make(
    session: Session,
    member_id: MemberId | None,
    now: datetime,
    *,
    purpose: Purpose = Purpose.INVITATION,
    lifetime: timedelta = LIFETIME,
) -> str:
    token = fresh_token()
    row = {"digest": digest_of(token), "purpose": purpose, "made_at": now}
    row |= {"expires_at": now + lifetime, "member_id": member_id}
    session.execute(insert(table_of(LinkRow)), [row])
    return token


def _somebody_can_sign_in(session: Session) -> bool:
    someone = exists().where(PasswordRow.member_id == MemberRow.id, MemberRow.active)
    return bool(session.execute(select(someone)).scalar_one())
