"""Who works here and how far each has come in: invitations and new passwords, by mail or as a link to hand on."""

from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth import links
from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import bringing_in, setup
from app.pages.views import Mistake
from app.permissions import Act
from prospects import team
from prospects.ids import MemberId
from prospects.member import Member, Role

blueprint = Blueprint("inviting", __name__, url_prefix="/setup")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.post("/invitation")
@may(Act.INVITE)
def invite() -> ResponseReturnValue:
    """Invite a colleague: by mail where mail can leave, else by a link that is shown once, here."""
    email, role = request.form.get("email", "").strip(), request.form.get("role", "")
    typed = {"email": email, "role": role}
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        wrong = {"email": Mistake(reason="This is not an e-mail address.")}
        page = setup.shown(typed=typed, mistakes=wrong)
        return render_template("marketing/setup.html", setup=page), 422
    if role not in list(Role):
        abort(400)
    address, who = checked.normalized.lower(), str(current().id)

    def enlist(session: Session) -> Member:
        return links.enlist(session, email=address, role=Role(role), by=who, now=g.now)

    try:
        member = perform(current_app.extensions["database"], enlist)
    except links.LeftError as error:
        left = {"email": Mistake(reason=str(error))}
        page = setup.shown(typed=typed, mistakes=left)
        return render_template("marketing/setup.html", setup=page), 422
    if bringing_in.mails() and request.form.get("how") != "link":
        return _mailed(member)
    return _link(member)


@blueprint.post("/colleagues/<uuid:member_id>/invitation")
@may(Act.INVITE)
def again(member_id: UUID) -> ResponseReturnValue:
    """Send the invitation once more (who can sign in gets a link to another password)."""
    member = _member(member_id)
    return _mailed(member) if bringing_in.mails() else _link(member)


@blueprint.post("/colleagues/<uuid:member_id>/link")
@may(Act.INVITE)
def link(member_id: UUID) -> ResponseReturnValue:
    """Show a link to hand on: an invitation, or for who can sign in one to choose another password."""
    return _link(_member(member_id))


def _member(member_id: UUID | MemberId) -> Member:
    with reading(current_app.extensions["database"]) as session:
        member = team.member(session, MemberId(member_id))
    if member is None or not member.active:
        abort(404)
    return member


def _mailed(member: Member) -> ResponseReturnValue:
    bringing_in.by_mail(member)
    return redirect("/setup#people", 303)


def _link(member: Member) -> ResponseReturnValue:
    page = setup.shown(invited=bringing_in.by_link(member))
    return render_template("marketing/setup.html", setup=page)
