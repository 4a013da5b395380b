"""The pages of colleagues: who works here, what each may do, how they come in, and when they leave."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import staff
from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import bringing_in, team_view
from app.pages.setup_views import Invited
from app.pages.team_views import ColleaguePage, Team
from app.pages.views import Mistake
from app.pages.words import several
from app.permissions import Act
from prospects import team as people
from prospects.ids import MemberId
from prospects.member import Member, Role
from prospects.texts import storable

blueprint = Blueprint("team", __name__, url_prefix="/team")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_NAME = 200


@blueprint.get("")
@may(Act.INVITE)
def page() -> ResponseReturnValue:
    """Everybody, and the form by which somebody new comes in."""
    return render_template("admin/team.html", team=_team())


@blueprint.post("/invitation")
@may(Act.INVITE)
def invite() -> ResponseReturnValue:
    """Take somebody on: they are mailed a link, or it is shown once, here."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name")}
    ticked = [role for role in request.form.getlist("roles") if role in list(Role)]
    email, wrong = _checked(typed, ticked)
    by = str(current().id)

    def work(session: Session) -> Member:
        roles = [Role(each) for each in ticked]
        return staff.enlist(session, email=email, name=typed["name"], roles=roles, by=by, now=g.now)

    try:
        member = None if wrong else perform(current_app.extensions["database"], work)
    except staff.WorksHereError as error:
        member, wrong = None, {"email": Mistake(reason=str(error))}
    if member is None:
        shown = replace(_team(), typed=typed, ticked=ticked, mistakes=wrong)
        return render_template("admin/team.html", team=shown), 422
    if bringing_in.mails() and request.form.get("how") != "link":
        bringing_in.by_mail(member)
        return redirect("/team", 303)
    shown = replace(_team(), invited=bringing_in.by_link(member))
    return render_template("admin/team.html", team=shown)


@blueprint.get("/<uuid:member_id>")
@may(Act.INVITE)
def one(member_id: UUID) -> ResponseReturnValue:
    """One colleague."""
    return render_template("admin/colleague.html", colleague=_one(member_id))


@blueprint.post("/<uuid:member_id>/invitation")
@may(Act.INVITE)
def again(member_id: UUID) -> ResponseReturnValue:
    """Give them a way in once more; who can sign in gets one to another password."""
    with reading(current_app.extensions["database"]) as session:
        member = people.member(session, MemberId(member_id))
    if member is None or not member.active:
        abort(404)
    if bringing_in.mails() and request.form.get("how") != "link":
        bringing_in.by_mail(member)
        return redirect(f"/team/{member_id}", 303)
    shown = _one(member_id, invited=bringing_in.by_link(member))
    return render_template("admin/colleague.html", colleague=shown)


@blueprint.post("/<uuid:member_id>/roles")
@may(Act.STAFF)
def set_roles(member_id: UUID) -> ResponseReturnValue:
    """Say what they may do, from their next page on."""
    roles = {Role(each) for each in request.form.getlist("roles") if each in list(Role)}
    by = str(current().id)

    def work(session: Session) -> str:
        staff.set_roles(session, MemberId(member_id), roles, g.now, by=by)
        return "They may do that from their next page on."

    return _done(member_id, "roles", work)


@blueprint.get("/<uuid:member_id>/deactivation")
@may(Act.STAFF)
def ask(member_id: UUID) -> ResponseReturnValue:
    """What becomes of all they have in hand, before it is done."""
    shown = _one(member_id)
    if not shown.active:
        return redirect(shown.line.url)
    return render_template("admin/deactivation.html", colleague=shown)


@blueprint.post("/<uuid:member_id>/deactivation")
@may(Act.STAFF)
def deactivate(member_id: UUID) -> ResponseReturnValue:
    """They no longer work here."""
    by = str(current().id)

    def work(session: Session) -> str:
        leads = staff.deactivate(session, MemberId(member_id), g.now, by=by)
        back = f"; {several(leads, 'lead goes', 'leads go')} back to routing" if leads else ""
        return f"They cannot come in any more{back}."

    return _done(member_id, "active", work)


@blueprint.post("/<uuid:member_id>/activation")
@may(Act.STAFF)
def reactivate(member_id: UUID) -> ResponseReturnValue:
    """They work here again."""
    by = str(current().id)

    def work(session: Session) -> str:
        staff.reactivate(session, MemberId(member_id), g.now, by=by)
        return "They can sign in again."

    return _done(member_id, "active", work)


def _done(member_id: UUID, field: str, work: Callable[[Session], str]) -> ResponseReturnValue:
    """Back to their page, with what was done; what was refused stands there, where it was asked for."""
    try:
        told = perform(current_app.extensions["database"], work)
    except staff.NobodyThereError:
        abort(404)
    except staff.StaffError as error:
        shown = _one(member_id, wrong={field: Mistake(reason=str(error))})
        return render_template("admin/colleague.html", colleague=shown), 409
    flash(told, "good")
    return redirect(f"/team/{member_id}", 303)


def _checked(typed: dict[str, str], ticked: list[str]) -> tuple[str, dict[str, Mistake]]:
    """The e-mail as it is kept, and what is wrong with what was typed."""
    wrong, email = {}, ""
    try:
        found = validate_email(typed["email"], check_deliverability=False, test_environment=True)
        email = found.normalized.lower()
    except EmailNotValidError:
        wrong["email"] = Mistake(
            reason="This is not an e-mail address.", mend="Write it like rita@acme.example."
        )
    if len(typed["name"]) > LONGEST_NAME or not storable(typed["name"]):
        wrong["name"] = Mistake(reason="This name cannot be used.", mend="At most 200 characters.")
    if not ticked:
        wrong["roles"] = Mistake(reason="A role is missing.", mend="Tick what they do.")
    return email, wrong


def _team() -> Team:
    q = request.args.get("q", "").strip()[:LONGEST_NAME]
    with reading(current_app.extensions["database"]) as session:
        found = team_view.lines(session, g.now, q)
    return Team(
        lines=found[: team_view.MOST_SHOWN],
        q=q,
        count=len(found),
        roles=team_view.CHOICES,
        mails=bringing_in.mails(),
    )


def _one(
    member_id: UUID,
    *,
    invited: Invited | None = None,
    wrong: dict[str, Mistake] | None = None,
) -> ColleaguePage:
    with reading(current_app.extensions["database"]) as session:
        found = team_view.one(session, MemberId(member_id), g.now, invited=invited, mistakes=wrong)
    return replace(found, mails=bringing_in.mails(), yourself=current().id == member_id)
