"""What somebody, or their mailbox by itself, answered to a mail of ours: who of us should know, and what to ask."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from prospects import groups, team
from prospects.ids import HandoffId, MemberId, ProspectId, parse_ref
from prospects.kinds import IMPORTED, Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.values import HandoffRef
from routing import write_ups
from routing.lives import OPEN, NoticeKind
from routing.notices import Telling, tell
from routing.refusals import NoDeskError
from routing.rows import HandoffRow
from routing.write_ups import Wanted

NO_LEAD = HandoffId(UUID(int=0))
"""Stands for the lead in a notice about somebody who is none."""
LEFT = "left"
WHO_NOW = "Who is the right person now? Their mailbox says that they have left."
NEWS_FOR = timedelta(days=3)
"""What is older when we learn of it is history: nobody is told."""
LONGEST_NOTE = 2_000


def heed(session: Session, refs: Iterable[str], now: datetime) -> None:
    """Tell whoever has the lead, or else the person's owner, of an answer; ask the desk who comes after.

    `refs` are `prospect_id/activity_id`. Each answer is told and asked about once, however often this runs.
    """
    for act in _acts(session, refs):
        if act.kind == Kind.REPLY and now - act.happened_at <= NEWS_FOR:
            tell(session, list(_tellings(session, act)), now)
        if act.kind == Kind.AUTO_REPLY and (act.body or {}).get("says") == LEFT:
            _ask_who_now(session, act, now)


def _acts(session: Session, refs: Iterable[str]) -> list[ActivityRow]:
    keys = [key for ref in refs if (key := parse_ref(ref))]
    rows = session.execute(
        select(ActivityRow)
        .where(tuple_(ActivityRow.prospect_id, ActivityRow.id).in_(keys))
        .where(ActivityRow.kind.in_([Kind.REPLY, Kind.AUTO_REPLY]))
        .order_by(ActivityRow.id)
    ).scalars()
    return [row for row in rows if not (row.body or {}).get(IMPORTED)]


def _tellings(session: Session, act: ActivityRow) -> Iterator[Telling]:
    """One notice an answer: its number is made of the answer's own id."""
    n = act.id.int & 0x7FFFFFFF
    lead = _lead(session, act.prospect_id)
    if lead is not None and lead.rep_id is not None:
        ref = HandoffRef(ProspectId(lead.prospect_id), HandoffId(lead.id))
        yield Telling(ref, NoticeKind.ANSWERED, n, MemberId(lead.rep_id))
        return
    head = groups.head_of(session, ProspectId(act.prospect_id))
    owner = session.execute(select(ProspectRow.owner_id).where(ProspectRow.id == head)).scalar()
    if owner is not None and team.member(session, MemberId(owner)) is not None:
        yield Telling(HandoffRef(head, NO_LEAD), NoticeKind.ANSWERED, n, MemberId(owner))


def _lead(session: Session, who: UUID) -> HandoffRow | None:
    """The newest lead of this person that is open."""
    query = (
        select(HandoffRow)
        .where(HandoffRow.prospect_id.in_(groups.same_person(who)))
        .where(HandoffRow.state.in_(sorted(OPEN)))
        .order_by(HandoffRow.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def _ask_who_now(session: Session, act: ActivityRow, now: datetime) -> None:
    lead = _lead(session, act.prospect_id)
    head = groups.head_of(session, ProspectId(act.prospect_id))
    text = (act.body or {}).get("text")
    wanted = Wanted(
        prospect_id=ProspectId(lead.prospect_id) if lead else head,
        what=WHO_NOW,
        once=uuid5(act.id, "who now"),
        batch=act.id,
        handoff_id=HandoffId(lead.id) if lead else None,
        note=str(text)[:LONGEST_NOTE] if text else None,
    )
    try:
        write_ups.ask(session, wanted, None, now)
    except NoDeskError:
        # Nobody is there to ask; it stands in the history, and flows can go by it.
        return
