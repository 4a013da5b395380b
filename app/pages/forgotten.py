"""The way back in for who forgot their password: a link by mail, the same answer for everybody."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth import links, passwords, ways_in
from app.auth.guard import note_viewer, only_from_our_pages
from app.auth.limits import AskedFor, AskedFrom, Tries
from app.auth.rows import Purpose
from app.door import perform, reading
from app.pages.views import Mistake
from prospects import team
from prospects.member import Member

blueprint = Blueprint("forgotten", __name__)
blueprint.before_request(only_from_our_pages)
blueprint.before_request(note_viewer)

LONGEST_EMAIL = 254


class ForgottenForm:
    """What the page asks and says. `mails`: whether a link can be mailed at all."""

    def __init__(self, *, asked: bool = False, mails: bool = True, often: bool = False) -> None:
        self.asked = asked
        self.mails = mails
        self.often = often
        self.mistakes: dict[str, Mistake] = {}

    def value(self, name: str, turn: int = 0) -> str:
        return ""


class AnotherForm:
    """The page of a link to another password."""

    def __init__(self, member: Member, url: str) -> None:
        self.email = member.email
        self.url = url
        self.mistakes: dict[str, Mistake] = {}

    def value(self, name: str, turn: int = 0) -> str:
        return self.email if name == "email" else ""


@blueprint.get("/forgot")
def ask() -> ResponseReturnValue:
    """The page that asks for the address."""
    return render_template("auth/forgot.html", form=ForgottenForm(mails=_mails()))


@blueprint.post("/forgot")
def send() -> ResponseReturnValue:
    """Promise a mail with a link; the answer is the same, and as fast, whoever has the address."""
    email = request.form.get("email", "")[:LONGEST_EMAIL]
    tries: Tries = current_app.extensions["tries"]
    here, account = AskedFrom(request.remote_addr or ""), AskedFor(email)
    if not tries.allowed(here):
        form = ForgottenForm(mails=_mails(), often=True)
        return render_template("auth/forgot.html", form=form), 429, {"Retry-After": "900"}
    tries.failed(here)
    if tries.allowed(account):
        tries.failed(account)
        perform(current_app.extensions["database"], lambda opened: _promise(opened, email))
    form = ForgottenForm(asked=True, mails=_mails())
    return render_template("auth/forgot.html", form=form)


def _promise(session: Session, email: str) -> None:
    member = team.by_email(session, email) if "\0" not in email else None
    who = member.id if member and member.active else None
    ways_in.post(session, ways_in.Kind.RESET, who, g.now)


def _mails() -> bool:
    return current_app.extensions["settings"].smtp_url is not None


@blueprint.get("/reset/<token>")
def choose(token: str) -> ResponseReturnValue:
    """The page of a link to another password; opening it spends nothing."""
    try:
        form = AnotherForm(_member(token), request.path)
    except links.SpentLinkError:
        return render_template("auth/spent.html"), 410
    return render_template("auth/another.html", form=form)


@blueprint.post("/reset/<token>")
def change(token: str) -> ResponseReturnValue:
    """Set the password, end every sign-in of theirs, and send them to sign in."""
    password = request.form.get("password", "")[: passwords.LONGEST + 1]
    try:
        member = _member(token)
        form = AnotherForm(member, request.path)
        if weak := passwords.weakness(password, email=member.email, name=member.name):
            form.mistakes["password"] = Mistake(reason=weak)
            return render_template("auth/another.html", form=form), 422
        perform(
            current_app.extensions["database"],
            lambda opened: links.change_password(opened, token, password, g.now),
        )
    except links.SpentLinkError:
        return render_template("auth/spent.html"), 410
    flash("Your password is changed, and you are signed out everywhere. Sign in with it.", "good")
    return redirect("/login", 303)


def _member(token: str) -> Member:
    with reading(current_app.extensions["database"]) as opened:
        member = links.look(opened, token, g.now, purpose=Purpose.RESET).member
    if member is None or not member.active:
        raise links.SpentLinkError
    return member
