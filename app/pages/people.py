"""The pages of people: the list, and one person in three voices."""

from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import people_search, person_view, turning, words
from app.pages.office import People, PersonLine
from app.pages.papers import NOBODY
from app.pages.views import Who
from app.permissions import Act
from prospects import configuration, team
from prospects.rows import ProspectRow
from prospects.segments import SEGMENT
from routing.current import ladder

blueprint = Blueprint("persons", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("/people")
@may(Act.SEE_PEOPLE)
def listed() -> ResponseReturnValue:
    """People, those who came last first."""
    asked = people_search.read(request.args)
    with reading(current_app.extensions["database"]) as session:
        stages = [(rung.slug, rung.name) for rung in ladder(session)]
        owners = [(str(each.id), each.name) for each in team.members(session)]
        sources = list(configuration.read(session, "source"))
        found = people_search.find(session, asked, turning.start(request.args), g.now)
        groups = configuration.read(session, SEGMENT)
    shown = People(
        lines=[line_of(row, dict(stages)) for row in found.rows],
        asked=asked,
        stages=stages,
        lifecycles=[(value.value, name) for value, name in words.LIFECYCLES.items()],
        sources=[(slug, slug) for slug in sources],
        owners=owners,
        segments=[(slug, str(each.body["name"])) for slug, each in groups.items()],
        next_url=turning.next_url("/people", request.args, found.last) if found.last else None,
        more=found.more,
    )
    return render_template("marketing/people.html", people=shown)


def line_of(row: ProspectRow, stages: dict[str, str]) -> PersonLine:
    """One person in a list; `stages` are names by slug."""
    return PersonLine(
        url=f"/people/{row.id}",
        who=Who(id=str(row.id), name=row.name or NOBODY, title=row.title, company=row.company),
        stage=stages.get(row.stage or "", row.stage),
        lifecycle=words.lifecycle(row.lifecycle),
        grade=row.grade,
        points=round(row.points),
        changed_at=row.changed_at,
    )


@blueprint.get("/people/<uuid:prospect_id>")
def person(prospect_id: UUID) -> ResponseReturnValue:
    """Marketing's claim, the rep's finding and the buyer's own words, then everything that happened."""
    before = turning.start(request.args)
    with reading(current_app.extensions["database"]) as session:
        row = _person(session, prospect_id)
        if row.absorbed_by:
            return redirect(f"/people/{row.absorbed_by}")
        shown = person_view.read(session, row, current(), g.now, before=before)
    return render_template("marketing/person.html", person=shown)


def _person(session: Session, prospect_id: UUID) -> ProspectRow:
    row = session.get(ProspectRow, prospect_id)
    if row is None or not person_view.may_see(session, row, current(), Act.SEE_PERSON):
        abort(404)
    return row
