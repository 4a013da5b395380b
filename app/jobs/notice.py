"""The topic `notice`: tells one colleague about a handoff by mail, unless it no longer matters."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.jobs import transfer_notices
from app.jobs.errand import Errand, Settled
from app.jobs.fate import fate_of
from app.jobs.mail import hand_over, letterhead
from app.letters import Content, Headers
from app.notices import Occasion, told
from app.settings import Settings
from nurture.headers import mailbox
from nurture.sending import Answer
from prospects import team
from prospects.ids import MemberId, parse_ref
from prospects.member import Member
from prospects.rows import ProspectRow
from routing.lives import IN_HAND, OPEN, HandoffState, NoticeKind, NoticeState
from routing.rows import HandoffRow, NoticeRow

TELLS_FOR = timedelta(hours=6)
"""A notice that could not be handed over for so long is given up: by then the page has told it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A notice ready to go."""

    key: tuple[UUID, UUID]
    """The notice's person and id."""
    made_at: datetime
    content: Content
    headers: Headers


def prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Note | None:
    """The mail of a notice; None when it was told, or no longer matters.

    That it is being handed over is committed before the first byte: whoever finds it so was killed
    on the way, and a notice that may have been told is not told twice, for the page tells it too.
    """
    key = parse_ref(ref)
    notice = session.get(NoticeRow, key) if key else None
    if notice is not None and notice.state == NoticeState.HANDING_OVER:
        notice.state, notice.settled_at = NoticeState.UNKNOWN, now
    if notice is None or notice.state != NoticeState.WAITING:
        return None
    handoff = session.get(HandoffRow, (notice.prospect_id, notice.handoff_id))
    member = team.member(session, MemberId(notice.member_id))
    head = letterhead(settings)
    occasion = _told(session, notice, handoff, member, head.base_url) if member else None
    if member is None or occasion is None:
        notice.state, notice.settled_at = NoticeState.DROPPED, now
        return None
    domain = mailbox("from", head.mail_from)[1].rpartition("@")[2]
    headers = Headers(
        sender=head.mail_from,
        recipient=member.email,
        message_id=f"<{notice.id.hex}.notice@{domain}>",
        at=now,
    )
    notice.state = NoticeState.HANDING_OVER
    return Note((notice.prospect_id, notice.id), notice.made_at, told(occasion, now), headers)


def _page(kind: NoticeKind, handoff: HandoffRow) -> str:
    if kind is NoticeKind.PROMISE_GIVEN:
        return "/promises"
    return f"/handoffs/{handoff.prospect_id}/{handoff.id}"


def act(call: Note, settings: Settings) -> Answer:
    """Hand it over; every failure is an answer."""
    return hand_over(call.content, call.headers, settings)


def settle(
    session: Session, call: Note, result: Answer, now: datetime, settings: Settings
) -> Settled:
    """Write down what became of it. A lost answer is never asked for again."""
    fate = fate_of(result, now, until=call.made_at + TELLS_FOR)
    prospect_id, notice_id = call.key
    session.execute(
        update(NoticeRow)
        .where(NoticeRow.prospect_id == prospect_id, NoticeRow.id == notice_id)
        .values(state=NoticeState(fate.state), reason=fate.reason, settled_at=fate.settled_at)
        .execution_options(synchronize_session=False)
    )
    return fate.settled


def _told(
    session: Session, notice: NoticeRow, handoff: HandoffRow | None, to: Member, base_url: str
) -> Occasion | None:
    """What there is to tell; None if it no longer matters."""
    if notice.kind == NoticeKind.ANSWERED and to.active:
        return _answered(session, notice, to, base_url)
    if handoff is None or not _matters(session, notice, handoff, to):
        return None
    return _occasion(session, notice, handoff, to, base_url)


def _answered(session: Session, notice: NoticeRow, to: Member, base_url: str) -> Occasion | None:
    """Somebody answered a mail; whoever they belong to need have no lead of theirs."""
    person = session.get(ProspectRow, notice.prospect_id)
    if person is None or person.erased_at is not None:
        return None
    paper = {"who": {"name": person.name}, "company": {"name": person.company}}
    url = f"{base_url}/people/{person.absorbed_by or person.id}"
    return Occasion(kind=NoticeKind.ANSWERED, to=to, paper=paper, reason=None, until=None, url=url)


def _occasion(
    session: Session, notice: NoticeRow, handoff: HandoffRow, to: Member, base_url: str
) -> Occasion:
    kind = NoticeKind(notice.kind)
    if kind in transfer_notices.KINDS:
        return transfer_notices.occasion(session, notice, to, base_url)
    return Occasion(
        kind=kind,
        to=to,
        paper=handoff.brief or {},
        reason=handoff.reason,
        until=handoff.confirm_by if kind is NoticeKind.UNCONFIRMED else handoff.expires_at,
        url=f"{base_url}{_page(kind, handoff)}",
    )


def _matters(session: Session, notice: NoticeRow, handoff: HandoffRow, member: Member) -> bool:
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
        case NoticeKind.CALL_BACK:
            return theirs and handoff.state in IN_HAND
        case (
            NoticeKind.PASSED_ON
            | NoticeKind.PROMISE_GIVEN
            | NoticeKind.WRITTEN
            | NoticeKind.GIVEN_BACK
            | NoticeKind.ANSWERED
        ):
            return member.active
        case _:
            return member.active and transfer_notices.matters(session, notice)


ERRAND = Errand(prepare=prepare, act=act, settle=settle)
