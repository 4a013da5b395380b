"""Signing in and out, and the pages of one-time links."""

import re
import secrets
from typing import Any

import structlog
from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from app.auth import links, passwords, sessions
from app.auth.cookies import known_device, remember_device
from app.auth.guard import (
    MOST_KEPT,
    TOKEN,
    SignInForm,
    local,
    note_viewer,
    only_from_our_pages,
    words_kept,
)
from app.auth.limits import Tries, Try
from app.auth.viewer import viewer_of, words_of
from app.database import Database
from app.door import perform, reading
from app.pages import drafts, flow_editor, segment_editor
from app.pages.mistake import too_long
from app.pages.views import Mistake
from prospects.ids import MemberId
from prospects.member import Member
from prospects.texts import clean

LONGEST_NAME = 200
blueprint = Blueprint("sign_in", __name__)
blueprint.before_request(only_from_our_pages)
blueprint.before_request(note_viewer)

log = structlog.get_logger()

FAILED = "E-mail and password do not belong together. Check both, then try again."
TOO_OFTEN = "Too many tries. Wait a quarter of an hour, or use the device you signed in on before."
LONGEST_EMAIL = 254
EDITORS = {
    flow_editor.PATH: flow_editor.typed_again,
    segment_editor.PATH: segment_editor.typed_again,
}
"""Where what was typed is shown once more after another sign-in."""


@blueprint.get("/login")
def ask() -> ResponseReturnValue:
    """The sign-in page."""
    if g.viewer:
        return redirect(g.viewer.landing)
    form = SignInForm(next=local(request.args.get("next", "/")))
    return render_template("auth/login.html", form=form)


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Check e-mail and password; a right pair starts a fresh session."""
    email = request.form.get("email", "")[:LONGEST_EMAIL]
    tries: Tries = current_app.extensions["tries"]
    attempt = Try(request.remote_addr or "", email, known_device(current_app, email))
    if not tries.allowed(attempt):
        return _once_more(email, TOO_OFTEN, 429)
    database: Database = current_app.extensions["database"]
    with reading(database) as opened:
        member = passwords.check(opened, email, request.form.get("password", ""))
    if member is None:
        tries.failed(attempt)
        log.info("sign_in_refused")
        return _once_more(email, FAILED, 401)
    start_session(database, member.id)
    target = local(request.form.get("next", "/"))
    words = words_kept(_kept())
    drafts.bring_back(database, member.id, target, words, now=g.now)
    if target in EDITORS and words:
        g.viewer = viewer_of(member)
        return EDITORS[target](dict(words))
    return _welcome(member, target)


def start_session(database: Database, member_id: MemberId) -> None:
    """Sign this browser in afresh: nothing of an earlier session lives on."""
    agent = request.headers.get("User-Agent", "")[:500]
    token = perform(
        database, lambda opened: sessions.begin(opened, member_id, device=agent, now=g.now)
    )
    session.clear()
    session.permanent = True
    session[TOKEN] = token


def _welcome(member: Member, target: str) -> ResponseReturnValue:
    answer = current_app.make_response(
        redirect(viewer_of(member).landing if target == "/" else target)
    )
    mark = known_device(current_app, member.email) or secrets.token_hex(8)
    remember_device(current_app, answer, email=member.email, mark=mark)
    return answer


def _once_more(email: str, failed: str, code: int) -> ResponseReturnValue:
    form = SignInForm(
        email=email, next=local(request.form.get("next", "/")), failed=failed, kept=_kept()
    )
    headers = {"Retry-After": "900"} if code == 429 else {}
    return render_template("auth/login.html", form=form), code, headers


def _kept() -> str:
    return request.form.get("kept", "")[:MOST_KEPT]


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    token = session.get(TOKEN)
    if isinstance(token, str):
        perform(
            current_app.extensions["database"],
            lambda opened: sessions.end(opened, token, g.now),
        )
    session.clear()
    return redirect("/login", 303)


class WelcomeForm:
    """What the page of a one-time link shows."""

    def __init__(self, member: Member | None, typed: dict[str, str], url: str) -> None:
        self.first = member is None
        self.roles = words_of(member.roles) if member else ""
        self.url = url
        self.mistakes: dict[str, Mistake] = {}
        self._typed = typed
        if member:
            self._typed["email"] = member.email
            self._typed.setdefault("name", "" if member.name == member.email else member.name)

    def value(self, name: str, turn: int = 0) -> str:
        return self._typed.get(name, "")

    def check(self) -> bool:
        """Note every mistake; True if there is none."""
        if not self.value("name").strip():
            self.mistakes["name"] = Mistake(reason="Your name is missing.")
        if long := too_long(self.value("name").strip(), LONGEST_NAME, "Your name"):
            self.mistakes["name"] = long
        try:
            validate_email(self.value("email"), check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            self.mistakes["email"] = Mistake(
                reason="This is not an e-mail address.", mend="It looks like rita@acme.example."
            )
        weak = passwords.weakness(
            self.value("password"), email=self.value("email"), name=self.value("name")
        )
        if weak:
            self.mistakes["password"] = Mistake(reason=weak)
        return not self.mistakes


@blueprint.get("/welcome/<token>")
def welcome(token: str) -> ResponseReturnValue:
    """The page of a one-time link: name and password; opening it spends nothing."""
    try:
        with reading(current_app.extensions["database"]) as opened:
            link = links.look(opened, token, g.now)
    except links.SpentLinkError:
        return render_template("auth/spent.html"), 410
    form = WelcomeForm(link.member, {}, request.path)
    return render_template("auth/welcome.html", form=form)


@blueprint.post("/welcome/<token>")
def join(token: str) -> ResponseReturnValue:
    """Spend the link, set name and password, and go in."""
    database: Database = current_app.extensions["database"]
    try:
        with reading(database) as opened:
            link = links.look(opened, token, g.now)
        form = WelcomeForm(link.member, _typed(), request.path)
        if not form.check():
            return render_template("auth/welcome.html", form=form), 422
        member_id = perform(
            database,
            lambda opened: links.use(
                opened,
                token,
                name=form.value("name").strip(),
                email=form.value("email").strip(),
                password=form.value("password"),
                now=g.now,
            ),
        )
    except links.SpentLinkError:
        return render_template("auth/spent.html"), 410
    except links.TakenAddressError:
        form.mistakes["email"] = Mistake(reason="A colleague has this address already.")
        return render_template("auth/welcome.html", form=form), 422
    start_session(database, member_id)
    return redirect("/", 303)


def _typed() -> dict[str, str]:
    typed: dict[str, Any] = {}
    for name, limit in (("email", LONGEST_EMAIL), ("password", passwords.LONGEST)):
        typed[name] = request.form.get(name, "")[: limit + 1]
    name = re.sub(r"\s+", " ", request.form.get("name", ""))
    typed["name"] = clean(name)
    return typed
