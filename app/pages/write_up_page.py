"""Reads one write-up for the page on which it is taken and written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages.urgency import SOON_ANSWER, tone
from app.pages.write_up_lists import note, who
from app.pages.write_up_views import WriteUp
from app.permissions import Act, may
from prospects import team
from prospects.rows import ProspectRow
from routing.write_up_life import WAITING, WriteUpState
from routing.write_up_rows import WriteUpRow

ENGINE = "Warmline"


def read(session: Session, row: WriteUpRow, viewer: Viewer, now: datetime) -> WriteUp:
    """Everything the page shows."""
    names: Mapping[Any, str] = {member.id: member.name for member in team.members(session)}
    person = session.get_one(ProspectRow, row.prospect_id)
    state, mine = WriteUpState(row.state), row.member_id == viewer.id
    writes = may(viewer.roles, Act.WRITE_UP, own=True)
    steers = may(viewer.roles, Act.REASSIGN, own=False)
    until = row.due_at if state in WAITING else None
    return WriteUp(
        url=f"/desk/{row.prospect_id}/{row.id}",
        who=who(person),
        note=note(row, names),
        why=row.note,
        asked_by=names.get(row.asked_by, "somebody") if row.asked_by else ENGINE,
        asked_at=row.asked_at,
        until=until,
        until_tone=tone(until, now, SOON_ANSWER),
        lead_url=f"/handoffs/{row.prospect_id}/{row.handoff_id}" if row.handoff_id else None,
        may_take=state is WriteUpState.ASKED and writes,
        may_write=state is WriteUpState.TAKEN and mine and writes,
        may_put_back=state is WriteUpState.TAKEN and (mine or steers),
    )
