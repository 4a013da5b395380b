"""Carries out what every person's flows decided, set-based for a whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from nurture import flows, noting, sends
from nurture.advance import Mail, Place
from nurture.enrollment import OVER, Enrollment, EnrollmentState
from nurture.journey import Journey, Stretch, travel
from nurture.rows import EnrollmentRow, VisitRow
from nurture.sending import Planned
from prospects import deals, groups, timeline
from prospects.ids import EnrollmentId, ProspectId, new_id
from prospects.kinds import FlowBody, Kind, plain
from prospects.store import insert_new, table_of
from prospects.timeline import Fact
from prospects.values import Plan, Snapshot

SOURCE = "nurture"


def proceed(session: Session, seen: Sequence[Snapshot], now: datetime) -> dict[ProspectId, Plan]:
    """Let people into flows and move them on; returns what the other rooms need to know of each.

    The people must be locked. Mails are planned as sends with a promise to hand them over; whatever
    is decided twice for one (enrollment, step, visit) is done once.
    """
    current = flows.current(session, now)
    theirs = enrollments_of(session, [each.prospect_id for each in seen])
    pinned = {(e.flow, e.version) for each in theirs.values() for e in each if e.state not in OVER}
    versions = flows.versions(session, pinned)
    versions |= {(slug, each.version): each for slug, each in current.items()}
    selling = deals.in_open_deal(
        session, {each.prospect_id: each.company.id if each.company else None for each in seen}
    )
    journeys = [
        travel(
            each,
            theirs[each.prospect_id],
            # Whom sales are selling to already enters nothing; what they are in goes on.
            () if each.prospect_id in selling else current.values(),
            versions=versions,
            new_id=lambda: EnrollmentId(new_id(now)),
            now=now,
        )
        for each in seen
    ]
    carry_out(session, journeys, theirs, now)
    return {each.seen.prospect_id: each.plan for each in journeys}


def enrollment_of(row: Any) -> Enrollment:
    """The value of an enrollment's row."""
    return Enrollment(
        id=EnrollmentId(row.id),
        whose=ProspectId(row.prospect_id),
        flow=row.flow,
        version=row.version,
        state=EnrollmentState(row.state),
        reason=row.reason,
        entry=row.entry,
        entered_at=row.entered_at,
        left_at=row.left_at,
        place=Place(
            step=row.step,
            visit=row.visit,
            since=row.since,
            visits=row.visits,
            known=tuple(row.known),
            asked=row.asked,
        ),
        due_at=row.due_at,
    )


def enrollments_of(
    session: Session, ids: Sequence[ProspectId]
) -> defaultdict[ProspectId, list[Enrollment]]:
    """Every enrollment of these people, and of whom they absorbed."""
    found: defaultdict[ProspectId, list[Enrollment]] = defaultdict(list)
    stands_for = groups.members(session, ids)
    table = table_of(EnrollmentRow)
    rows = session.execute(
        select(table)
        .where(table.c.prospect_id.in_(list(stands_for)))
        .order_by(table.c.prospect_id, table.c.id)
    )
    for row in rows:
        found[ProspectId(stands_for[row.prospect_id])].append(enrollment_of(row))
    return found


def carry_out(
    session: Session,
    journeys: Sequence[Journey],
    before: Mapping[ProspectId, Sequence[Enrollment]],
    now: datetime,
) -> None:
    """Write down what these journeys did; `before` holds the enrollments as they were read."""
    known = {(who, e.id): e for who, theirs in before.items() for e in theirs}
    taken = [
        (journey.seen.prospect_id, stretch)
        for journey in journeys
        for stretch in journey.stretches
        if known.get((journey.seen.prospect_id, stretch.enrollment.id)) != stretch.enrollment
    ]
    entered = [_row(each.enrollment) for _, each in taken if each.entered]
    if entered:
        session.execute(insert(table_of(EnrollmentRow)), entered)
    _change(session, [_row(each.enrollment) for _, each in taken if not each.entered])
    insert_new(
        session,
        VisitRow,
        _visits([each for _, each in taken]),
        on=["prospect_id", "enrollment_id", "step", "visit"],
    )
    sends.plan(
        session,
        [
            Planned(each.enrollment.whose, each.enrollment, effect)
            for _, each in taken
            for effect in each.effects
            if isinstance(effect, Mail)
        ],
        now,
    )
    noting.write(session, journeys, now)
    # What else a reaction writes down itself rings no bell (invariant 2).
    timeline.record(session, [f for _, each in taken for f in _facts(each, now)], now, ring=False)


def _change(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    table = table_of(EnrollmentRow)
    keys = ("prospect_id", "id")
    names = [name for name in rows[0] if name not in keys]
    session.execute(
        update(table)
        .where(table.c.prospect_id == bindparam("its_person"), table.c.id == bindparam("its_id"))
        .values({name: bindparam(f"new_{name}") for name in names}),
        [
            {f"new_{name}": row[name] for name in names}
            | {"its_person": row["prospect_id"], "its_id": row["id"]}
            for row in rows
        ],
    )


def _row(enrollment: Enrollment) -> dict[str, Any]:
    place = enrollment.place
    return {
        "prospect_id": enrollment.whose,
        "id": enrollment.id,
        "flow": enrollment.flow,
        "version": enrollment.version,
        "state": enrollment.state,
        "reason": enrollment.reason,
        "entry": enrollment.entry,
        "entered_at": enrollment.entered_at,
        "left_at": enrollment.left_at,
        "step": place.step,
        "visit": place.visit,
        "visits": dict(place.visits),
        "since": place.since,
        "known": list(place.known),
        "asked": place.asked,
        "due_at": enrollment.due_at,
    }


def _visits(taken: Sequence[Stretch]) -> list[dict[str, Any]]:
    return [
        {
            "prospect_id": each.enrollment.whose,
            "enrollment_id": each.enrollment.id,
            "step": place.step,
            "visit": place.visit,
            "reached_at": place.since,
        }
        for each in taken
        for place in each.reached
    ]


def _facts(stretch: Stretch, now: datetime) -> list[Fact]:
    enrollment = stretch.enrollment
    facts = []
    if stretch.entered:
        facts.append(_fact(enrollment, Kind.ENTERED_FLOW, now, reason=None))
    if enrollment.state in OVER:
        facts.append(_fact(enrollment, Kind.LEFT_FLOW, now, reason=enrollment.reason))
    return facts


def _fact(enrollment: Enrollment, kind: Kind, now: datetime, *, reason: str | None) -> Fact:
    body = FlowBody(
        flow=enrollment.flow,
        version=enrollment.version,
        enrollment=str(enrollment.id),
        reason=reason,
    )
    return Fact(
        prospect_id=enrollment.whose,
        kind=kind,
        happened_at=now,
        source=SOURCE,
        key=f"{kind}:{enrollment.id}",
        body=plain(body),
    )
