"""`reports`: which source and campaign brings buyers, and how often marketing's claim was right."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from flask import g, request
from flask.typing import ResponseReturnValue

from app.api import paging
from app.api.base import database, require, resource
from app.api.described import answers, lists
from app.api.paging import Asked
from app.api.problems import invalid
from app.api.shapes.common import Listed
from app.api.shapes.reports import Behind, ClaimLine, Funnel, RateLine, SourceLine
from app.door import reading
from app.permissions import Act
from app.reports import accuracy, cells, rates, sources
from app.reports.accuracy import Accuracy
from app.reports.journeys import Measure
from app.reports.rates import By, Rate
from app.reports.sources import Key, Line
from prospects.ids import parse_id
from prospects.kinds import Verdict
from prospects.wilson import Share

blueprint = resource("reports")

T = TypeVar("T")
FILTERS = ("source", "since")
SHARED = (
    *(*FILTERS, "measure", "campaign", "month", "stage_found", "claimed", "verdict"),
    *("flow", "signal", "model", "rep", "until"),
)
FOUND = tuple(each for each in Verdict if each is not Verdict.NOT_REACHED)


@blueprint.get("/reports/sources")
@lists(Listed[SourceLine], query=FILTERS)
def by_source() -> ResponseReturnValue:
    """People by source, campaign and month of first touch, the newest month first."""
    require(Act.SEE_REPORTS)
    asked = paging.asked(FILTERS)
    below = _key(asked)
    with reading(database()) as session:
        lines = sources.by_source(
            session,
            source=_said("source"),
            since=_said("since"),
            below=below,
            most=asked.limit + 1,
        )
    return paging.page(
        lines, asked, key=lambda line: line.key, draw=lambda some: [_line(each) for each in some]
    )


@blueprint.get("/reports/funnel")
@answers(Funnel, query=FILTERS)
def funnel() -> ResponseReturnValue:
    """How many people came how far, over all that is asked for."""
    require(Act.SEE_REPORTS)
    paging.asked(FILTERS)
    with reading(database()) as session:
        counts = sources.funnel(session, source=_said("source"), since=_said("since"))
    return {measure.value: counts[measure] for measure in Measure}


@blueprint.get("/reports/claims")
@lists(Listed[ClaimLine], query=FILTERS)
def claims() -> ResponseReturnValue:
    """Marketing's claims beside what reps found, by source and claimed stage."""
    require(Act.SEE_REPORTS)
    asked = paging.asked(FILTERS)
    with reading(database()) as session:
        lines = accuracy.of_claims(session, source=_said("source"), since=_said("since"))
    return _page(lines, asked, _claim)


@blueprint.get("/reports/accuracy")
@lists(Listed[RateLine], query=[*FILTERS, "by"])
def accurate() -> ResponseReturnValue:
    """How often claims held, by `?by=stage` (or source, campaign, flow, signal, model, rep), with intervals."""
    require(Act.SEE_REPORTS)
    asked = paging.asked([*FILTERS, "by"])
    by = request.args.get("by", By.STAGE)
    if by not in list(By):
        raise invalid("by", "claims are not told apart by this", f"one of {', '.join(By)}")
    if by == By.REP:
        require(Act.SEE_REPS)
    with reading(database()) as session:
        lines = rates.rates(session, By(by), g.now, source=_said("source"), since=_said("since"))
    return _page(lines, asked, _rate)


@blueprint.get("/reports/people")
@lists(Listed[Behind], query=SHARED)
def people() -> ResponseReturnValue:
    """The people behind one number, those who came last first."""
    require(Act.SEE_REPORTS)
    asked = paging.asked(SHARED)
    cell = cells.cell_of(request.args)
    if cell is None:
        mend = f"a measure is one of {', '.join(Measure)}, a rep an id, until a day"
        raise invalid("measure", "there is no such number", mend)
    if cell.rep is not None:
        require(Act.SEE_REPS)
    cell = rates.allowed(cell, g.now)
    before = parse_id(asked.last[0]) if asked.last else None
    if asked.last and before is None:
        raise invalid("cursor", "this is no cursor", "take the one of the page before")
    with reading(database()) as session:
        rows = cells.people(session, cell, before=before, limit=asked.limit + 1)
        return paging.page(
            rows,
            asked,
            key=lambda row: (row.id,),
            draw=lambda some: [{"prospect": str(row.id)} for row in some],
        )


def _said(name: str) -> str | None:
    return request.args.get(name) or None


def _key(asked: Asked) -> Key | None:
    if asked.last is None:
        return None
    if len(asked.last) != 3:
        raise invalid("cursor", "this is no cursor", "take the one of the page before")
    source, campaign, month = asked.last
    return source, campaign, month


def _page(
    lines: Sequence[T], asked: Asked, draw: Callable[[T], dict[str, Any]]
) -> ResponseReturnValue:
    """A page of what was counted as a whole; its cursor is a place in it."""
    first = asked.last[0] if asked.last else "0"
    if not (first.isascii() and first.isdecimal() and len(first) < 10):
        raise invalid("cursor", "this is no cursor", "take the one of the page before")
    placed = list(enumerate(lines, 1))[int(first) :][: asked.limit + 1]
    return paging.page(
        placed,
        asked,
        key=lambda row: (row[0],),
        draw=lambda some: [draw(line) for _, line in some],
    )


def _line(line: Line) -> dict[str, Any]:
    per_buyer = line.cost_per_buyer
    return {
        "source": line.source,
        "campaign": line.campaign,
        "month": line.month,
        **{measure.value: line.counts[measure] for measure in Measure},
        "found": [{"stage": stage, "buyers": n} for stage, n in sorted(line.found.items())],
        "amounts": [_money(amount, unit) for unit, amount in sorted(line.amounts.items())],
        "cost": _money(*line.cost) if line.cost else None,
        "cost_per_buyer": _money(per_buyer, line.cost[1]) if line.cost and per_buyer else None,
        "days": {path: line.days[path] for path in sources.PATHS},
    }


def _claim(line: Accuracy) -> dict[str, Any]:
    return {
        "source": line.source,
        "claimed": line.claimed or None,
        "checked": line.checked,
        **{verdict.value: line.verdicts.get(verdict, 0) for verdict in FOUND},
        "over": round(line.over, 4),
        "under": round(line.under, 4),
    }


def _rate(line: Rate) -> dict[str, Any]:
    return {
        "by": line.by.value,
        "value": line.value or None,
        "checked": line.checked,
        **{verdict.value: line.verdicts.get(verdict, 0) for verdict in FOUND},
        "over": _share(line.over),
        "under": _share(line.under),
        "until": line.within.until,
    }


def _share(share: Share) -> dict[str, float]:
    return {
        "share": round(share.value, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}
