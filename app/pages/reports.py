"""The pages of reports: which source and campaign brings buyers, and who stands behind each number."""

from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import claim_views, report_view, turning, words
from app.pages.people import line_of
from app.pages.report_view import CellPeople, SourceReport
from app.pages.views import Mistake
from app.permissions import Act
from app.permissions import may_at_all as may_do
from app.reports import accuracy, cells, sources
from app.reports.cells import Cell
from app.reports.costs import CostFaultsError, set_cost
from app.reports.rates import allowed
from app.reports.table import as_csv
from prospects import percentages, team
from prospects.texts import storable
from routing.current import ladder

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST = 200
LINES = 25
"""Lines of the report on one page; on a phone each is a card."""
COST = ("source", "campaign", "month", "amount", "currency")


@blueprint.get("")
@may(Act.SEE_REPORTS)
def start() -> ResponseReturnValue:
    """The one report there is."""
    return redirect("/reports/sources")


@blueprint.get("/sources")
@may(Act.SEE_REPORTS)
def by_source() -> ResponseReturnValue:
    """Leads to deals by source, campaign and month; claims beside findings."""
    return render_template("marketing/report.html", report=_report({}, {}))


@blueprint.get("/sources.csv")
@may(Act.SEE_REPORTS)
def as_table() -> ResponseReturnValue:
    """The same numbers for a spreadsheet."""
    with reading(current_app.extensions["database"]) as session:
        lines = sources.by_source(session, source=_asked("source"), since=_asked("since"))
    answer = Response(as_csv(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="sources.csv"'
    return answer


@blueprint.get("/people")
@may(Act.SEE_REPORTS)
def people() -> ResponseReturnValue:
    """The people behind one number."""
    cell = cells.cell_of(request.args) if all(map(storable, request.args.values())) else None
    if cell is None or not (cell.rep is None or may_do(current().roles, Act.SEE_REPS)):
        abort(404)
    cell = allowed(cell, g.now)
    with reading(current_app.extensions["database"]) as session:
        stages = _stages(session)
        number, found = cells.counted(
            session, cell, before=turning.start(request.args), limit=turning.PAGE + 1
        )
        rows, last = turning.one_page(found)
        hides = percentages.hidden(session) is not None
        shown = CellPeople(
            title=report_view.MEASURES[cell.measure],
            shared=[
                *report_view.shared(cell, stages, words.VERDICTS),
                *claim_views.shared(cell, stages, _colleague(session, cell.rep)),
            ],
            count=number,
            lines=[line_of(row, stages, hides=hides) for row in rows],
            next_url=turning.next_url("/reports/people", request.args, last.id) if last else None,
        )
    return render_template("marketing/cell.html", cell=shown)


@blueprint.post("/costs")
@may(Act.SET_COSTS)
def cost() -> ResponseReturnValue:
    """Write down what a campaign cost in a month."""
    typed = {name: request.form.get(name, "")[: LONGEST + 1] for name in COST}
    by, now = str(current().id), g.now
    try:
        perform(
            current_app.extensions["database"],
            lambda session: set_cost(session, typed, now, by=by),
        )
    except CostFaultsError as error:
        wrong = {
            each.place: Mistake(
                reason=f"{each.reason.capitalize()}.", mend=f"{each.mend.capitalize()}."
            )
            for each in error.faults
        }
        return render_template("marketing/report.html", report=_report(typed, wrong)), 422
    flash("The cost is written down.", "good")
    return redirect("/reports/sources", 303)


def _report(typed: dict[str, str], mistakes: dict[str, Mistake]) -> SourceReport:
    source, since = _asked("source"), _asked("since")
    below = report_view.below(request.args.get("before", ""))
    with reading(current_app.extensions["database"]) as session:
        stages = _stages(session)
        lines = sources.by_source(session, source=source, since=since, below=below, most=LINES + 1)
        rows = lines[:LINES]
        last = rows[-1] if len(lines) > LINES else None
        # What is said of all of them stands on the first page.
        first = below is None
        counts = sources.funnel(session, source=source, since=since) if first else {}
        claims = accuracy.of_claims(session, source=source, since=since) if first else []
        known = sources.known_sources(session)
    return SourceReport(
        bars=report_view.bars(counts, Cell(source=source, since=since)),
        lines=[report_view.line(each, stages) for each in rows],
        first=first,
        next_url=turning.next_url("/reports/sources", request.args, report_view.place(last.key))
        if last
        else None,
        claims=[report_view.claim(each, stages) for each in claims],
        source=source or "",
        since=since or "",
        sources=known,
        csv_url=f"/reports/sources.csv?{urlencode({'source': source or '', 'since': since or ''})}",
        typed=typed,
        mistakes=mistakes,
    )


def _stages(session: Session) -> dict[str, str]:
    return {rung.slug: rung.name for rung in ladder(session)}


def _colleague(session: Session, rep: str | None) -> str:
    return next((each.name for each in team.members(session) if str(each.id) == rep), "")


def _asked(name: str) -> str | None:
    text = request.args.get(name, "").strip()[:LONGEST]
    return text if text and storable(text) else None
