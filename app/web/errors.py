"""What a person sees when something went wrong: what it was, in plain words, and a next step."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.auth.guard import (
    ask_to_sign_in,
    from_our_pages,
    note_viewer,
    page_of,
    words_kept,
    words_sent,
)
from app.pages.navigation import items_for

log = structlog.get_logger()

PROGRAMS = ("/api/", "/webhooks/")
COME_BACK = "5"
"""Seconds after which it is worth trying again when the database is away."""


@dataclass(frozen=True, slots=True)
class Again:
    """A form that may be sent once more as it was."""

    url: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What an error page says."""

    code: int
    title: str
    text: str
    url: str = "/"
    next: str = "To your start page"
    again: Again | None = None
    ways: Sequence[tuple[str, str]] = ()
    """Where else one may go from here: (address, words)."""
    reference: str | None = None


SAYINGS = {
    400: ("We could not read that", "Something in the address or the form was not as expected. Go back and try once more."),
    403: ("This is not yours to open", "Your role does not include this page. If it should, ask an administrator."),
    404: ("There is nothing here", "The address is mistyped, the thing is gone, or it belongs to somebody else."),
    405: ("That does not work this way", "Open the page first and use its buttons."),
    413: ("That is too much at once", "Shorten the text and send it again; your browser's back key brings it back."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
}  # fmt: skip


def speak(app: Flask) -> None:
    """Answer every error with a page, or with problem details where a program asks."""
    app.before_request(only_what_can_be_named)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(OperationalError, away)
    app.register_error_handler(PoolTimeout, away)
    app.register_error_handler(Exception, failed)


def only_what_can_be_named() -> None:
    """An address with a NUL in it names nothing: PostgreSQL cannot even be asked."""
    if "\0" in request.path:
        abort(404)


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The form was opened too long ago, or in another sign-in."""
    note_viewer()
    if g.viewer is None and request.path not in ("/login", "/logout"):
        return ask_to_sign_in()
    # Only what came from our own page may be offered to be sent again with a fresh token.
    own = from_our_pages(current_app, request)
    fields = words_kept(words_sent(request)) if own else []
    return _page(
        Trouble(
            code=419,
            title="This page was open too long",
            text="Nothing was done yet. Your words are still here: send them again, or go back.",
            url=page_of(request.path),
            next="Back to the page",
            again=Again(request.path, fields) if fields else None,
        )
    )


def refused(error: HTTPException) -> ResponseReturnValue:
    """An error with a meaning, such as 404."""
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    if request.path.startswith(PROGRAMS):
        return _problem(code, error.name)
    title, text = SAYINGS.get(code, (error.name, "Go back and try once more."))
    _look()
    return _page(Trouble(code=code, title=title, text=text, ways=_ways(code)))


def _look() -> None:
    """Whoever is signed in keeps the navigation, also where no page is; without a database nobody does."""
    with suppress(OperationalError, PoolTimeout):
        note_viewer()


def _ways(code: int) -> list[tuple[str, str]]:
    """What one may have been looking for, by what one may see."""
    who = g.get("viewer")
    if who is None or code != HTTPStatus.NOT_FOUND:
        return []
    known = {"/people": "Look for a person or a company", "/promises": "All promises"}
    there = {item.url for item in items_for(who, request.path)}
    return [(url, words) for url, words in known.items() if url in there][:1]


def away(error: Exception) -> ResponseReturnValue:
    """The database cannot be reached now: nobody's mistake here, and worth another try in a moment."""
    log.warning("the database is away", error=type(error).__name__)
    if request.path.startswith(PROGRAMS):
        body, code, headers = _problem(503, "Service Unavailable")
        return body, code, {**headers, "Retry-After": COME_BACK}
    fields = words_kept(words_sent(request)) if from_our_pages(current_app, request) else []
    page, code = _page(
        Trouble(
            code=503,
            title="We cannot look that up right now",
            text="Nothing was lost. Wait a moment, then try once more.",
            url=page_of(request.path),
            next="Try again",
            again=Again(request.path, fields) if fields else None,
        )
    )
    return page, code, {"Retry-After": COME_BACK}


def failed(error: Exception) -> ResponseReturnValue:
    """A mistake of ours: it is logged with a reference, and the person is told nothing was lost."""
    reference = secrets.token_hex(4)
    log.error("page_failed", reference=reference, path=request.endpoint, exc_info=error)
    if request.path.startswith(PROGRAMS):
        return _problem(500, "Internal Server Error")
    text = "It is our mistake, not yours, and it is written down. Go back and try once more."
    _look()
    here = [(request.full_path.rstrip("?"), "Try again")] if request.method == "GET" else []
    broken = Trouble(code=500, title="Something broke", text=text, ways=here, reference=reference)
    return _page(broken)


def _page(trouble: Trouble) -> tuple[str, int]:
    return render_template("public/error.html", error=trouble), trouble.code


def _problem(code: int, title: str) -> tuple[dict[str, object], int, dict[str, str]]:
    problem: dict[str, object] = {"type": "about:blank", "title": title, "status": code}
    return problem, code, {"Content-Type": "application/problem+json"}
