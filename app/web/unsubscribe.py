"""The way out of every mail: a page that changes nothing, and a POST that unsubscribes at once."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from app.door import perform
from nurture.unsubscribing import WayOut, unsubscribe, way_out

blueprint = Blueprint("unsubscribe", __name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the page shows."""

    topic: str
    url: str
    done: bool = False


@blueprint.get("/u/<token>")
def page(token: str) -> ResponseReturnValue:
    """A question with a button; scanners follow every link, so asking is all a GET does."""
    way = _way(token)
    return _shown(Leaving(topic=way.topic, url=request.path))


@blueprint.post("/u/<token>")
def leave(token: str) -> ResponseReturnValue:
    """Unsubscribe, at once and for good: from the page's button, or by a mail program (RFC 8058).

    It needs no cookie, no form token, no redirect, and does not look into the body: who can send
    this address a POST holds the mail, and wants no more of them.
    """
    way = _way(token)
    now = g.now
    perform(current_app.extensions["database"], lambda session: unsubscribe(session, way, now))
    return _shown(Leaving(topic=way.topic, url=request.path, done=True))


def _way(token: str) -> WayOut:
    way = way_out(current_app.extensions["settings"].secret_key, token)
    return way or abort(404)


def _shown(leaving: Leaving) -> ResponseReturnValue:
    shown = render_template("public/unsubscribe.html", page=leaving)
    return shown, 200, {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
