"""Reads promises that are not kept yet, with what happened to each of them on the way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.pages import papers, turning, whereabouts
from app.pages.promise_views import PromiseLine, Promises
from app.pages.urgency import SOON_PROMISE, tone
from app.pages.views import Tone
from app.times import moment
from prospects import team
from prospects.bidi import isolated
from prospects.ids import MemberId
from prospects.member import Role
from routing.finding_rows import PromiseRow
from routing.promise_rows import PromiseChangeRow
from routing.promises import HELPERS, PromiseAct, PromiseRef
from routing.rows import HandoffRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose promises (None: anybody's) are wanted, and below which one of the page before."""

    whose: MemberId | None
    below: tuple[datetime, UUID] | None = None


def below(asked: Mapping[str, str]) -> tuple[datetime, UUID] | None:
    """Where a page goes on, as an address says it; None for the first page."""
    last = turning.start(asked)
    try:
        due = datetime.fromisoformat(asked.get("due", ""))
    except ValueError:
        return None
    return (due, last) if last and due.tzinfo else None


def read(
    session: Session, wanted: Wanted, viewer: MemberId, *, now: datetime, zone: tzinfo
) -> Promises:
    """One page of the promises that are not kept, by the day they are due."""
    query = _open().order_by(PromiseRow.due_at, PromiseRow.id).limit(turning.PAGE + 1)
    whose = wanted.whose
    if wanted.below:
        due, last = wanted.below
        same = and_(PromiseRow.due_at == due, PromiseRow.id > last)
        query = query.where(or_(PromiseRow.due_at > due, same))
    if whose is not None:
        query = query.where(PromiseRow.rep_id == whose)
    found, end = turning.one_page([(row[0], row[1]) for row in session.execute(query)])
    lines = _lines(session, found, viewer, now, zone)
    pressing = [line for line in lines if line.tone is Tone.BAD]
    return Promises(
        pressing=pressing,
        ahead=[line for line in lines if line.tone is not Tone.BAD],
        end=(end[0].due_at, end[0].id) if end else None,
    )


def one(
    session: Session, ref: PromiseRef, viewer: MemberId, *, now: datetime, zone: tzinfo
) -> PromiseLine | None:
    """One promise that is not kept yet."""
    query = _open().where(
        PromiseRow.prospect_id == ref.prospect_id, PromiseRow.id == ref.promise_id
    )
    found = [(row[0], row[1]) for row in session.execute(query)]
    lines = _lines(session, found, viewer, now, zone)
    return lines[0] if lines else None


def own_or_404(session: Session, ref: PromiseRef, member_id: MemberId) -> PromiseRow:
    """The promise if this colleague owes it, kept or not."""
    row = session.get(PromiseRow, (ref.prospect_id, ref.promise_id))
    if row is None or row.rep_id != member_id:
        abort(404)
    return row


def helpers(session: Session, now: datetime, zone: tzinfo) -> list[tuple[str, str]]:
    """Who can be given a promise: the desk first, those who are away with their return."""
    called = whereabouts.names(session, now, zone)
    able = [each for each in team.members(session) if each.active and each.roles & HELPERS]
    able.sort(key=lambda each: (Role.DESK not in each.roles, each.name))
    return [
        (str(each.id), called[each.id] + (", the desk" if Role.DESK in each.roles else ""))
        for each in able
    ]


def _open() -> Select[Any]:
    return (
        select(PromiseRow, HandoffRow.brief)
        .join(
            HandoffRow,
            (HandoffRow.prospect_id == PromiseRow.prospect_id)
            & (HandoffRow.id == PromiseRow.handoff_id),
        )
        # What is empty was promised to somebody who has been forgotten since.
        .where(PromiseRow.kept_at.is_(None), PromiseRow.what != "")
    )


def _lines(
    session: Session,
    found: Sequence[tuple[PromiseRow, papers.Paper]],
    viewer: MemberId,
    now: datetime,
    zone: tzinfo,
) -> list[PromiseLine]:
    called = whereabouts.names(session, now, zone)
    told = _told(session, [row for row, _ in found], called, now, zone)
    return [
        PromiseLine(
            id=f"{row.prospect_id}/{row.id}",
            who=papers.who(row.prospect_id, brief),
            lead_url=f"/handoffs/{row.prospect_id}/{row.handoff_id}",
            what=row.what,
            due_at=row.due_at,
            tone=Tone.BAD if row.trouble_at else tone(row.due_at, now, SOON_PROMISE),
            own=row.rep_id == viewer,
            by=called.get(MemberId(row.rep_id), "Somebody"),
            trouble=row.trouble if row.trouble_at else None,
            changes=told[row.id],
        )
        for row, brief in found
    ]


def _told(
    session: Session,
    rows: Sequence[PromiseRow],
    called: whereabouts.Names,
    now: datetime,
    zone: tzinfo,
) -> defaultdict[UUID, list[str]]:
    """What happened to each promise, in sentences, the first thing first."""
    changes = session.execute(
        select(PromiseChangeRow)
        .where(PromiseChangeRow.prospect_id.in_([row.prospect_id for row in rows]))
        .where(PromiseChangeRow.promise_id.in_([row.id for row in rows]))
        .order_by(PromiseChangeRow.id)
    ).scalars()
    told: defaultdict[UUID, list[str]] = defaultdict(list)
    for each in changes:
        was = moment(each.due_before, now, zone)
        who = called.get(each.rep_before, "Somebody")
        why = isolated(each.reason)
        match PromiseAct(each.act):
            case PromiseAct.MOVED:
                told[each.promise_id].append(f"{who} moved it from {was}: {why}")
            case PromiseAct.GIVEN:
                told[each.promise_id].append(f"Taken from {who}, due {was}: {why}")
            case PromiseAct.TROUBLE:
                pass
    return told
