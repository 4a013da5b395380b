"""Tokens for programs: made once, shown once, kept as a hash."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.tokens import digest_of, fresh_token
from app.rows import ApiTokenRow
from prospects import audit, team
from prospects.ids import MemberId, new_id
from prospects.member import Member, Role

PREFIX = "wl_"
"""By which a token in a log or a repository is recognised as ours."""
HINT = len(PREFIX) + 5
"""Characters of a token that are kept to tell it from others; 226 of its bits stay unknown."""


class NobodyError(Exception):
    """There is no active colleague with that e-mail."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a program with one role, acting as `member` if it was made for somebody."""

    ref: str
    name: str
    role: Role
    member: Member | None = None

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset({self.role})

    @property
    def who(self) -> str:
        """How the audit names this caller."""
        return self.member.email if self.member else f"token {self.name}"


def create(
    session: Session,
    role: Role,
    name: str,
    person_email: str | None,
    now: datetime,
    *,
    by: str = "command line",
) -> str:
    """Make a token and return it; nobody can see it again. Raises NobodyError."""
    member = team.by_email(session, person_email) if person_email else None
    if person_email and (member is None or not member.active):
        raise NobodyError(person_email)
    token = PREFIX + fresh_token()
    row = ApiTokenRow(
        id=new_id(now),
        digest=digest_of(token),
        name=name,
        role=role,
        member_id=member.id if member else None,
        made_at=now,
        made_by=by,
        hint=token[:HINT],
    )
    session.add(row)
    session.flush()
    audit.note(session, "token created", row.id, now, who=by, role=role)
    return token


def row_of(session: Session, token: str) -> ApiTokenRow:
    """The row of a token that was just made."""
    query = select(ApiTokenRow).where(ApiTokenRow.digest == digest_of(token))
    return session.execute(query).scalar_one()


def revoke(
    session: Session, token_id: UUID, now: datetime, *, by: str = "command line"
) -> ApiTokenRow | None:
    """End a token and return its row; None if there is none such. A second time changes nothing."""
    row = session.get(ApiTokenRow, token_id)
    if row is not None and row.revoked_at is None:
        row.revoked_at = now
        audit.note(session, "token revoked", row.id, now, who=by)
    return row


def revoke_all_of(session: Session, member_id: MemberId, now: datetime, *, by: str) -> int:
    """End every token that acts as this colleague; returns how many."""
    found = select(ApiTokenRow.id).where(
        ApiTokenRow.member_id == member_id, ApiTokenRow.revoked_at.is_(None)
    )
    tokens = list(session.execute(found.order_by(ApiTokenRow.id)).scalars())
    for each in tokens:
        revoke(session, each, now, by=by)
    return len(tokens)


def caller_of(session: Session, token: str, *, administrators: str | None) -> Caller | None:
    """Who has this token; `administrators` is the one from the settings, if there is one."""
    if administrators and hmac.compare_digest(token.encode(), administrators.encode()):
        return Caller("settings", "WARMLINE_API_TOKEN", Role.ADMIN)
    row = session.execute(
        select(ApiTokenRow).where(ApiTokenRow.digest == digest_of(token))
    ).scalar_one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    member = team.member(session, MemberId(row.member_id)) if row.member_id else None
    if row.member_id and (member is None or not member.active):
        return None
    return Caller(str(row.id), row.name, Role(row.role), member)
