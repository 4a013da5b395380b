"""The viewer's own page: where they are signed in, and their password."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth import passwords, sessions, ways_in
from app.auth.guard import TOKEN, only_from_our_pages, only_signed_in
from app.auth.limits import Tries, Try
from app.auth.tokens import digest_of
from app.auth.viewer import current
from app.door import perform, reading
from app.pages.away_views import Leave, person
from app.pages.views import Mistake
from app.permissions import Act, may
from prospects import team

blueprint = Blueprint("you", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@dataclass(frozen=True, slots=True)
class Place:
    """One device the viewer is signed in on."""

    device: str
    since: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class You:
    """What the page shows."""

    places: Sequence[Place]
    absences: Sequence[Leave] | None = None
    """None for who is never offered a lead."""
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return ""


@blueprint.get("/")
def root() -> ResponseReturnValue:
    """Everybody lands on their own page."""
    return redirect(current().landing)


@blueprint.get("/you")
def page() -> ResponseReturnValue:
    """Sign-ins and password."""
    return render_template("auth/you.html", you=_you())


@blueprint.post("/you/password")
def change_password() -> ResponseReturnValue:
    """Set a new password; every other device is signed out."""
    you, viewer = _you(), current()
    fresh = request.form.get("password", "")
    tries: Tries = current_app.extensions["tries"]
    attempt = Try("", viewer.email, f"password:{viewer.id}")
    database = current_app.extensions["database"]
    with reading(database) as opened:
        right = tries.allowed(attempt) and passwords.matches(
            opened, viewer.id, request.form.get("current", "")
        )
    if not right:
        tries.failed(attempt)
        you.mistakes["current"] = Mistake(reason="This is not your current password.")
    elif weak := passwords.weakness(fresh, email=viewer.email, name=viewer.name):
        you.mistakes["password"] = Mistake(reason=weak)
    if you.mistakes:
        return render_template("auth/you.html", you=you), 422

    def change(opened: Session) -> None:
        passwords.keep(opened, viewer.id, fresh, g.now)
        sessions.end_all(opened, viewer.id, g.now, but=str(session[TOKEN]))
        ways_in.post(opened, ways_in.Kind.CHANGED, viewer.id, g.now)

    perform(database, change)
    flash("Your password is changed. Every other device is signed out.", "good")
    return redirect("/you", 303)


@blueprint.post("/logout/everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the viewer, this one too."""
    perform(
        current_app.extensions["database"],
        lambda opened: sessions.end_all(opened, current().id, g.now),
    )
    session.clear()
    flash("You are signed out everywhere.", "good")
    return redirect("/login", 303)


def _you() -> You:
    viewer, absences = current(), None
    if may(viewer.roles, Act.PLAN_ABSENCE, own=True):
        with reading(current_app.extensions["database"]) as opened:
            member = team.member(opened, viewer.id)
        absences = person(member, g.now).leaves if member else ()
    return You(_places(), absences)


def _places() -> list[Place]:
    here = digest_of(str(session[TOKEN]))
    with reading(current_app.extensions["database"]) as opened:
        found = sessions.running(opened, current().id, g.now)
    return [Place(one.device, one.since, one.digest == here) for one in found]
