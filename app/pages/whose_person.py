"""Whether who is looking may do something to a person: everybody's, or their own."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.permissions import Act, may
from app.whose import reachable_by, theirs
from prospects.rows import ProspectRow


def may_see(session: Session, row: ProspectRow, viewer: Viewer, act: Act) -> bool:
    """Whether this viewer may do `act` to this person; contact data is theirs after accepting only."""
    if may(viewer.roles, act, own=False):
        return True
    whose = reachable_by if act is Act.SEE_CONTACT else theirs
    own = exists().where(ProspectRow.id == row.id, whose(viewer.id))
    return may(viewer.roles, act, own=bool(session.execute(select(own)).scalar_one()))
