"""One number of a report: what it counts, of whom; and the people behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from app.reports.journeys import Measure, journeys, reached
from prospects.rows import ProspectRow

_FILTERS = ("source", "campaign", "month", "stage_found", "claimed", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A measure, and what the people must share; None: whatever it is. No campaign is the empty text.

    `since` is the first month of first touch that counts.
    """

    measure: Measure = Measure.LEADS
    source: str | None = None
    campaign: str | None = None
    month: str | None = None
    stage_found: str | None = None
    claimed: str | None = None
    verdict: str | None = None
    since: str | None = None

    @property
    def query(self) -> str:
        """The cell as the query of an address."""
        said = {name: getattr(self, name) for name in _FILTERS}
        kept = {name: value for name, value in said.items() if value is not None}
        since = {"since": self.since} if self.since else {}
        return urlencode({"measure": self.measure.value, **kept, **since})

    def condition(self, rows: Subquery) -> list[ColumnElement[bool]]:
        """Whom of the journeys it counts."""
        asked = ((name, getattr(self, name)) for name in _FILTERS)
        shared = [rows.c[name] == value for name, value in asked if value is not None]
        since = [rows.c.month >= self.since] if self.since else []
        return [reached(rows, self.measure), *shared, *since]


def cell_of(asked: Mapping[str, str]) -> Cell | None:
    """The cell an address names; None if there is no such measure."""
    measure = asked.get("measure", Measure.LEADS)
    if measure not in set(Measure):
        return None
    shared = {name: asked.get(name) for name in (*_FILTERS, "since")}
    return Cell(measure=Measure(measure), **shared)


def count(session: Session, cell: Cell) -> int:
    """How many people are behind a number."""
    rows = journeys()
    query = select(func.count()).select_from(rows).where(*cell.condition(rows))
    return session.execute(query).scalar_one()


def people(
    session: Session, cell: Cell, *, before: UUID | None = None, limit: int = 50
) -> list[ProspectRow]:
    """The people behind a number, those who came last first, below `before`."""
    rows = journeys()
    query = (
        select(ProspectRow)
        .join(rows, rows.c.prospect_id == ProspectRow.id)
        .where(*cell.condition(rows))
        .order_by(ProspectRow.id.desc())
        .limit(limit)
    )
    if before:
        query = query.where(ProspectRow.id < before)
    return list(session.execute(query).scalars())
