"""What becomes of a colleague's things when they no longer work here: ways in end, leads return to routing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import tokens
from app.auth import sessions
from app.auth.rows import LinkRow
from app.rows import ApiTokenRow
from prospects import outbox
from prospects.ids import MemberId
from prospects.topics import Topic
from routing.finding_rows import PromiseRow
from routing.lives import OPEN, HandoffState
from routing.propose import ref_of
from routing.rows import HandoffRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a colleague has in hand: offers, leads they took, leads they answer for, promises, ways in."""

    offers: int = 0
    taken: int = 0
    held: int = 0
    promises: int = 0
    tokens: int = 0
    sign_ins: int = 0

    @property
    def leads(self) -> int:
        return self.offers + self.taken + self.held


def burden(session: Session, member_id: MemberId, now: datetime) -> Burden:
    """What would be given back, kept open or ended if this colleague left now."""
    mine = select(HandoffRow.state, func.count()).where(
        HandoffRow.rep_id == member_id, HandoffRow.state.in_(OPEN)
    )
    leads = {row[0]: row[1] for row in session.execute(mine.group_by(HandoffRow.state))}
    owed = select(func.count()).where(PromiseRow.rep_id == member_id, PromiseRow.kept_at.is_(None))
    acting = select(func.count()).where(
        ApiTokenRow.member_id == member_id, ApiTokenRow.revoked_at.is_(None)
    )
    return Burden(
        offers=leads.get(HandoffState.OFFERED, 0),
        taken=leads.get(HandoffState.ACCEPTED, 0) + leads.get(HandoffState.CHECKED, 0),
        held=leads.get(HandoffState.HELD, 0),
        promises=session.execute(owed).scalar_one(),
        tokens=session.execute(acting).scalar_one(),
        sign_ins=len(sessions.running(session, member_id, now)),
    )


def depart(
    session: Session, members: Collection[MemberId], now: datetime, *, by: str
) -> dict[MemberId, int]:
    """End every way in of these colleagues, who are inactive by now; how many leads go back of each.

    The leads are promised to routing in this transaction; the clocks find their rep gone and ask the
    next one, who also owes what was promised from the moment they take the lead.
    """
    left = {}
    for member_id in members:
        sessions.end_all(session, member_id, now)
        session.execute(
            delete(LinkRow).where(LinkRow.member_id == member_id, LinkRow.used_at.is_(None))
        )
        tokens.revoke_all_of(session, member_id, now, by=by)
        mine = select(HandoffRow).where(HandoffRow.rep_id == member_id, HandoffRow.state.in_(OPEN))
        refs = [str(ref_of(row)) for row in session.execute(mine).scalars()]
        outbox.post(session, Topic.HANDOFF, refs, now)
        left[member_id] = len(refs)
    return left
