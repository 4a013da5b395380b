"""Which source and campaign brings people who buy: leads to deals, month by month."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from app.reports.cells import Cell
from app.reports.costs import costs
from app.reports.journeys import Measure, journeys, money, reached
from app.reports.spans import days_between

Key = tuple[str, str, str]
PATHS = {
    "to_offer": ("first_at", "offered_at"),
    "to_take": ("offered_at", "taken_at"),
    "to_finding": ("taken_at", "found_at"),
    "to_win": ("first_at", "won_at"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """People of one source, campaign and month of first touch, and how far they came.

    `found` counts confirmed buyers by the stage the rep found; `amounts` are won deals by currency;
    `days` are means, None where nobody came that far; `cost` is an amount and its currency.
    """

    source: str
    campaign: str
    month: str
    counts: Mapping[Measure, int]
    found: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    days: Mapping[str, float | None] = field(default_factory=dict)
    cost: tuple[Decimal, str] | None = None

    @property
    def cost_per_buyer(self) -> Decimal | None:
        """What one confirmed buyer cost, in the cost's currency; None without a cost or a buyer."""
        buyers = self.counts[Measure.BUYERS]
        return (self.cost[0] / buyers).quantize(Decimal("0.01")) if self.cost and buyers else None

    def cell(self, measure: Measure, stage_found: str | None = None) -> Cell:
        """The number of this line that counts `measure`."""
        return Cell(
            measure=measure,
            source=self.source,
            campaign=self.campaign,
            month=self.month,
            stage_found=stage_found,
        )


def by_source(
    session: Session, *, source: str | None = None, since: str | None = None
) -> list[Line]:
    """The report, the newest month first; `since` is the first month shown, as `2026-03`."""
    rows = journeys()
    wanted = _wanted(rows, source, since)
    key = (rows.c.source, rows.c.campaign, rows.c.month)
    found = _found(session, rows, wanted)
    amounts = _amounts(session, wanted=(source, since))
    lines = session.execute(
        select(*key, *_counts(rows), *_days(rows))
        .where(*wanted)
        .group_by(*key)
        .order_by(rows.c.month.desc(), rows.c.source, rows.c.campaign)
    ).mappings()
    drawn = [_line(dict(row), found, amounts) for row in lines]
    return _with_costs(drawn, costs(session), source=source, since=since)


def funnel(
    session: Session, *, source: str | None = None, since: str | None = None
) -> dict[Measure, int]:
    """How many came how far, over all that is asked for."""
    rows = journeys()
    query = select(*_counts(rows)).where(*_wanted(rows, source, since))
    found = session.execute(query).mappings().one()
    return {measure: found[measure.value] for measure in Measure}


def known_sources(session: Session) -> list[str]:
    """The sources people came by."""
    rows = journeys()
    return list(session.execute(select(rows.c.source).distinct().order_by(rows.c.source)).scalars())


def _wanted(rows: Subquery, source: str | None, since: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if source:
        wanted.append(rows.c.source == source)
    if since:
        wanted.append(rows.c.month >= since)
    return wanted


def _counts(rows: Subquery) -> list[ColumnElement[int]]:
    return [
        func.count(case((reached(rows, measure), 1))).label(measure.value) for measure in Measure
    ]


def _days(rows: Subquery) -> list[ColumnElement[float]]:
    return [
        func.avg(days_between(rows.c[first], rows.c[last])).label(name)
        for name, (first, last) in PATHS.items()
    ]


def _found(
    session: Session, rows: Subquery, wanted: Sequence[ColumnElement[bool]]
) -> dict[Key, dict[str, int]]:
    key = (rows.c.source, rows.c.campaign, rows.c.month, rows.c.stage_found)
    met = (*wanted, reached(rows, Measure.BUYERS), rows.c.stage_found.is_not(None))
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for source, campaign, month, stage, number in session.execute(
        select(*key, func.count()).where(*met).group_by(*key)
    ):
        found[source, campaign, month][stage] = number
    return found


def _amounts(
    session: Session, *, wanted: tuple[str | None, str | None]
) -> dict[Key, dict[str, Decimal]]:
    rows, won = journeys(), money()
    key = (rows.c.source, rows.c.campaign, rows.c.month, won.c.currency)
    found: dict[Key, dict[str, Decimal]] = defaultdict(dict)
    for source, campaign, month, currency, amount in session.execute(
        select(*key, func.sum(won.c.amount))
        .join(won, won.c.whose == rows.c.prospect_id)
        .where(*_wanted(rows, *wanted))
        .group_by(*key)
    ):
        found[source, campaign, month][currency] = Decimal(amount).quantize(Decimal("0.01"))
    return found


def _line(
    row: Mapping[str, Any],
    found: Mapping[Key, Mapping[str, int]],
    amounts: Mapping[Key, Mapping[str, Decimal]],
) -> Line:
    key = (row["source"], row["campaign"], row["month"])
    return Line(
        source=key[0],
        campaign=key[1],
        month=key[2],
        counts={measure: row[measure.value] for measure in Measure},
        found=dict(found.get(key, {})),
        amounts=dict(amounts.get(key, {})),
        days={name: _rounded(row[name]) for name in PATHS},
    )


def _with_costs(
    lines: Sequence[Line],
    paid: Mapping[Key, tuple[Decimal, str]],
    *,
    source: str | None,
    since: str | None,
) -> list[Line]:
    """The lines with what they cost; what was paid for and brought nobody is a line too."""
    known = {(line.source, line.campaign, line.month) for line in lines}
    nobody = [
        Line(
            source=key[0],
            campaign=key[1],
            month=key[2],
            counts=dict.fromkeys(Measure, 0),
            days=dict.fromkeys(PATHS),
        )
        for key in paid
        if key not in known and (not source or key[0] == source) and (not since or key[2] >= since)
    ]
    every = sorted((*lines, *nobody), key=lambda line: (line.source, line.campaign))
    return [
        replace(line, cost=paid.get((line.source, line.campaign, line.month)))
        for line in sorted(every, key=lambda line: line.month, reverse=True)
    ]


def _rounded(days: Any) -> float | None:
    return None if days is None else round(float(days), 1)
