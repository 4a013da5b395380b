"""The topic `notice`: tells one colleague about a handoff by mail, unless it no longer matters."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, PutOff, Settled
from app.jobs.mail import letterhead, transport
from app.letters import Content, Headers, pack
from app.notices import Occasion, told
from app.settings import Settings
from nurture.headers import HeaderError, mailbox
from nurture.sending import Answer, PutBack, Refused, Sent, Unknown, Unmade
from prospects import team
from prospects.ids import MemberId, parse_id
from prospects.member import Member
from routing.lives import OPEN, HandoffState, NoticeKind, NoticeState
from routing.rows import HandoffRow, NoticeRow

TELLS_FOR = timedelta(hours=6)
"""A notice that could not be handed over for so long is given up: by then the page has told it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A notice ready to go."""

    notice_id: UUID
    made_at: datetime
    content: Content
    headers: Headers


def prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Note | None:
    """The mail of a notice; None when it was told, or no longer matters."""
    notice_id = parse_id(ref)
    notice = session.get(NoticeRow, notice_id) if notice_id else None
    if notice is None or notice.state != NoticeState.WAITING:
        return None
    handoff = session.get(HandoffRow, (notice.prospect_id, notice.handoff_id))
    member = team.member(session, MemberId(notice.member_id))
    if handoff is None or member is None or not _matters(notice, handoff, member):
        notice.state, notice.settled_at = NoticeState.DROPPED, now
        return None
    head = letterhead(settings)
    kind = NoticeKind(notice.kind)
    occasion = Occasion(
        kind=kind,
        to=member,
        paper=handoff.brief or {},
        reason=handoff.reason,
        until=handoff.confirm_by if kind is NoticeKind.UNCONFIRMED else handoff.expires_at,
        url=f"{head.base_url}/handoffs/{handoff.prospect_id}/{handoff.id}",
    )
    domain = mailbox("from", head.mail_from)[1].rpartition("@")[2]
    headers = Headers(
        sender=head.mail_from,
        recipient=member.email,
        message_id=f"<{notice.id.hex}.notice@{domain}>",
        at=now,
    )
    return Note(notice.id, notice.made_at, told(occasion, now), headers)


def act(call: Note, settings: Settings) -> Answer:
    """Hand it over; every failure is an answer."""
    try:
        parcel = pack(call.content, call.headers)
    except HeaderError as error:
        return Unmade(str(error))
    return transport(settings.smtp_url).hand_over(parcel)


def settle(
    session: Session, call: Note, result: Answer, now: datetime, settings: Settings
) -> Settled:
    """Write down what became of it. A lost answer counts as told: a rep also sees it on the page."""
    match result:
        case PutBack() if now - call.made_at < TELLS_FOR:
            return PutOff("the mail server asked to wait")
        case Sent() | Unknown():
            written: dict[str, str | None] = {"state": NoticeState.SENT, "reason": None}
        case PutBack(reason) | Refused(reason) | Unmade(reason):
            written = {"state": NoticeState.FAILED, "reason": reason}
    session.execute(
        update(NoticeRow)
        .where(NoticeRow.id == call.notice_id)
        .values(**written, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    return Done()


def _matters(notice: NoticeRow, handoff: HandoffRow, member: Member) -> bool:
    """Whether this is still worth telling this colleague."""
    theirs = member.active and handoff.rep_id == member.id
    match NoticeKind(notice.kind):
        case NoticeKind.OFFERED | NoticeKind.REMINDER:
            return theirs and handoff.state == HandoffState.OFFERED
        case NoticeKind.JOINED:
            return theirs and handoff.state in OPEN
        case NoticeKind.HELD:
            return theirs and handoff.state == HandoffState.HELD
        case NoticeKind.UNCONFIRMED:
            return theirs and handoff.state == HandoffState.ACCEPTED
        case NoticeKind.PASSED_ON:
            return member.active


ERRAND = Errand(prepare=prepare, act=act, settle=settle)
