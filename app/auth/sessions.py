"""Sign-ins: each device has a row of its own, so that each can be ended from anywhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.auth.rows import SessionRow
from app.auth.tokens import digest_of, fresh_token
from prospects.ids import MemberId
from prospects.member import Member
from prospects.store import table_of
from prospects.team import MemberRow, member_of

LONGEST = timedelta(days=30)
"""A sign-in ends after this, however busy it was."""
IDLE = timedelta(days=7)
"""A sign-in nobody used for so long ends; the browser's signed cookie holds that clock, so a GET writes nothing."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One running sign-in."""

    digest: str
    device: str
    since: datetime


def begin(session: Session, member_id: MemberId, *, device: str, now: datetime) -> str:
    """Sign a colleague in on one device; returns the token for their cookie."""
    token = fresh_token()
    session.execute(
        insert(table_of(SessionRow)),
        [
            {
                "digest": digest_of(token),
                "member_id": member_id,
                "device": device_of(device),
                "started_at": now,
                "expires_at": now + LONGEST,
            }
        ],
    )
    return token


def find(session: Session, token: str, now: datetime) -> Member | None:
    """Whose sign-in this is, if it still runs and they still work here."""
    row = session.execute(
        select(MemberRow)
        .join(SessionRow, SessionRow.member_id == MemberRow.id)
        .where(
            SessionRow.digest == digest_of(token),
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > now,
            MemberRow.active,
        )
    ).scalar_one_or_none()
    return member_of(row) if row else None


def running(session: Session, member_id: MemberId, now: datetime) -> Sequence[SignIn]:
    """A colleague's running sign-ins, latest first."""
    rows = session.execute(
        select(SessionRow)
        .where(
            SessionRow.member_id == member_id,
            SessionRow.ended_at.is_(None),
            SessionRow.expires_at > now,
        )
        .order_by(SessionRow.started_at.desc())
        .limit(50)
    ).scalars()
    return [SignIn(row.digest, row.device, row.started_at) for row in rows]


def last_seen(session: Session) -> dict[MemberId, datetime]:
    """When each colleague was here last, whether that sign-in still runs or not."""
    latest = func.max(func.coalesce(SessionRow.seen_at, SessionRow.started_at))
    rows = session.execute(select(SessionRow.member_id, latest).group_by(SessionRow.member_id))
    return {MemberId(row[0]): row[1] for row in rows}


def end(session: Session, token: str, now: datetime) -> None:
    """Sign one device out."""
    session.execute(
        update(SessionRow).where(SessionRow.digest == digest_of(token)).values(ended_at=now)
    )


def end_all(
    session: Session, member_id: MemberId, now: datetime, *, but: str | None = None
) -> None:
    """Sign a colleague out everywhere, `but` for the device with that token."""
    statement = update(SessionRow).where(
        SessionRow.member_id == member_id, SessionRow.ended_at.is_(None)
    )
    if but:
        statement = statement.where(SessionRow.digest != digest_of(but))
    session.execute(statement.values(ended_at=now))


_BROWSERS: tuple[tuple[str, str], ...] = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
)
_BROWSERS += (("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"))
_BROWSERS += (("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: tuple[tuple[str, str], ...] = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
)
_SYSTEMS += (("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


def device_of(agent: str) -> str:
    """`Firefox on Android`: enough to recognise one's own device, no more."""
    browser = _first(_BROWSERS, agent) or "A browser"
    system = _first(_SYSTEMS, agent)
    return f"{browser} on {system}" if system else browser


def _first(names: Sequence[tuple[str, str]], agent: str) -> str | None:
    return next((name for mark, name in names if re.search(rf"\b{mark}", agent)), None)
