"""Links that work once: the first administrator's, and invitations."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from app.auth import passwords, sessions
from app.auth.rows import LinkRow, PasswordRow
from app.auth.tokens import digest_of, fresh_token
from prospects import audit, team
from prospects.ids import MemberId
from prospects.member import Member, Role
from prospects.store import table_of
from prospects.team import MemberRow

LIFETIME = timedelta(days=7)
PATH = "/welcome/"


class SpentLinkError(Exception):
    """This link was used before, is too old, or never was one."""


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

    Also the way back in for somebody who forgot their password. Earlier links of theirs stop working.
    """
    known = team.by_email(session, email)
    roles = sorted({*(known.roles if known else ()), role})
    team.save(session, [{"email": email, "roles": [str(name) for name in roles]}], now)
    member = team.by_email(session, email)
    if member is None:
        raise LookupError(email)
    session.execute(delete(LinkRow).where(LinkRow.member_id == member.id))
    audit.note(session, "invite", member.id, now, who=by, role=str(role))
    return _make(session, member.id, now)


def look(session: Session, token: str, now: datetime) -> Link:
    """What a token offers. Raises SpentLinkError."""
    row = session.execute(
        select(LinkRow).where(
            LinkRow.digest == digest_of(token),
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


def _make(session: Session, member_id: MemberId | None, now: datetime) -> str:
    token = fresh_token()
    row = {"digest": digest_of(token), "made_at": now, "expires_at": now + LIFETIME}
    session.execute(insert(table_of(LinkRow)), [{**row, "member_id": member_id}])
    return token


def _somebody_can_sign_in(session: Session) -> bool:
    someone = exists().where(PasswordRow.member_id == MemberRow.id, MemberRow.active)
    return bool(session.execute(select(someone)).scalar_one())
