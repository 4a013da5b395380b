"""The pages of people: the list, and one person in three voices."""

from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import person_view, turning, words
from app.pages.office import People, PersonLine
from app.pages.papers import NOBODY
from app.pages.views import Who
from app.permissions import Act
from prospects.rows import ProspectRow
from prospects.texts import storable
from routing.current import ladder

blueprint = Blueprint("persons", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_SEARCH = 200


@blueprint.get("/people")
@may(Act.SEE_PEOPLE)
def listed() -> ResponseReturnValue:
    """People, those who came last first."""
    q, stage = _asked("q"), _asked("stage")
    with reading(current_app.extensions["database"]) as session:
        stages = [(rung.slug, rung.name) for rung in ladder(session)]
        query = select(ProspectRow).where(ProspectRow.absorbed_by.is_(None), *_wanted(q, stage))
        if before := turning.start(request.args):
            query = query.where(ProspectRow.id < before)
        query = query.order_by(ProspectRow.id.desc()).limit(turning.PAGE + 1)
        rows, last = turning.one_page(list(session.execute(query).scalars()))
    shown = People(
        lines=[line_of(row, dict(stages)) for row in rows],
        q=q,
        stage=stage,
        stages=stages,
        next_url=turning.next_url("/people", request.args, last.id) if last else None,
    )
    return render_template("marketing/people.html", people=shown)


def _asked(name: str) -> str:
    text = request.args.get(name, "").strip()[:LONGEST_SEARCH]
    return text if storable(text) else ""


def _wanted(q: str, stage: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if q:
        columns = (ProspectRow.name, ProspectRow.email, ProspectRow.company)
        wanted.append(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if stage:
        wanted.append(ProspectRow.stage == stage)
    return wanted


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
