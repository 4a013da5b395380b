"""Whom a model in the shadow would move most, those across the warm line first."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages.model_views import Mover
from app.pages.papers import NOBODY
from prospects.rows import ProspectRow
from prospects.store import among
from scoring.learning import shadowing
from scoring.models import State
from scoring.rows import ModelRow

MOST = 10
NOTICEABLE = 1.0
"""Points; whom it moves less, and not over the line, is not worth a name."""


def read(session: Session, row: ModelRow) -> Sequence[Mover]:
    """The first ten, while it is tried."""
    if row.state != State.APPROVED:
        return ()
    found = [
        each
        for each in shadowing.furthest(session, row.id, MOST)
        if each.warm != each.was_warm or abs(each.points - each.was_points) >= NOTICEABLE
    ]
    query = select(ProspectRow.id, ProspectRow.name, ProspectRow.company).where(
        among(session, ProspectRow.id, [each.prospect_id for each in found])
    )
    named = {who: (name, company) for who, name, company in session.execute(query)}
    return [
        Mover(
            url=f"/people/{each.prospect_id}",
            name=named[each.prospect_id][0] or NOBODY,
            company=named[each.prospect_id][1] or "",
            before=f"{each.was_points:.0f}",
            after=f"{each.points:.0f}",
            crosses=_crosses(was=each.was_warm, warm=each.warm),
        )
        for each in found
        if each.prospect_id in named
    ]


def _crosses(*, was: bool, warm: bool) -> str:
    if was == warm:
        return ""
    return "would be warm" if warm else "warm no longer"
