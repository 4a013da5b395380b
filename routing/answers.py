"""What somebody, or their mailbox by itself, answered to a mail of ours: who of us should know, and what to ask."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from prospects import groups
from prospects.ids import HandoffId, MemberId, ProspectId, parse_ref
from prospects.kinds import IMPORTED, Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.team import MemberRow
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


@dataclass(frozen=True, slots=True)
class _Whose:
    """Who stands for somebody who answered, their newest open lead, and whose they are without one."""

    head: ProspectId
    lead: HandoffRow | None
    owner: MemberId | None


def heed(session: Session, refs: Iterable[str], now: datetime) -> None:
    """Tell whoever has the lead, or else the person's owner, of an answer; ask the desk who comes after.

    `refs` are `prospect_id/activity_id`. Each answer is told and asked about once, however often this runs.
    """
    acts = _acts(session, refs)
    whose = _whose(session, {ProspectId(each.prospect_id) for each in acts})
    news = [
        telling
        for act in acts
        if act.kind == Kind.REPLY and now - act.happened_at <= NEWS_FOR
        if (telling := _telling(act, whose[ProspectId(act.prospect_id)]))
    ]
    tell(session, news, now)
    for act in acts:
        if act.kind == Kind.AUTO_REPLY and (act.body or {}).get("says") == LEFT:
            _ask_who_now(session, act, whose[ProspectId(act.prospect_id)], now)


def _acts(session: Session, refs: Iterable[str]) -> list[ActivityRow]:
    keys = [key for ref in refs if (key := parse_ref(ref))]
    rows = session.execute(
        select(ActivityRow)
        .where(tuple_(ActivityRow.prospect_id, ActivityRow.id).in_(keys))
        .where(ActivityRow.kind.in_([Kind.REPLY, Kind.AUTO_REPLY]))
        .order_by(ActivityRow.id)
    ).scalars()
    return [row for row in rows if not (row.body or {}).get(IMPORTED)]


def _whose(session: Session, people: Collection[ProspectId]) -> dict[ProspectId, _Whose]:
    if not people:
        return {}
    heads = groups.heads(session, people)
    head_of = {who: heads.get(who, who) for who in people}
    leads = _leads(session, set(head_of.values()))
    owned = (
        select(ProspectRow.id, MemberRow.id.label("owner"))
        .join(MemberRow, MemberRow.id == ProspectRow.owner_id)
        .where(ProspectRow.id.in_(set(head_of.values())))
    )
    owners = {row.id: MemberId(row.owner) for row in session.execute(owned)}
    return {who: _Whose(head, leads.get(head), owners.get(head)) for who, head in head_of.items()}


def _leads(session: Session, heads: Collection[ProspectId]) -> dict[ProspectId, HandoffRow]:
    """By who stands for them: the newest open lead of whoever they are one with."""
    head_of = groups.members(session, heads)
    rows = session.execute(
        select(HandoffRow)
        .where(HandoffRow.prospect_id.in_(head_of), HandoffRow.state.in_(sorted(OPEN)))
        .order_by(HandoffRow.id)
    ).scalars()
    return {ProspectId(head_of[row.prospect_id]): row for row in rows}


def _telling(act: ActivityRow, whose: _Whose) -> Telling | None:
    """One notice an answer: its number is made of the answer's own id."""
    n, lead = act.id.int & 0x7FFFFFFF, whose.lead
    if lead is not None and lead.rep_id is not None:
        ref = HandoffRef(ProspectId(lead.prospect_id), HandoffId(lead.id))
        return Telling(ref, NoticeKind.ANSWERED, n, MemberId(lead.rep_id))
    if whose.owner is None:
        return None
    return Telling(HandoffRef(whose.head, NO_LEAD), NoticeKind.ANSWERED, n, whose.owner)


def _ask_who_now(session: Session, act: ActivityRow, whose: _Whose, now: datetime) -> None:
    lead, text = whose.lead, (act.body or {}).get("text")
    wanted = Wanted(
        prospect_id=ProspectId(lead.prospect_id) if lead else whose.head,
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
