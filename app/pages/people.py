"""The pages of people: the list, and one person in three voices."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import (
    condition_form,
    condition_view,
    people_search,
    person_view,
    turning,
    whose_person,
    words,
)
from app.pages.condition_form import Condition
from app.pages.office import People, PersonLine
from app.pages.papers import NOBODY
from app.pages.people_search import Asked
from app.pages.views import Who
from app.permissions import Act, may_at_all
from prospects import configuration, percentages, team
from prospects.rows import ProspectRow
from prospects.segments import SEGMENT
from routing.current import ladder

blueprint = Blueprint("persons", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("/people")
@may(Act.SEE_PEOPLE)
def listed() -> ResponseReturnValue:
    """People, those who came last first; with a mistake in the condition nobody, and what is wrong."""
    asked = people_search.read(request.args)
    with reading(current_app.extensions["database"]) as session:
        known = condition_view.known(session)
        understood = condition_form.understand(asked.typed, known)
        builder = condition_view.builder(asked.typed, known, understood)
        if understood.wrong:
            shown = replace(_choices(session, asked), builder=builder)
        else:
            shown = replace(_shown(session, asked, understood.condition), builder=builder)
    return render_template("marketing/people.html", people=shown), 422 if builder.wrong else 200


def _choices(session: Session, asked: Asked) -> People:
    """Nobody yet, and what can be asked for."""
    groups = configuration.read(session, SEGMENT)
    return People(
        lines=[],
        asked=asked,
        stages=[(rung.slug, rung.name) for rung in ladder(session)],
        lifecycles=[(value.value, name) for value, name in words.LIFECYCLES.items()],
        sources=[(slug, slug) for slug in configuration.read(session, "source")],
        owners=[(str(each.id), each.name) for each in team.members(session)],
        segments=[(slug, str(each.body["name"])) for slug, each in groups.items()],
    )


def _shown(session: Session, asked: Asked, typed: Condition | None) -> People:
    choices, before = _choices(session, asked), turning.start(request.args)
    condition = people_search.condition_of(session, asked, typed)
    found = people_search.find(session, asked, before, g.now, condition=condition)
    hides = percentages.hidden(session) is not None
    may_save = typed and may_at_all(current().roles, Act.SEGMENT)
    return replace(
        choices,
        lines=[line_of(row, dict(choices.stages), hides=hides) for row in found.rows],
        tally=condition_view.tally_in_words(found.tally) if found.tally else "",
        save_url=turning.with_query("/segment-editor", request.args) if may_save else None,
        next_url=turning.next_url("/people", request.args, found.last) if found.last else None,
        more=found.more,
    )


def line_of(row: ProspectRow, stages: dict[str, str], *, hides: bool) -> PersonLine:
    """One person in a list; `stages` are names by slug. `hides`: percentages are hidden now."""
    return PersonLine(
        url=f"/people/{row.id}",
        who=Who(id=str(row.id), name=row.name or NOBODY, title=row.title, company=row.company),
        stage=stages.get(row.stage or "", row.stage),
        lifecycle=words.lifecycle(row.lifecycle),
        grade=row.grade or None,
        points=round(row.points),
        changed_at=row.changed_at,
        score=None if hides else words.percent(row.score),
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
    if row is None or not whose_person.may_see(session, row, current(), Act.SEE_PERSON):
        abort(404)
    return row
