"""Reads what is stuck: offers nobody took, clocks that run out, promises overdue, people who stay in flows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.pages import papers, stuck_promises, transfer_lists, whereabouts, write_up_lists
from app.pages.steering_views import ParkedLine, Stuck, StuckGroup, StuckLine, Undo
from app.pages.views import Tone, Who
from app.pages.words import sentence, several
from app.times import moment, zone_of
from nurture.enrollment import EnrollmentState
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects import team
from prospects.ids import MemberId
from prospects.rows import ProspectRow
from routing.interventions import Intervention
from routing.lives import HandoffState
from routing.rows import HandoffRow
from routing.undoing import UNDO_WITHIN, undoable

MOST = 20
"""Of each kind; when the first are solved, the next come up."""
HORIZON = timedelta(days=1)
LAST_PART = 4
"""An offer is about to lapse when less than a quarter of its time is left."""

ACTS = {
    Intervention.GIVE: "Give to somebody",
    Intervention.TAKE_OVER: "Take over",
    Intervention.EXTEND: "Give more time",
    Intervention.WITHDRAW: "Withdraw",
    Intervention.DESK: "Give to the desk",
}
DONE = {
    Intervention.GIVE: "given to somebody else",
    Intervention.TAKE_OVER: "taken over",
    Intervention.EXTEND: "given more time",
    Intervention.WITHDRAW: "withdrawn",
    Intervention.DESK: "given to the desk",
}
NOBODY = "nobody"
Names = Mapping[Any, str]


def read(session: Session, member_id: MemberId, now: datetime) -> Stuck:
    """Everything that is stuck, the oldest first in each group; each kind in one query."""
    zone = next((zone_of(m.zone) for m in team.members(session) if m.id == member_id), UTC)
    names = whereabouts.names(session, now, zone)
    groups = [
        StuckGroup(
            id="promises",
            title="Promises overdue, or in trouble",
            lines=_promises(session, names, now),
        ),
        StuckGroup(id="held", title="Nobody took it", lines=_held(session, names)),
        StuckGroup(id="fallback", title="Nobody was free", lines=_fallback(session, names, now)),
        StuckGroup(id="lapsing", title="About to lapse", lines=_lapsing(session, names, now)),
        StuckGroup(
            id="unconfirmed",
            title="Taken, and not a word since",
            lines=_unconfirmed(session, names, now, lambda at: moment(at, now, zone)),
        ),
    ]
    return Stuck(
        groups=[replace(group, full=len(group.lines) >= MOST) for group in groups if group.lines],
        desk=write_up_lists.late(session, names, now, MOST),
        customers=transfer_lists.untaken(session, names, now, MOST),
        most=MOST,
        parked=_parked(session),
        held=_held_in_flows(session),
        acts=[(act.value, words) for act, words in ACTS.items()],
        undo=_undo(session, member_id, now),
    )


def _leads(
    session: Session, state: HandoffState, *where: ColumnElement[bool]
) -> Sequence[HandoffRow]:
    query = select(HandoffRow).where(HandoffRow.state == state, *where)
    query = query.order_by(HandoffRow.expires_at, HandoffRow.id).limit(MOST)
    return session.execute(query).scalars().all()


def _line(row: HandoffRow, cause: str, act: Intervention, **more: Any) -> StuckLine:
    return StuckLine(
        ref=f"{row.prospect_id}/{row.id}",
        who=papers.who(row.prospect_id, row.brief),
        cause=cause,
        act=act.value,
        act_words=ACTS[act],
        **more,
    )


def _held(session: Session, names: Names) -> list[StuckLine]:
    lines = []
    rows = _leads(session, HandoffState.HELD)
    asked = whereabouts.asked(session, rows)
    for row in rows:
        why = sentence(row.reason or "nobody is there to ask")
        rep = names.get(row.rep_id)
        stays = f" {rep} answers for it." if rep else " Nobody answers for it."
        by_whom = f" {asked[row.id]}." if row.id in asked else ""
        cause = f"{why}{by_whom}{stays}"
        lines.append(_line(row, cause, Intervention.GIVE, tone=Tone.BAD))
    return lines


def _fallback(session: Session, names: Names, now: datetime) -> list[StuckLine]:
    rows = _leads(session, HandoffState.OFFERED, HandoffRow.fallback.is_(True))
    return [
        _line(
            row,
            f"Nobody was free for it, so {names.get(row.rep_id, NOBODY)} was asked at last.",
            Intervention.GIVE,
            until=row.expires_at,
            tone=Tone.SOON,
        )
        for row in rows
    ]


def _lapsing(session: Session, names: Names, now: datetime) -> list[StuckLine]:
    soon = HandoffRow.expires_at <= now + HORIZON
    rows = _leads(session, HandoffState.OFFERED, HandoffRow.fallback.is_(False), soon)
    return [
        _line(
            row,
            f"{names.get(row.rep_id, NOBODY)} has not answered yet.",
            Intervention.EXTEND,
            until=row.expires_at,
            tone=Tone.SOON,
        )
        for row in rows
        if _nearly_over(row, now)
    ]


def _nearly_over(row: HandoffRow, now: datetime) -> bool:
    if row.expires_at is None or row.offered_at is None:
        return False
    return (row.expires_at - now) * LAST_PART <= row.expires_at - row.offered_at


def _unconfirmed(session: Session, names: Names, now: datetime, said: Any) -> list[StuckLine]:
    rows = _leads(session, HandoffState.ACCEPTED, HandoffRow.confirm_by <= now)
    lines = [
        _line(
            row,
            f"{names.get(row.rep_id, NOBODY)} took it {said(row.accepted_at or row.opened_at)}"
            " and has not said what they found.",
            Intervention.GIVE,
            until=row.confirm_by,
            tone=Tone.BAD,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (line.until or now, line.ref))


def _promises(session: Session, names: Names, now: datetime) -> list[StuckLine]:
    return [
        _line(
            each.handoff,
            each.cause,
            each.act,
            until=each.promise.due_at,
            tone=Tone.BAD if each.promise.due_at < now else Tone.SOON,
            **_answers(each),
        )
        for each in stuck_promises.owed(session, names, now, MOST)
    ]


def _answers(owed: stuck_promises.Owed) -> dict[str, tuple[str, str]]:
    """The desk helps first; what it has had already is given to somebody."""
    give = ("Give the promise to…", f"/promises/{owed.promise.prospect_id}/{owed.promise.id}/give")
    return {"also" if owed.act is Intervention.DESK else "answer": give}


def _in_flows(state: EnrollmentState) -> tuple[ColumnElement[bool], ...]:
    """By the flows there are, so that the index of flow and state is used."""
    flows = select(FlowVersionRow.flow).distinct()
    return (EnrollmentRow.flow.in_(flows), EnrollmentRow.state == state)


def _parked(session: Session) -> list[ParkedLine]:
    rows = session.execute(
        select(EnrollmentRow, ProspectRow)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(*_in_flows(EnrollmentState.PARKED))
        .order_by(EnrollmentRow.id)
        .limit(MOST)
    )
    return [
        ParkedLine(
            url=f"/people/{person.id}",
            who=Who(
                id=str(person.id),
                name=person.name or papers.NOBODY,
                title=person.title,
                company=person.company,
            ),
            flow=place.flow,
            step=place.step,
            cause=(place.reason or "no reason was written down").replace("_", " "),
        )
        for place, person in rows
    ]


def _held_in_flows(session: Session) -> int:
    counted = select(func.count()).select_from(EnrollmentRow)
    return session.execute(counted.where(*_in_flows(EnrollmentState.HELD))).scalar_one()


def _undo(session: Session, member_id: MemberId, now: datetime) -> Undo | None:
    rows = undoable(session, member_id, now)
    if not rows:
        return None
    leads = several(len(rows), "lead was", "leads were")
    return Undo(
        batch=str(rows[0].batch),
        sentence=f"{leads} {DONE[Intervention(rows[0].act)]}.",
        until=rows[0].at + UNDO_WITHIN,
    )
