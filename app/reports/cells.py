"""One number of a report: what it counts, of whom; and the people behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from app.reports.findings import asked_by, day, findings
from app.reports.journeys import Condition, Measure, came, journeys, leads, reached
from prospects.ids import parse_id
from prospects.rows import ProspectRow
from prospects.touch_rows import FirstTouchRow

_FOUND = ("stage_found", "claimed", "verdict")
_BEHIND = ("flow", "signal", "model", "rep", "until")
"""What only a finding has; with any of them it is findings that are counted."""
_FILTERS = ("source", "campaign", "month", *_FOUND, *_BEHIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A measure, and what the people must share; None: whatever it is. No campaign is the empty text.

    `since` is the first month of first touch that counts; `until` the first day whose findings do not.
    """

    measure: Measure = Measure.LEADS
    source: str | None = None
    campaign: str | None = None
    month: str | None = None
    stage_found: str | None = None
    claimed: str | None = None
    verdict: str | None = None
    since: str | None = None
    flow: str | None = None
    signal: str | None = None
    model: str | None = None
    rep: str | None = None
    until: str | None = None

    def narrowed(self, name: str, value: str, verdict: str | None) -> "Cell":
        """Those of them who share this as well."""
        shared: dict[str, Any] = {name: value, "verdict": verdict}
        return replace(self, **shared)

    def before(self, until: str) -> "Cell":
        """Those of whom it was found before that day."""
        return replace(self, until=until)

    @property
    def of_findings(self) -> bool:
        """Whether it asks for what only a finding has."""
        return any(getattr(self, name) is not None for name in _BEHIND)

    @property
    def query(self) -> str:
        """The cell as the query of an address."""
        said = {name: getattr(self, name) for name in _FILTERS}
        kept = {name: value for name, value in said.items() if value is not None}
        since = {"since": self.since} if self.since else {}
        return urlencode({"measure": self.measure.value, **kept, **since})

    @property
    def touched(self) -> list[Condition]:
        """Whom of all first touches it counts."""
        return came(source=self.source, campaign=self.campaign, month=self.month, since=self.since)

    @property
    def of_leads(self) -> bool:
        """Whether everybody counts, also who was never handed to sales."""
        return self.measure is Measure.LEADS and not (
            self.stage_found or self.claimed or self.verdict or self.of_findings
        )

    def condition(self, rows: Subquery) -> list[Condition]:
        """Whom of the journeys it counts."""
        names = (*_FOUND, "signal", "model") if self.of_findings else _FOUND
        asked = ((name, getattr(self, name)) for name in names)
        shared = [rows.c[name] == value for name, value in asked if value is not None]
        if self.rep is not None:
            shared.append(rows.c.rep == parse_id(self.rep))
        if self.flow is not None:
            shared.append(asked_by(rows, self.flow))
        return [reached(rows, self.measure), *shared]


def cell_of(asked: Mapping[str, str]) -> Cell | None:
    """The cell an address names; None if there is no such measure, day or colleague."""
    measure = asked.get("measure", Measure.LEADS)
    if measure not in set(Measure):
        return None
    shared = {name: asked.get(name) for name in (*_FILTERS, "since")}
    if not (_is_day(shared["until"]) and _is_id(shared["rep"])):
        return None
    return Cell(measure=Measure(measure), **shared)


def count(session: Session, cell: Cell) -> int:
    """How many people are behind a number."""
    counted = select(func.count()).select_from(_behind(cell).subquery())
    return session.execute(counted).scalar_one()


def people(
    session: Session, cell: Cell, *, before: UUID | None = None, limit: int = 50
) -> list[ProspectRow]:
    """The people behind a number, those who came last first, below `before`."""
    behind = _behind(cell).subquery()
    query = select(ProspectRow).join(behind, behind.c.prospect_id == ProspectRow.id)
    if before:
        query = query.where(behind.c.prospect_id < before, ProspectRow.id < before)
    ordered = query.order_by(behind.c.prospect_id.desc()).limit(limit)
    return list(session.execute(ordered).scalars())


def counted(
    session: Session, cell: Cell, *, before: UUID | None = None, limit: int = 50
) -> tuple[int, list[ProspectRow]]:
    """How many people are behind a number, and some of them as `people` has them."""
    if cell.of_leads:
        # Of everybody an index finds the last at once; the others are few, and their findings are read once.
        return count(session, cell), people(session, cell, before=before, limit=limit)
    behind = _behind(cell).cte("behind")
    number = select(func.count()).select_from(behind).scalar_subquery()
    some = select(behind.c.prospect_id, number.label("number"))
    if before:
        some = some.where(behind.c.prospect_id < before)
    last = some.order_by(behind.c.prospect_id.desc()).limit(limit).subquery("last")
    query = select(ProspectRow, last.c.number).join(last, last.c.prospect_id == ProspectRow.id)
    rows = session.execute(query.order_by(ProspectRow.id.desc())).all()
    return (rows[0][1], [row for row, _ in rows]) if rows else (count(session, cell), [])


def _behind(cell: Cell) -> Select[Any]:
    if cell.of_leads:
        return select(FirstTouchRow.prospect_id).where(*leads(*cell.touched))
    touched = cell.touched
    rows = findings(*touched, until=cell.until) if cell.of_findings else journeys(*touched)
    return select(rows.c.prospect_id).where(*cell.condition(rows))


def _is_day(written: str | None) -> bool:
    try:
        return written is None or bool(day(written))
    except ValueError:
        return False


def _is_id(written: str | None) -> bool:
    return written is None or parse_id(written) is not None
