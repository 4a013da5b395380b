"""Who may go in: signed in, from our own pages, and with a role that may see the page."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import quote, urlsplit

from flask import Flask, Request, abort, current_app, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.auth import sessions
from app.auth.tokens import digest_of
from app.auth.viewer import current, viewer_of
from app.door import reading
from app.permissions import Act, may_at_all

P = ParamSpec("P")

TOKEN = "token"  # noqa: S105 - the name of a key
MOST_KEPT = 64 << 10  # characters of a form that are carried over a sign-in
UNKEPT = frozenset({"csrf_token", "password", "current", "next", "kept"})

csrf = CSRFProtect()


def note_viewer() -> None:
    """Find out, once a request, who is looking: `g.viewer`, None for nobody."""
    if "viewer" in g:
        return
    token = session.get(TOKEN)
    g.viewer = None
    if isinstance(token, str):
        with reading(current_app.extensions["database"]) as opened:
            member = sessions.find(opened, token, g.now)
        g.viewer = viewer_of(member) if member else None
        if member:
            current_app.extensions["seen"].note(digest_of(token), g.now)
    g.zone = g.viewer.zone if g.viewer else g.zone


def only_signed_in() -> ResponseReturnValue | None:
    """Before every page of the house: sign in first; what was being sent is kept meanwhile."""
    note_viewer()
    return None if g.viewer else ask_to_sign_in()


def only_from_our_pages() -> None:
    """Refuse a form that another site sends, even with a stolen token."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if not from_our_pages(current_app, request):
        abort(403)


def from_our_pages(app: Flask, asked: Request) -> bool:
    """Whether the browser says that this request comes from this site (or does not say)."""
    origin = asked.headers.get("Origin")
    if origin is None:
        return asked.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    own = {f"{asked.scheme}://{asked.host}"}
    base = app.extensions["settings"].base_url
    return origin in own | ({base} if base else set())


def may(act: Act) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Only colleagues with a role that may do `act` to something; whose it is, the page asks itself."""

    def guarded(page: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(page)
        def open_to(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not may_at_all(current().roles, act):
                abort(403)
            return page(*args, **kwargs)

        return open_to

    return guarded


def ask_to_sign_in() -> ResponseReturnValue:
    """The way to the sign-in page; a form that was sent goes along, so that no word is lost."""
    if request.accept_mimetypes.best == "application/json":
        return {"title": "Sign in first", "status": 401}, 401
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": "/login"}
    if request.method == "GET":
        return redirect(f"/login?next={quoted(request.full_path.rstrip('?'))}")
    form = SignInForm(
        why="You were signed out meanwhile.",
        next=page_of(request.path),
        kept=words_sent(request) if from_our_pages(current_app, request) else "",
    )
    return render_template("auth/login.html", form=form), 401


def words_sent(asked: Request) -> str:
    """The form that was sent, as text for a hidden field; empty if it is too long or holds nothing."""
    fields = [(name, value) for name, value in asked.form.items(multi=True) if name not in UNKEPT]
    kept = json.dumps(fields)
    return kept if fields and len(kept) <= MOST_KEPT else ""


def words_kept(text: str) -> list[tuple[str, str]]:
    """The fields of `words_sent`; none for anything else."""
    if not text or len(text) > MOST_KEPT:
        return []
    try:
        fields = json.loads(text)
        return [(str(name), str(value)) for name, value in fields]
    except (ValueError, TypeError, RecursionError):
        return []


_ACTS = re.compile(
    r"/(acceptance|not-reached|draft|snooze|note|call-back|call-back/end|replay|redrive|rotation|activation|test|release|promises/[^/]+)$|(?<=/setup)/(invitation|checks/[^/]+|colleagues/[^/]+/[^/]+)$|(?<=/you)/password$"
    r"|(?<=/companies/.{36})/people/[^/]+$|(?<=/promises)/.{36}/.{36}/kept$|(?<=/absences)/end$"
    r"|(?<=/team)/invitation$|(?<=/team/.{36})/(invitation|roles|deactivation|activation)$"
    r"|(?<=/out)/programs$"
    r"|(?<=/tokens)/[^/]+/revocation$|(?<=/imports/.{36})/(columns|encoding|undo)$|(?<=/duplicates)/.{36}/.{36}/parting$"
    r"|^/merges/.{36}/undoing$|^/people/.{36}/company$"
)


def page_of(path: str) -> str:
    """The page a form was on, from the path it was sent to."""
    return local(_ACTS.sub("", path))


def local(target: str) -> str:
    """`target` if it is a path of this site, else the root."""
    parts = urlsplit(target.replace("\\", "/")) if target.isprintable() else None
    if parts is None or parts.scheme or parts.netloc or not target.startswith("/"):
        return "/"
    return "/" if target.startswith("//") else target


def quoted(path: str) -> str:
    return quote(local(path), safe="/")


class SignInForm:
    """What the sign-in page shows."""

    def __init__(
        self, *, email: str = "", next: str = "/", why: str = "", failed: str = "", kept: str = ""
    ) -> None:
        self.email = email
        self.next = next
        self.why = why
        self.failed = failed
        self.kept = kept
        self.mistakes: dict[str, Any] = {}

    def value(self, name: str, turn: int = 0) -> str:
        return self.email if name == "email" else ""
