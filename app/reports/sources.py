"""Which source and campaign brings people who buy: leads to deals, month by month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.reports.cells import Cell
from app.reports.costs import costs
from app.reports.journeys import (
    FURTHER,
    Condition,
    Measure,
    came,
    journeys,
    leads,
    money,
    reached,
)
from prospects.spans import days_between
from prospects.touch_rows import FirstTouchRow

Key = tuple[str, str, str]
"""Source, campaign and month."""
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
    def key(self) -> Key:
        return self.source, self.campaign, self.month

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
    session: Session,
    *,
    source: str | None = None,
    since: str | None = None,
    below: Key | None = None,
    most: int | None = None,
) -> list[Line]:
    """The report, the newest month first; `since` is the first month shown, as `2026-03`.

    With `most`, so many lines at most, those that come after the line `below`.
    """
    numbers = _leads(session, came(source=source, since=since), below, most)
    lines = _further(session, numbers, source)
    whole = most is None or len(numbers) < most
    paid = costs(session)
    nobody = [
        _nobody(key)
        for key in paid
        if key not in numbers
        and (not source or key[0] == source)
        and (not since or key[2] >= since)
        and (below is None or _is_below(key, below))
        and (whole or not _is_below(key, list(numbers)[-1]))
    ]
    return [replace(line, cost=paid.get(line.key)) for line in _sorted([*lines, *nobody])][:most]


def funnel(
    session: Session, *, source: str | None = None, since: str | None = None
) -> dict[Measure, int]:
    """How many came how far, over all that is asked for."""
    wanted = came(source=source, since=since)
    everybody = select(func.count()).select_from(FirstTouchRow).where(*leads(*wanted))
    rows = journeys(*wanted)
    further = session.execute(select(*_counts(rows))).mappings().one()
    return _counted(session.execute(everybody).scalar_one(), further)


def known_sources(session: Session) -> list[str]:
    """The sources people came by: from each to the next in an index, not by reading everybody."""
    least = select(func.min(FirstTouchRow.source).label("source")).cte("known", recursive=True)
    next_one = select(func.min(FirstTouchRow.source)).where(FirstTouchRow.source > least.c.source)
    known = least.union_all(select(next_one.scalar_subquery()).where(least.c.source.is_not(None)))
    return list(
        session.execute(select(known.c.source).where(known.c.source.is_not(None))).scalars()
    )


def _leads(
    session: Session, wanted: Sequence[Condition], below: Key | None, most: int | None
) -> dict[Key, int]:
    """How many people each line has. Counted in the order of an index, so a page ends where it ends."""
    row = FirstTouchRow
    query = select(row.source, row.campaign, row.month, func.count()).where(*leads(*wanted))
    if below:
        source, campaign, month = below
        later = or_(row.source > source, and_(row.source == source, row.campaign > campaign))
        query = query.where(row.month <= month, or_(row.month < month, later))
    query = query.group_by(row.month, row.source, row.campaign)
    query = query.order_by(row.month.desc(), row.source, row.campaign).limit(most)
    return {
        (found[0] or "", found[1], found[2] or ""): found[3] for found in session.execute(query)
    }


def _further(session: Session, numbers: Mapping[Key, int], source: str | None) -> list[Line]:
    """The lines with all that came after the first touch."""
    if not numbers:
        return []
    months = [month for _, _, month in numbers]
    wanted = [*came(source=source, since=min(months)), FirstTouchRow.month <= max(months)]
    rows = journeys(*wanted)
    key = (rows.c.source, rows.c.campaign, rows.c.month)
    far = {
        (each["source"], each["campaign"], each["month"]): dict(each)
        for each in session.execute(
            select(*key, *_counts(rows), *_days(rows)).group_by(*key)
        ).mappings()
    }
    found, amounts = _found(session, rows), _amounts(session, wanted)
    return [
        Line(
            source=each[0],
            campaign=each[1],
            month=each[2],
            counts=_counted(number, far.get(each, {})),
            found=dict(found.get(each, {})),
            amounts=dict(amounts.get(each, {})),
            days={name: _rounded(far.get(each, {}).get(name)) for name in PATHS},
        )
        for each, number in numbers.items()
    ]


def _counted(number: int, far: Mapping[Any, Any]) -> dict[Measure, int]:
    counts: dict[Measure, int] = {Measure.LEADS: number}
    counts.update((each, far.get(each.value, 0)) for each in FURTHER)
    return counts


def _counts(rows: Subquery) -> list[ColumnElement[int]]:
    return [
        func.count(case((reached(rows, measure), 1))).label(measure.value) for measure in FURTHER
    ]


def _days(rows: Subquery) -> list[ColumnElement[float]]:
    return [
        func.avg(days_between(rows.c[first], rows.c[last])).label(name)
        for name, (first, last) in PATHS.items()
    ]


def _found(session: Session, rows: Subquery) -> dict[Key, dict[str, int]]:
    key = (rows.c.source, rows.c.campaign, rows.c.month, rows.c.stage_found)
    met = (reached(rows, Measure.BUYERS), rows.c.stage_found.is_not(None))
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for source, campaign, month, stage, number in session.execute(
        select(*key, func.count()).where(*met).group_by(*key)
    ):
        found[source, campaign, month][stage] = number
    return found


def _amounts(session: Session, wanted: Sequence[Condition]) -> dict[Key, dict[str, Decimal]]:
    won = money(*wanted)
    key = (won.c.source, won.c.campaign, won.c.month, won.c.currency)
    found: dict[Key, dict[str, Decimal]] = defaultdict(dict)
    for source, campaign, month, currency, amount in session.execute(
        select(*key, func.sum(won.c.amount)).group_by(*key)
    ):
        found[source, campaign, month][currency] = Decimal(amount).quantize(Decimal("0.01"))
    return found


def _nobody(key: Key) -> Line:
    """What was paid for and brought nobody."""
    return Line(
        source=key[0],
        campaign=key[1],
        month=key[2],
        counts=dict.fromkeys(Measure, 0),
        days=dict.fromkeys(PATHS),
    )


def _is_below(key: Key, other: Key) -> bool:
    """Whether a line comes after another one: in an earlier month, or later in the same."""
    return key[2] < other[2] or (key[2] == other[2] and key[:2] > other[:2])


def _sorted(lines: Iterable[Line]) -> list[Line]:
    inside = sorted(lines, key=lambda line: (line.source, line.campaign))
    return sorted(inside, key=lambda line: line.month, reverse=True)


def _rounded(days: Any) -> float | None:
    return None if days is None else round(float(days), 1)
