"""Who is away and until when, and what became of a lead with each of those who were asked, in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages.words import DECLINES
from app.times import away_until
from prospects import team
from prospects.bidi import isolated
from prospects.ids import MemberId
from prospects.member import Member
from routing.availability import absent_until, back_at
from routing.current import current
from routing.lives import AWAY, OfferState
from routing.rows import HandoffRow, OfferRow

Names = Mapping[Any, str]


def absences(session: Session, now: datetime, zone: tzinfo) -> dict[MemberId, str]:
    """`away until Monday 9 March` for each colleague who is away now, as the viewer's zone says it."""
    places = current(session).holidays
    told = {each.id: _told(each, places, now, zone) for each in team.members(session)}
    return {member_id: words for member_id, words in told.items() if words}


def names(session: Session, now: datetime, zone: tzinfo) -> dict[MemberId, str]:
    """What everybody is called, with their absence if they are away."""
    away = absences(session, now, zone)
    return {
        member_id: f"{name} ({away[member_id]})" if member_id in away else name
        for member_id, name in called(session).items()
    }


def called(session: Session) -> dict[MemberId, str]:
    """What everybody is called within a sentence of ours."""
    return {each.id: isolated(each.name) for each in team.members(session)}


def asked(session: Session, rows: Sequence[HandoffRow]) -> dict[UUID, str]:
    """Of each handoff: `Ann let it run out, Bob passed it on (no time now)`; empty if nobody was asked."""
    by_name: Names = called(session)
    offers = session.execute(
        select(OfferRow)
        .where(OfferRow.prospect_id.in_([row.prospect_id for row in rows]))
        .where(OfferRow.handoff_id.in_([row.id for row in rows]))
        .order_by(OfferRow.handoff_id, OfferRow.n)
    ).scalars()
    became: defaultdict[UUID, list[str]] = defaultdict(list)
    for offer in offers:
        became[offer.handoff_id].append(f"{by_name.get(offer.rep_id, 'Somebody')} {_did(offer)}")
    return {handoff: ", ".join(all_) for handoff, all_ in became.items()}


def _did(offer: OfferRow) -> str:
    match OfferState(offer.state):
        case OfferState.EXPIRED:
            return "was away" if offer.reason == AWAY else "let it run out"
        case OfferState.DECLINED:
            why = dict(DECLINES).get(offer.reason or "")
            return f"passed it on ({why.lower()})" if why else "passed it on"
        case OfferState.SNOOZED:
            return "put it off"
        case OfferState.WITHDRAWN:
            return "had it taken back"
        case OfferState.ACCEPTED:
            return "took it"
        case OfferState.OPEN:
            return "is being asked"
        case state:
            assert_never(state)


def _told(member: Member, places: Sequence[str], now: datetime, zone: tzinfo) -> str | None:
    last = absent_until(member, now, places)
    if last is None:
        return None
    back = back_at(member, now, places)
    return away_until(back, now, zone) if back else "away"
