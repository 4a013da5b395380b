"""The set-up page: what is ready, who works here, and the switches of mail."""

from dataclasses import dataclass, replace

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import ROLES, current
from app.door import perform, reading
from app.pages import checks, colleagues
from app.pages.setup_views import Invited, Setup
from app.pages.views import Mistake
from app.permissions import Act, may_at_all
from nurture import switches

blueprint = Blueprint("setup", __name__, url_prefix="/setup")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@dataclass(frozen=True, slots=True)
class Question:
    """A page that asks before a switch is turned."""

    title: str
    lines: tuple[str, ...]
    url: str
    act: str
    harsh: bool = False
    missing: tuple[str, ...] = ()
    back: tuple[str, str] = ("/setup", "Set-up")


QUESTIONS = {
    "live": Question(
        "Go live?",
        (
            "From now on flows write to every prospect who may be written to, not only to your own domain.",
            "Mails that were held back meanwhile go out at once.",
        ),
        "/setup/mail/live",
        "Go live",
    ),
    "stop": Question(
        "Stop all mail?",
        (
            "No mail to prospects leaves any more, from the next one on.",
            "Mails that are due wait until you let them go again; briefs to reps go on.",
        ),
        "/setup/mail/stop",
        "Stop all mail",
        True,
    ),
    "resume": Question(
        "Let mail go again?",
        ("Mails that waited go out at once.",),
        "/setup/mail/resume",
        "Let mail go",
    ),
}
MOST = 8
"""Colleagues on this page; all of them are under Colleagues."""
ACTS = {"live": Act.GO_LIVE, "stop": Act.STOP_MAIL, "resume": Act.GO_LIVE}


@blueprint.get("")
@may(Act.SEE_SETUP)
def page() -> ResponseReturnValue:
    """The checks tick themselves: each is asked of the record, not of anybody's memory."""
    return render_template("marketing/setup.html", setup=shown())


def shown(
    *,
    invited: Invited | None = None,
    typed: dict[str, str] | None = None,
    mistakes: dict[str, Mistake] | None = None,
) -> Setup:
    """What the page shows; `invited` is somebody's address, and the link that is shown once."""
    settings = current_app.extensions["settings"]
    with reading(current_app.extensions["database"]) as session:
        on = switches.switched_on(session)
        found = checks.all_of(session, settings, current(), g.now)
        people = sorted(colleagues.listed(session, g.now), key=lambda each: not each.linkable)
    roles = current().roles
    return Setup(
        checks=found,
        live=switches.Switch.LIVE in on,
        stopped=switches.Switch.MAIL_STOPPED in on,
        colleagues=people[:MOST],
        others=len(people[MOST:]),
        roles=[(role.value, words.capitalize()) for role, words in ROLES.items()],
        invited=invited,
        typed=typed or {},
        mistakes=mistakes or {},
        may_invite=may_at_all(roles, Act.INVITE),
        mails=settings.smtp_url is not None,
        may_go_live=may_at_all(roles, Act.GO_LIVE),
    )


@blueprint.get("/mail/<name>")
@may(Act.STOP_MAIL)
def ask(name: str) -> ResponseReturnValue:
    """Ask before a switch is turned."""
    _check(name)
    question = replace(QUESTIONS[name], back=_back())
    if name == "live":
        question = replace(question, missing=_missing())
    return render_template("marketing/switch.html", switch=question)


def _missing() -> tuple[str, ...]:
    """What would better be ready before mail goes out to everybody."""
    return tuple(each.title for each in shown().checks if not each.done and each.title != "Live")


@blueprint.post("/mail/<name>")
@may(Act.STOP_MAIL)
def turn(name: str) -> ResponseReturnValue:
    """Turn a switch of mail."""
    _check(name)
    who = str(current().id)

    def flip(session: Session) -> None:
        match name:
            case "live":
                switches.go_live(session, g.now, by=who)
            case "stop":
                switches.stop_all_mail(session, g.now, by=who)
            case _:
                switches.resume_mail(session, g.now, by=who)

    perform(current_app.extensions["database"], flip)
    flash("Done.", "good")
    return redirect(_back()[0], 303)


def _back() -> tuple[str, str]:
    """Whence the viewer came to a switch: its address and name."""
    sees = may_at_all(current().roles, Act.SEE_SETUP)
    return ("/setup", "Set-up") if sees else ("/outbox", "Mails")


def _check(name: str) -> None:
    if name not in QUESTIONS:
        abort(404)
    if not may_at_all(current().roles, ACTS[name]):
        abort(403)
