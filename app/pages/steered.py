"""What colleagues say about a person's score: more or less of it for a while, or none because they objected."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import again, papers, whose_person, words
from app.pages.again import OneText
from app.pages.standing_views import Figure, OverrideForm
from app.pages.views import Who
from app.permissions import Act
from app.what_if.override import Foretold, foretell
from prospects import audit, consents, overrides, profiling, timeline
from prospects.consents import Consent
from prospects.ids import AccountId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.overrides import OverrideError, Wanted
from prospects.rows import AccountRow, ProspectRow
from prospects.texts import replace_unstorable
from prospects.timeline import Fact
from prospects.values import Assessment

blueprint = Blueprint("steered", __name__, url_prefix="/people")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

SAID = OneText(
    name="said",
    label="What did they say, and where?",
    what="What they said",
    longest=500,
    title="They do not want to be profiled",
    button="Note it",
)
TAKEN_BACK = replace(SAID, title="They may be profiled again")


@blueprint.get("/<uuid:prospect_id>/override")
@may(Act.OVERRIDE)
def foresee(prospect_id: UUID) -> ResponseReturnValue:
    """The form; and, once it says how much, what that would change."""
    typed = request.args
    with reading(current_app.extensions["database"]) as session:
        row = _person(session, prospect_id, Act.OVERRIDE)
        form = _form(session, row, typed)
        if "value" in typed:
            form = _tried(session, row, form)
    return render_template("marketing/override.html", form=form), 422 if form.wrong else 200


@blueprint.post("/<uuid:prospect_id>/override")
@may(Act.OVERRIDE)
def add(prospect_id: UUID) -> ResponseReturnValue:
    """Set it, for the person or for everybody at their company."""

    def work(session: Session) -> None:
        row = _person(session, prospect_id, Act.OVERRIDE)
        wanted = _wanted(request.form)
        if "company" in request.form and row.account_id:
            overrides.add_for_company(session, AccountId(row.account_id), wanted, g.now)
        else:
            overrides.add(session, ProspectId(row.id), wanted, g.now)

    try:
        perform(current_app.extensions["database"], work)
    except OverrideError as error:
        with reading(current_app.extensions["database"]) as session:
            row = _person(session, prospect_id, Act.OVERRIDE)
            form = replace(_form(session, row, request.form), wrong=f"Not set: {error}.")
        return render_template("marketing/override.html", form=form), 422
    flash("Set. It counts at the next look, within seconds, and ends by itself.", "good")
    return redirect(f"/people/{prospect_id}", 303)


@blueprint.post("/<uuid:prospect_id>/overrides/<uuid:override_id>/end")
@may(Act.OVERRIDE)
def end(prospect_id: UUID, override_id: UUID) -> ResponseReturnValue:
    """End it before its time."""
    who = current().email

    def work(session: Session) -> None:
        _person(session, prospect_id, Act.OVERRIDE)
        row = overrides.find(session, override_id)
        if row is None:
            abort(404)
        overrides.end(session, row, who, g.now)

    perform(current_app.extensions["database"], work)
    flash("Ended. It stays on record.", "good")
    return redirect(f"/people/{prospect_id}", 303)


@blueprint.post("/<uuid:prospect_id>/profiling")
def say(prospect_id: UUID) -> ResponseReturnValue:
    """Note that they do not want to be profiled, or that they may be again."""
    given = request.form.get("given") == "1"
    said = SAID.typed(request.form)
    if long := SAID.too_long(said):
        with reading(current_app.extensions["database"]) as session:
            _person(session, prospect_id, Act.OBJECT)
        form, here = TAKEN_BACK if given else SAID, f"/people/{prospect_id}"
        hidden = {"given": "1" if given else "0"}
        return again.ask(form, said, long, back=here, url=f"{here}/profiling", hidden=hidden)
    who, key = current().email, f"page/{new_id(g.now)}"

    def work(session: Session) -> None:
        whose = ProspectId(_person(session, prospect_id, Act.OBJECT).id)
        _note(session, whose, key, text=said or None, given=given)
        if given:
            audit.note(session, "objection taken back", whose, g.now, who=who)
        else:
            audit.note(session, "objection noted", whose, g.now, who=who)

    perform(current_app.extensions["database"], work)
    flash(
        "Noted: they may be profiled again."
        if given
        else "Noted. From now on there is no score and no claim; what they ask for is answered all the same.",
        "good",
    )
    return redirect(f"/people/{prospect_id}", 303)


def _note(session: Session, whose: ProspectId, key: str, *, text: str | None, given: bool) -> None:
    told = Consent(
        prospect_id=whose,
        topic=profiling.TOPIC,
        given=given,
        text=text,
        at=g.now,
        source="page",
        key=key,
    )
    consents.record(session, [told], g.now)
    fact = Fact(
        prospect_id=whose,
        kind=Kind.CONSENT,
        happened_at=g.now,
        source="page",
        key=key,
        body=profiling.body(given=given),
    )
    timeline.record(session, [fact], g.now)


def _person(session: Session, prospect_id: UUID, act: Act) -> ProspectRow:
    row = session.get(ProspectRow, prospect_id)
    if row is None or row.erased_at or not whose_person.may_see(session, row, current(), act):
        abort(404)
    return row


def _form(session: Session, row: ProspectRow, typed: Mapping[str, str]) -> OverrideForm:
    firm = session.get(AccountRow, row.account_id) if row.account_id else None
    return OverrideForm(
        url=f"/people/{row.id}/override",
        back=f"/people/{row.id}",
        who=Who(
            id=str(row.id), name=row.name or papers.NOBODY, title=row.title, company=row.company
        ),
        company=(firm.name or firm.domain) if firm else None,
        value=_text(typed.get("value", "")),
        days=_text(typed.get("days", "30")),
        reason=_text(typed.get("reason", "")),
        for_company="company" in typed,
    )


def _tried(session: Session, row: ProspectRow, form: OverrideForm) -> OverrideForm:
    try:
        wanted = overrides.check(_wanted(request.args), g.now)
    except OverrideError as error:
        return replace(form, wrong=f"{error}.".capitalize())
    return replace(form, figures=_figures(foretell(session, row, wanted.value, g.now)))


def _wanted(typed: Mapping[str, str]) -> Wanted:
    """What was typed. Raises OverrideError."""
    viewer = current()
    return Wanted(
        value=_number(typed.get("value", ""), "value"),
        reason=_text(typed.get("reason", "")),
        until=g.now + timedelta(days=min(_number(typed.get("days", ""), "days"), 10_000)),
        by=viewer.name,
        signed=viewer.email,
    )


def _text(written: str) -> str:
    return str(replace_unstorable(written))


def _number(written: str, field: str) -> float:
    try:
        value = float(written.replace(",", ".").replace("−", "-"))
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise OverrideError(f"{field}: a number", field)
    if abs(value) > 10_000:
        raise OverrideError(f"{field}: a smaller number", field)
    return value


def _figures(found: Foretold) -> list[Figure]:
    before, after = found.before, found.after
    told = [
        Figure(name="Points", before=f"{before.points:.0f}", after=f"{after.points:.0f}"),
        Figure(name="Warm", before=_warm(before), after=_warm(after)),
    ]
    was, will = words.percent(before.score), words.percent(after.score)
    return [Figure(name="Score", before=was, after=will), *told] if was and will else told


def _warm(believed: Assessment) -> str:
    if believed.gate:
        return "never handed over"
    return "yes" if believed.warm else "no"
