"""Mails to colleagues about their way in: invitations, forgotten passwords, and that one was changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.auth.rows import LinkRow, Purpose, WayInRow
from prospects import outbox
from prospects.ids import MemberId, new_id
from prospects.store import table_of
from prospects.topics import Topic


class Kind(StrEnum):
    """What the mail is about."""

    INVITATION = "invitation"
    RESET = "reset"
    CHANGED = "changed"


class State(StrEnum):
    """waiting → handing over → sent | unknown (never sent again) | failed(reason); held without a mail server; dropped."""

    WAITING = "waiting"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a colleague's latest mail got, and until when an invitation lets them in."""

    kind: Kind | None = None
    state: State | None = None
    reason: str | None = None
    at: datetime | None = None
    open_until: datetime | None = None


def post(
    session: Session, kind: Kind, member_id: MemberId | None, now: datetime, *, by: str = ""
) -> None:
    """Promise a mail; None is promised one too, so that nobody learns who works here by waiting."""
    way_in = new_id(now)
    row = {"id": way_in, "kind": kind, "member_id": member_id, "asked_by": by}
    row |= {"state": State.WAITING, "made_at": now}
    session.execute(insert(table_of(WayInRow)), [row])
    outbox.post(session, Topic.WAY_IN, [way_in], now)


def standings(session: Session) -> Mapping[MemberId, Standing]:
    """Of each colleague who was written to or invited: their latest mail, and their open invitation."""
    opened = select(LinkRow.member_id, LinkRow.expires_at).where(
        LinkRow.purpose == Purpose.INVITATION, LinkRow.used_at.is_(None)
    )
    until = {row.member_id: row.expires_at for row in session.execute(opened)}
    mails = select(WayInRow).where(WayInRow.kind != Kind.CHANGED).order_by(WayInRow.id)
    latest = {row.member_id: row for row in session.execute(mails).scalars()}
    return {
        MemberId(who): _standing(latest.get(who), until.get(who))
        for who in {*until, *latest}
        if who is not None
    }


def _standing(row: WayInRow | None, until: datetime | None) -> Standing:
    if row is None:
        return Standing(open_until=until)
    at = row.settled_at or row.made_at
    return Standing(Kind(row.kind), State(row.state), row.reason, at, until)
