"""The pages of claim accuracy: how often marketing was right, by what was behind it; and a rep's own answers."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import claim_views, model_words, rep_answers, team_answers
from app.pages.claim_views import ClaimReport, Tab
from app.permissions import Act
from app.permissions import may_at_all as may_do
from app.reports import answers, rates, sources
from app.reports.answers import beside, team_of, to_managers
from app.reports.rates import REP_SEES_FIRST, By, Rate
from app.reports.rates_table import as_csv
from prospects import team
from prospects.texts import storable
from routing.current import ladder
from scoring import kept_models

blueprint = Blueprint("claim_reports", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST = 200
PAGE = "/reports/claims"


@blueprint.get(PAGE)
@may(Act.SEE_REPORTS)
def page() -> ResponseReturnValue:
    """How often claims were right, by stage, source, campaign, flow, signal, model or rep."""
    by, source, since = _by(), _asked("source"), _asked("since")
    with reading(current_app.extensions["database"]) as session:
        names = {str(member.id): member.name for member in team.members(session)}
        stages = {rung.slug: rung.name for rung in ladder(session)}
        found = rates.rates(session, by, g.now, source=source, since=since)
        told = to_managers(session, g.now) if by is By.REP else None
        known = sources.known_sources(session)
        names |= _makers(session, found) if by is By.MODEL else {}
    lines = [claim_views.line(each, names, stages) for each in found]
    shown = ClaimReport(
        by=by.value,
        headline=claim_views.headline(found, lines),
        title=claim_views.TITLES[by],
        tabs=[
            Tab(url=_url(PAGE, each), name=claim_views.TITLES[each], here=each is by)
            for each in _open()
        ],
        lines=lines,
        csv_url=_url(f"{PAGE}.csv", by),
        source=source or "",
        since=since or "",
        sources=known,
        standing=rep_answers.standing(answers.in_order(told.reps), names) if told else None,
        team=team_answers.shown(told.team) if told else None,
    )
    return render_template("marketing/claims.html", report=shown, delay=REP_SEES_FIRST.days)


@blueprint.get(f"{PAGE}.csv")
@may(Act.SEE_REPORTS)
def as_table() -> ResponseReturnValue:
    """The same numbers for a spreadsheet."""
    by = _by()
    with reading(current_app.extensions["database"]) as session:
        names = {str(member.id): member.name for member in team.members(session)}
        found = rates.rates(session, by, g.now, source=_asked("source"), since=_asked("since"))
    answer = Response(as_csv(found, names), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="claims-by-{by}.csv"'
    return answer


@blueprint.get("/you/answers")
@may(Act.SEE_TODAY)
def own() -> ResponseReturnValue:
    """How the viewer's answers hold up against what became of the leads, before their manager sees it."""
    with reading(current_app.extensions["database"]) as session:
        found = beside(session, g.now).get(current().id, rep_answers.NOBODY_YET)
    shown = replace(
        rep_answers.own(found, REP_SEES_FIRST.days),
        team=team_answers.shown(team_of(found), to_rep=True),
    )
    return render_template("rep/answers.html", answers=shown)


def _by() -> By:
    """What is asked for; what the viewer may not see is absent."""
    asked = request.args.get("by", By.STAGE)
    if asked not in list(By):
        abort(404)
    by = By(asked)
    if by not in _open():
        abort(404)
    return by


def _makers(session: Session, found: Sequence[Rate]) -> dict[str, str]:
    """What the points and models are called that claims were made by."""
    values = [each.value for each in found]
    kinds = {each: "points" for each in values if each.startswith("points/")}
    kinds |= kept_models.rungs(session, values)
    return {name: f"{model_words.kind(each)} ({name})" for name, each in kinds.items()}


def _open() -> list[By]:
    seeing = may_do(current().roles, Act.SEE_REPS)
    return [each for each in By if seeing or each is not By.REP]


def _asked(name: str) -> str | None:
    text = request.args.get(name, "").strip()[:LONGEST]
    return text if text and storable(text) else None


def _url(path: str, by: By) -> str:
    kept = {name: text for name in ("source", "since") if (text := _asked(name))}
    return f"{path}?{urlencode({'by': by.value, **kept})}"
