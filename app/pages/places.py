"""Where a person stands in their flows, in words."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages.office import Place
from app.pages.views import Tone
from app.permissions import Act, may_at_all
from nurture.enrollment import EnrollmentState
from nurture.rows import EnrollmentRow
from prospects import groups
from prospects.ids import ProspectId
from prospects.rows import ProspectRow

PLACES = {
    EnrollmentState.ACTIVE: ("on the way", Tone.GOOD),
    EnrollmentState.PAUSED: ("paused", Tone.SOON),
    EnrollmentState.HELD: ("held for the rep", Tone.SOON),
    EnrollmentState.PARKED: ("parked", Tone.BAD),
    EnrollmentState.FINISHED: ("finished", Tone.PLAIN),
    EnrollmentState.EXITED: ("left", Tone.PLAIN),
}


def places(session: Session, row: ProspectRow, viewer: Viewer) -> list[Place]:
    """Their flows, the newest first; each leads to its drawing, for who may see flows."""
    rows = session.execute(
        select(EnrollmentRow)
        .where(EnrollmentRow.prospect_id.in_(groups.whole(session, ProspectId(row.id))))
        .order_by(EnrollmentRow.entered_at.desc(), EnrollmentRow.id.desc())
        .limit(20)
    ).scalars()
    may_look = may_at_all(viewer.roles, Act.SEE_FLOWS)
    return [_place(each, may_look=may_look) for each in rows]


def _place(each: EnrollmentRow, *, may_look: bool) -> Place:
    state, tone = PLACES[EnrollmentState(each.state)]
    running = each.left_at is None
    return Place(
        flow=each.flow,
        url=f"/flows/{each.flow}?person={each.prospect_id}" if may_look else None,
        state=state,
        step=each.step if running else "",
        until=each.due_at if running else None,
        tone=tone,
    )
