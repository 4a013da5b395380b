"""A rep's day: what is lost first stands on top."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import calling, papers, transfer_lists
from app.pages.calling import SOON_CALL
from app.pages.urgency import SOON_ANSWER, SOON_OFFER, SOON_PROMISE, tone
from app.pages.views import Tile, Today, Tone
from app.permissions import Act
from prospects.ids import MemberId
from routing import call_backs
from routing.call_back_rows import CallBackRow
from routing.finding_rows import PromiseRow
from routing.lives import IN_HAND, HandoffState
from routing.rows import HandoffRow

blueprint = Blueprint("today", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

MOST = 100
_TAKE = "Take it or pass it on"
_CHECK = "Spot check: take it or pass it on"
ON_HAND = (HandoffState.HELD, HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.CHECKED)


Calls = Mapping[UUID, CallBackRow]


@blueprint.get("/today")
@may(Act.SEE_TODAY)
def page() -> ResponseReturnValue:
    """What waits for the viewer."""
    with reading(current_app.extensions["database"]) as session:
        today = look(session, current().id, g.now)
    return render_template("rep/today.html", today=replace(today, signs="/you/answers"))


def look(session: Session, member_id: MemberId, now: datetime) -> Today:
    """Everything in this rep's hands, in a few queries."""
    handoffs = list(
        session.execute(
            select(HandoffRow)
            .where(HandoffRow.rep_id == member_id, HandoffRow.state.in_(ON_HAND))
            .order_by(HandoffRow.expires_at, HandoffRow.confirm_by, HandoffRow.id)
            .limit(MOST)
        ).scalars()
    )
    calls = call_backs.standing(session, [row for row in handoffs if row.state in IN_HAND])
    ringing = [row for row in handoffs if row.id in calls and calls[row.id].at <= now + SOON_CALL]
    others = [row for row in handoffs if row not in ringing]
    return Today(
        calls=[_to_call(row, calls[row.id].at, now) for row in _by_call(ringing, calls)],
        offers=_offers(others, now),
        unconfirmed=_unconfirmed(others, calls, now),
        promises=_promises(session, member_id, now),
        working=_working(others, calls, now),
        asked=transfer_lists.to_answer(session, member_id, now),
    )


def _offers(handoffs: Iterable[HandoffRow], now: datetime) -> list[Tile]:
    waiting = [row for row in handoffs if row.state in (HandoffState.OFFERED, HandoffState.HELD)]
    waiting.sort(key=lambda row: (row.expires_at is None, row.expires_at))
    return [
        _tile(
            row,
            _TAKE if row.drawn is None else _CHECK,
            row.expires_at,
            tone(row.expires_at, now, SOON_OFFER),
        )
        for row in waiting
    ]


def _unconfirmed(handoffs: Iterable[HandoffRow], calls: Calls, now: datetime) -> list[Tile]:
    """Those to talk to now, then those who asked to be called later."""
    taken = [row for row in handoffs if row.state == HandoffState.ACCEPTED]
    free = [row for row in taken if row.id not in calls]
    free.sort(key=lambda row: (row.confirm_by is None, row.confirm_by))
    waiting = _by_call([row for row in taken if row.id in calls], calls)
    return [
        _tile(row, "Open the brief", row.confirm_by, tone(row.confirm_by, now, SOON_ANSWER))
        for row in free
    ] + [_to_call(row, calls[row.id].at, now) for row in waiting]


def _working(handoffs: Iterable[HandoffRow], calls: Calls, now: datetime) -> list[Tile]:
    return [
        _to_call(row, calls[row.id].at, now)
        if row.id in calls
        else _tile(row, "Open the brief", None, Tone.PLAIN)
        for row in handoffs
        if row.state == HandoffState.CHECKED
    ]


def _to_call(row: HandoffRow, at: datetime, now: datetime) -> Tile:
    words = "Call now" if at <= now else "Call then"
    return replace(_tile(row, words, at, calling.tone(at, now)), exact=True)


def _by_call(handoffs: Iterable[HandoffRow], calls: Calls) -> list[HandoffRow]:
    return sorted(handoffs, key=lambda row: (calls[row.id].at, row.id))


def _tile(row: HandoffRow, next: str, until: datetime | None, mood: Tone) -> Tile:
    return Tile(
        url=f"/handoffs/{row.prospect_id}/{row.id}",
        who=papers.who(row.prospect_id, row.brief),
        line=papers.line(row.brief),
        next=next,
        until=until,
        tone=mood,
        note_url=f"/handoffs/{row.prospect_id}/{row.id}/note" if row.state in IN_HAND else "",
    )


def _promises(session: Session, member_id: MemberId, now: datetime) -> list[Tile]:
    rows = session.execute(
        select(PromiseRow, HandoffRow.brief)
        .join(
            HandoffRow,
            (HandoffRow.prospect_id == PromiseRow.prospect_id)
            & (HandoffRow.id == PromiseRow.handoff_id),
        )
        .where(PromiseRow.rep_id == member_id, PromiseRow.kept_at.is_(None))
        .order_by(PromiseRow.due_at, PromiseRow.id)
        .limit(MOST)
    )
    return [
        Tile(
            url=f"/handoffs/{promise.prospect_id}/{promise.handoff_id}",
            who=papers.who(promise.prospect_id, brief),
            line=promise.what,
            next="Open the brief",
            until=promise.due_at,
            tone=tone(promise.due_at, now, SOON_PROMISE),
        )
        for promise, brief in rows
    ]
