"""Reads lists of customers on their way to the account team: to take, to answer about, and those that are stuck."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import papers, turning, whereabouts
from app.pages.reach import veils
from app.pages.transfer_views import Customers, Untaken
from app.pages.urgency import SOON_ANSWER, tone
from app.pages.views import Tile
from app.permissions import Act, may
from prospects import team
from prospects.bidi import isolated
from prospects.ids import MemberId
from routing.rows import HandoffRow
from routing.transfer_life import WAITING, TransferState
from routing.transfer_rows import QuestionRow, TransferRow

MOST = 50
"""Of those who wait; as they are taken, the next come up."""
Names = Mapping[Any, str]


def customers(
    session: Session, viewer: Viewer, now: datetime, before: UUID | None = None
) -> Customers:
    """The viewer's customers, in two queries; everybody's for who may give them to others.

    Those they have are turned page by page; `before` is the last of the page before.
    """
    everybody = may(viewer.roles, Act.SEE_TRANSFERS, own=False)
    mine = [] if everybody else [TransferRow.member_id == viewer.id]
    names = whereabouts.called(session)
    waiting = select(TransferRow).where(TransferRow.state.in_(WAITING), *mine)
    found = session.execute(waiting.order_by(TransferRow.due_at, TransferRow.id).limit(MOST))
    rows = [] if before else found.scalars().all()
    taken = select(TransferRow).where(TransferRow.state == TransferState.ACCEPTED, *mine)
    if before:
        taken = taken.where(TransferRow.id < before)
    newest = session.execute(taken.order_by(TransferRow.id.desc()).limit(turning.PAGE + 1))
    latest, end = turning.one_page(list(newest.scalars()))
    last, hidden = _questions(session, rows), veils(session, (r.prospect_id for r in rows), viewer)

    def drawn(row: TransferRow) -> Tile:
        asked = hidden[row.prospect_id](last[row.id]) if row.id in last else None
        return _tile(row, asked, names, now, everybody=everybody)

    return Customers(
        proposed=[drawn(row) for row in rows if row.state == TransferState.PROPOSED],
        asked=[drawn(row) for row in rows if row.state == TransferState.ASKED],
        taken=[drawn(row) for row in latest],
        everybody=everybody,
        full=len(rows) == MOST,
        further=before is not None,
        next_url=turning.next_url("/transfers", {}, end.id) if end else None,
    )


def of_lead(session: Session, handoff: HandoffRow) -> tuple[str, str] | None:
    """Where a won customer is shown on their way to the account team, and how far they have come."""
    row = session.execute(
        select(TransferRow).where(
            TransferRow.prospect_id == handoff.prospect_id, TransferRow.handoff_id == handoff.id
        )
    ).scalar_one_or_none()
    if row is None or row.state == TransferState.DROPPED:
        return None
    member = team.member(session, MemberId(row.member_id)) if row.member_id else None
    name = isolated(member.name) if member else ""
    said = {
        TransferState.PROPOSED: f"{name} is asked to take them.",
        TransferState.ASKED: f"{name} has a question.",
        TransferState.ACCEPTED: f"{name} looks after them now.",
    }
    nobody = "There is nobody to take this customer yet; a manager looks for somebody."
    url = f"/transfers/{row.prospect_id}/{row.id}"
    return url, said[TransferState(row.state)] if name else nobody


def to_answer(session: Session, member_id: MemberId, now: datetime) -> list[Tile]:
    """What the account team asks this rep, for the rep's day."""
    found = session.execute(
        select(TransferRow)
        .where(TransferRow.rep_id == member_id, TransferRow.state == TransferState.ASKED)
        .order_by(TransferRow.due_at, TransferRow.id)
        .limit(MOST)
    )
    rows = found.scalars().all()
    last = _questions(session, rows)
    return [
        Tile(
            url=f"/transfers/{row.prospect_id}/{row.id}",
            who=papers.who(row.prospect_id, row.paper),
            line=last.get(row.id, ""),
            next="Answer",
            until=row.due_at,
            tone=tone(row.due_at, now, SOON_ANSWER),
        )
        for row in rows
    ]


def untaken(session: Session, names: Names, now: datetime, most: int) -> list[Untaken]:
    """Customers that wait for a manager's word: nobody is there to take them, or somebody is late."""
    gone = [member.id for member in team.members(session) if not member.active]
    asked = TransferRow.state == TransferState.ASKED
    rows = session.execute(
        select(TransferRow)
        .where(TransferRow.state.in_(WAITING))
        .where(
            or_(
                TransferRow.due_at <= now,
                TransferRow.member_id.is_(None),
                TransferRow.member_id.in_(gone),
                and_(asked, TransferRow.rep_id.in_(gone)),
            )
        )
        .order_by(TransferRow.due_at, TransferRow.id)
        .limit(most)
    )
    return [
        Untaken(
            url=f"/transfers/{row.prospect_id}/{row.id}",
            who=papers.who(row.prospect_id, row.paper),
            cause=_cause(row, names),
            until=row.due_at,
        )
        for row in rows.scalars()
    ]


def _cause(row: TransferRow, names: Names) -> str:
    if row.member_id is None:
        return "There is nobody to take this customer."
    manager = names.get(row.member_id, "Somebody")
    if row.state == TransferState.ASKED:
        rep = names.get(row.rep_id, "the rep")
        return f"{manager} asked, and {rep} has not answered yet."
    return f"{manager} has not taken this customer yet."


def _tile(
    row: TransferRow, question: str | None, names: Names, now: datetime, *, everybody: bool
) -> Tile:
    rep = names.get(row.rep_id, "a rep")
    manager = names.get(row.member_id, "Nobody")
    line = f"Won by {rep}."
    if row.state == TransferState.ASKED and question:
        line = f"Asked {rep}: {isolated(question)}"
    elif everybody:
        line = f"{line} {manager} is to take them."
    taken = row.state == TransferState.ACCEPTED
    return Tile(
        url=f"/transfers/{row.prospect_id}/{row.id}",
        who=papers.who(row.prospect_id, row.paper),
        line=f"With {manager}, won by {rep}." if taken else line,
        next="Open" if taken or everybody else "Take them, or ask",
        until=None if taken else row.due_at,
        tone=tone(None if taken else row.due_at, now, SOON_ANSWER),
    )


def _questions(session: Session, rows: Sequence[TransferRow]) -> Mapping[Any, str]:
    """The last question asked about each of these."""
    asked: Iterable[QuestionRow] = session.execute(
        select(QuestionRow)
        .where(QuestionRow.prospect_id.in_([row.prospect_id for row in rows]))
        .where(QuestionRow.transfer_id.in_([row.id for row in rows]))
        .order_by(QuestionRow.n)
    ).scalars()
    return {each.transfer_id: each.question for each in asked}
