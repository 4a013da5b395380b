"""The topic `way_in`: mails a colleague an invitation, or the link to another password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.auth import links, way_in_mails
from app.auth.rows import WayInRow
from app.auth.ways_in import Kind, State
from app.jobs.errand import Errand, Settled
from app.jobs.fate import fate_of
from app.jobs.mail import hand_over, letterhead
from app.letters import Content, Headers
from app.settings import Settings
from nurture.sending import Answer
from prospects import team
from prospects.ids import MemberId, parse_id
from prospects.member import Member

TRIED_FOR = timedelta(hours=1)
"""What could not be handed over for so long is given up: who forgot a password has asked again by then."""


@dataclass(frozen=True, slots=True)
class Note:
    """A mail ready to go; its link is in it and nowhere else."""

    id: UUID
    made_at: datetime
    content: Content
    headers: Headers


def prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Note | None:
    """The mail; None when there is nobody to write to, nothing to write with, or it was written.

    That it is being handed over is committed before the first byte, and so is the digest of its link:
    whoever finds it so was killed on the way, and its reader asks again.
    """
    row = session.get(WayInRow, parse_id(ref))
    if row is None:
        return None
    member = team.member(session, MemberId(row.member_id)) if row.member_id else None
    if member is None or not member.active:
        session.execute(delete(WayInRow).where(WayInRow.id == row.id))
        return None
    row.state = _next(State(row.state), settings)
    if row.state != State.HANDING_OVER:
        row.settled_at = row.settled_at or now
        return None
    head = letterhead(settings)
    domain = head.mail_from.rpartition("@")[2].strip("> ")
    headers = Headers(
        sender=head.mail_from,
        recipient=member.email,
        message_id=f"<{row.id.hex}.way-in@{domain}>",
        at=now,
    )
    content = _content(session, row, member, now, site=head.base_url)
    return Note(row.id, row.made_at, content, headers)


def _next(state: State, settings: Settings) -> State:
    match state:
        case State.WAITING:
            return State.HANDING_OVER if settings.smtp_url else State.HELD
        case State.HANDING_OVER:
            return State.UNKNOWN
        case _:
            return state


def _content(
    session: Session, row: WayInRow, member: Member, now: datetime, *, site: str
) -> Content:
    match Kind(row.kind):
        case Kind.INVITATION:
            by = parse_id(row.asked_by)
            host = team.member(session, MemberId(by)) if by else None
            token = links.invitation(session, member.id, now)
            return way_in_mails.invitation(
                member,
                host=host.name if host else None,
                url=f"{site}{links.PATH}{token}",
                until=now + links.LIFETIME,
                now=now,
            )
        case Kind.RESET:
            token = links.reset(session, member.id, now)
            return way_in_mails.reset(f"{site}{links.RESET_PATH}{token}")
        case Kind.CHANGED:
            return way_in_mails.changed(site)


def act(call: Note, settings: Settings) -> Answer:
    """Hand it over; every failure is an answer."""
    return hand_over(call.content, call.headers, settings)


def settle(
    session: Session, call: Note, result: Answer, now: datetime, settings: Settings
) -> Settled:
    """Write down what became of it; a mail that is put off is made anew, with another link."""
    fate = fate_of(result, now, until=call.made_at + TRIED_FOR)
    session.execute(
        update(WayInRow)
        .where(WayInRow.id == call.id)
        .values(state=State(fate.state), reason=fate.reason, settled_at=fate.settled_at)
        .execution_options(synchronize_session=False)
    )
    return fate.settled


ERRAND = Errand(prepare=prepare, act=act, settle=settle)
