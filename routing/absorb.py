"""Two people are found to be one: of two open leads the further one goes on; undoing brings back the other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.values import HandoffRef
from routing import notices
from routing.footprint import footprint, put_back
from routing.holding import close, give_way, hold
from routing.lives import MERGED, OPEN, HandoffState, NoticeKind
from routing.notices import Telling
from routing.refusals import AnotherOpenError, NotYoursError
from routing.rows import HandoffRow
from routing.undoing import set_clocks
from routing.verdicts import reopen

_NEXT = (
    *(HandoffState.CHECKED, HandoffState.ACCEPTED, HandoffState.OFFERED, HandoffState.HELD),
)  # fmt: skip
"""Open leads, the furthest first."""

Ended = Mapping[str, Any]


def open_leads(
    session: Session, people: Sequence[ProspectId]
) -> dict[ProspectId, tuple[HandoffRef, HandoffState]]:
    """The open lead of each of these people that has one."""
    rows = session.execute(
        select(HandoffRow.prospect_id, HandoffRow.id, HandoffRow.state)
        .where(HandoffRow.prospect_id.in_(people), HandoffRow.state.in_(OPEN))
        .where(HandoffRow.reason.is_distinct_from(MERGED))
        .order_by(HandoffRow.id)
    )
    return {
        ProspectId(row.prospect_id): (
            HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id)),
            HandoffState(row.state),
        )
        for row in rows
    }


def furthest(leads: Mapping[ProspectId, tuple[HandoffRef, HandoffState]]) -> ProspectId | None:
    """Whose open lead is the furthest, of equals the older one; None if nobody has any."""
    return min(
        leads, key=lambda who: (_NEXT.index(leads[who][1]), leads[who][0].handoff_id), default=None
    )


def absorb(
    session: Session, people: Sequence[ProspectId], kept: ProspectId, now: datetime
) -> dict[str, Any]:
    """End the open leads of these people but that of `kept`, who stands for them; returns them as they were.

    Nothing of a lead that is closed changes: what was found and promised stands.
    """
    doubled = [ref for who, (ref, _) in open_leads(session, people).items() if who != kept]
    return {"handoffs": [_end(session, ref, now) for ref in doubled]}


def release(session: Session, ended: Ended, now: datetime) -> list[str]:
    """The merge is undone: what it ended goes on. Returns the leads that cannot, as their companies
    have another open one by now.
    """
    return [was["id"] for was in ended.get("handoffs", ()) if not _bring_back(session, was, now)]


def _end(session: Session, ref: HandoffRef, now: datetime) -> dict[str, Any]:
    held = hold(session, ref)
    before = footprint(session, held)
    rep = held.handoff.rep_id
    held.handoff.reason = MERGED
    if rep is None:
        # Nobody has it, and no lead ends without a rep: it only stops to take up its company.
        give_way(session, held.handoff)
    else:
        close(session, held.handoff, HandoffState.RECYCLED, now)
        told = Telling(ref, NoticeKind.PASSED_ON, len(held.offers), MemberId(rep))
        notices.tell(session, [told], now)
    had = str(rep) if rep else None
    return {
        "prospect": str(ref.prospect_id),
        "id": str(ref.handoff_id),
        "rep": had,
        "before": before,
    }


def _bring_back(session: Session, was: Mapping[str, Any], now: datetime) -> bool:
    ref = HandoffRef(ProspectId(UUID(was["prospect"])), HandoffId(UUID(was["id"])))
    try:
        held = hold(session, ref)
    except NotYoursError:  # forgotten since
        return True
    if held.handoff.reason != MERGED:
        return True
    try:
        if held.state in OPEN:
            reopen(session, held)
        put_back(session, held, was["before"], now)
    except AnotherOpenError:
        return False
    set_clocks(session, ref, held, now)
    return True
