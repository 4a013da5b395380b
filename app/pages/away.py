"""Absences: everybody's own on the page *you*, a manager's page for all colleagues."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import absences
from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages.away_views import Away, person
from app.pages.mistake import too_long
from app.pages.views import Mistake
from app.pages.words import several
from app.permissions import Act, may
from prospects import team
from prospects.faults import FaultyError
from prospects.ids import MemberId, parse_id
from prospects.texts import replace_unstorable

blueprint = Blueprint("away", __name__, url_prefix="/absences")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_REASON = 200


@blueprint.get("")
@only_who_may(Act.PLAN_ABSENCE)
def page() -> ResponseReturnValue:
    """Who is away when: everybody for a manager, else oneself."""
    return render_template("rep/away.html", away=_read({}))


@blueprint.post("")
@only_who_may(Act.PLAN_ABSENCE)
def enter() -> ResponseReturnValue:
    """Somebody will be away."""
    typed = {name: request.form.get(name, "") for name in ("member", "from", "until", "reason")}
    member_id = _whose(typed["member"])
    first, last = _day(typed["from"]), _day(typed["until"] or typed["from"])
    if first is None or last is None:
        missing = Mistake(reason="The days are missing.", mend="Choose the first and the last.")
        return _again(typed, {"from": missing})
    reason = str(replace_unstorable(typed["reason"].strip()))
    if long := too_long(reason, LONGEST_REASON, "The reason"):
        return _again(typed, {"reason": long})
    absence: dict[str, Any] = {"from": first, "until": last, "reason": reason}

    def work(session: Session) -> int:
        return absences.enter(session, member_id, absence, g.now, by=current().email)

    try:
        passed = perform(current_app.extensions["database"], work)
    except FaultyError as error:
        fault = error.faults[0]
        said = Mistake(reason=_sentence(fault.reason), mend=_sentence(fault.mend))
        return _again(typed, {fault.place: said})
    told = "Written down. No lead is offered in that time."
    if passed:
        told += f" {several(passed, 'offer goes', 'offers go')} to somebody else then."
    flash(told, "good")
    return redirect("/absences", 303)


@blueprint.post("/end")
@only_who_may(Act.PLAN_ABSENCE)
def end() -> ResponseReturnValue:
    """They will be here after all."""
    member_id = _whose(request.form.get("member", ""))
    first, last = request.form.get("from", ""), request.form.get("until", "")

    def work(session: Session) -> bool:
        return absences.take_back(session, member_id, first, last, g.now, by=current().email)

    if perform(current_app.extensions["database"], work):
        flash("Taken away. Leads are offered again in that time.", "good")
    return redirect("/absences", 303)


def _whose(written: str) -> MemberId:
    """Whose absence it is: one's own unless another is named; 404 for who may not."""
    viewer = current()
    member_id = MemberId(parse_id(written) or viewer.id)
    if not may(viewer.roles, Act.PLAN_ABSENCE, own=member_id == viewer.id):
        abort(404)
    with reading(current_app.extensions["database"]) as session:
        if team.member(session, member_id) is None:
            abort(404)
    return member_id


def _read(typed: dict[str, str], mistakes: dict[str, Mistake] | None = None) -> Away:
    viewer = current()
    everybody = may(viewer.roles, Act.PLAN_ABSENCE, own=False)
    with reading(current_app.extensions["database"]) as session:
        members = [each for each in team.members(session) if each.active]
    seen = [person(each, g.now) for each in members if everybody or each.id == viewer.id]
    return Away(people=seen, everybody=everybody, typed=typed, mistakes=mistakes or {})


def _again(typed: dict[str, str], mistakes: dict[str, Mistake]) -> ResponseReturnValue:
    return render_template("rep/away.html", away=_read(typed, mistakes)), 422


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
