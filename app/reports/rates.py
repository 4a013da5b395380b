"""How often claims were too bold or too timid, by what was behind them: source, flow, signal, model, rep."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.reports.accuracy import NO_BUYER
from app.reports.cells import Cell
from app.reports.findings import findings, flow_of
from app.reports.journeys import Measure, came, journeys, reached
from prospects.kinds import Verdict
from prospects.wilson import Share

REP_SEES_FIRST = timedelta(days=14)
"""So long what a rep found is theirs alone to look at, by rep; then their manager sees it as well."""


class By(StrEnum):
    """What claims are told apart by."""

    STAGE = "stage"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    FLOW = "flow"
    SIGNAL = "signal"
    MODEL = "model"
    REP = "rep"


COLUMNS: Mapping[By, str] = {
    By.STAGE: "claimed",
    By.SOURCE: "source",
    By.CAMPAIGN: "campaign",
    By.FLOW: "requested_by",
    By.SIGNAL: "signal",
    By.MODEL: "model",
    By.REP: "rep",
}
KEPT_WITH_PEOPLE = frozenset({By.STAGE, By.SOURCE, By.CAMPAIGN})
"""What stands beside each person's latest finding: no finding has to be read for these."""
FILTERS: Mapping[By, str] = {**COLUMNS, By.FLOW: "flow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What reps found of claims that have `value` in common; empty where none was written down.

    `cell` holds what the numbers were narrowed to.
    """

    by: By
    value: str
    verdicts: Mapping[Verdict, int]
    within: Cell

    @property
    def checked(self) -> int:
        """How many people a rep has talked to."""
        return sum(self.verdicts.values())

    @property
    def held(self) -> Share:
        """The share of claims that were right."""
        return self._share(Verdict.CONFIRMED)

    @property
    def over(self) -> Share:
        """The share of people who were not as far as claimed, or no buyers at all."""
        return self._share(Verdict.EARLIER, *NO_BUYER)

    @property
    def under(self) -> Share:
        """The share of people who were further than claimed."""
        return self._share(Verdict.LATER)

    def cell(self, verdict: Verdict | None = None) -> Cell:
        """The people behind one number of this line."""
        return self.within.narrowed(FILTERS[self.by], self.value, verdict)

    def _share(self, *verdicts: Verdict) -> Share:
        return Share(sum(self.verdicts.get(each, 0) for each in verdicts), self.checked)


def rates(
    session: Session,
    by: By,
    now: datetime,
    *,
    source: str | None = None,
    since: str | None = None,
) -> list[Rate]:
    """A line for each value, the most checked first; `since` is a month of first touch."""
    until = shown_until(now) if by is By.REP else None
    touched = came(source=source, since=since)
    rows = journeys(*touched) if by in KEPT_WITH_PEOPLE else findings(*touched, until=until)
    key = (rows.c[COLUMNS[by]], rows.c.verdict)
    query = select(*key, func.count()).where(reached(rows, Measure.CHECKED)).group_by(*key)
    found: dict[str, dict[Verdict, int]] = defaultdict(lambda: defaultdict(int))
    for value, verdict, number in session.execute(query):
        name = flow_of(value) if by is By.FLOW else str(value)
        found[name][Verdict(verdict)] += number
    within = Cell(measure=Measure.CHECKED, source=source, since=since, until=until)
    lines = [
        Rate(by=by, value=value, verdicts=dict(verdicts), within=within)
        for value, verdicts in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.checked, line.value))


def shown_until(now: datetime) -> str:
    """The day from which on what reps found is not shown by rep."""
    return (now - REP_SEES_FIRST).strftime("%Y-%m-%d")


def allowed(cell: Cell, now: datetime) -> Cell:
    """The cell without what a rep has to see before others do."""
    if cell.rep is None:
        return cell
    latest = shown_until(now)
    return cell.before(min(cell.until or latest, latest))


def total(lines: Sequence[Rate]) -> Mapping[Verdict, int]:
    """What was found of all of them together."""
    found: dict[Verdict, int] = defaultdict(int)
    for line in lines:
        for verdict, number in line.verdicts.items():
            found[verdict] += number
    return dict(found)
