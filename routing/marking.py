"""Writes where our side stands with people onto their rows."""

from collections.abc import Mapping

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.store import table_of
from prospects.values import Lifecycle


def mark(session: Session, places: Mapping[ProspectId, Lifecycle]) -> None:
    """Set the lifecycle of each person, in one statement."""
    if not places:
        return
    table = table_of(ProspectRow)
    session.execute(
        update(table).where(table.c.id == bindparam("who")).values(lifecycle=bindparam("place")),
        [{"who": who, "place": place} for who, place in sorted(places.items())],
    )
