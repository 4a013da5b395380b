"""`/t.js` and `/t`: the script for our own pages, and what it tells; both strangers' browsers reach."""

from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.web import forms
from app.web.intake import Intake, NotLoadedError
from app.web.webhooks import COME_BACK, incoming, said, take
from webhooks import browsers, signals
from webhooks.kinds import html_form
from webhooks.sources import Source, inbox_of_pages

log = structlog.get_logger(__name__)

blueprint = Blueprint("signals", __name__)

SCRIPT = Path(__file__).parents[1] / "static" / "t.js"
AN_HOUR = "public, max-age=3600"


@blueprint.get("/t.js")
def script() -> Response:
    """The script; no cookie, the same for everybody."""
    answer = Response(_script(), 200, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = AN_HOUR
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@cache
def _script() -> bytes:
    lines = SCRIPT.read_bytes().splitlines()
    # Every line ends where the next may follow at once: 2 kB is all a page is asked to load.
    return b"".join(line for line in lines if not line.startswith(b"//"))


def _never_fails(view: Callable[[], Response]) -> Callable[[], Response]:
    """A visitor's browser is never told of a fault of ours; at most that it came too often."""

    @wraps(view)
    def safe() -> Response:
        try:
            return view()
        except HTTPException as error:
            return said(error.code or 400, error.name.lower())
        except (SQLAlchemyError, NotLoadedError) as error:
            log.warning("a signal was lost", error=type(error).__name__)
        except Exception:
            log.exception("a signal broke its receiver")
        answer = said(429, "nothing can be kept now: try again in a moment")
        answer.headers["Retry-After"] = COME_BACK
        return answer

    return safe


@blueprint.route("/t", methods=("POST", "OPTIONS"), provide_automatic_options=False)
@_never_fails
def told() -> Response:
    """Answers only after the signal is committed; from pages of ours alone, and not too often."""
    intake: Intake = current_app.extensions["intake"]
    origin = html_form.origin_of(incoming(None, b""))
    source = intake.site(origin, request.args.get("source"))
    if source is None:
        return said(403, "signals may not be posted from there")
    return forms.readable(_answer(intake, source), source)


def _answer(intake: Intake, source: Source) -> Response:
    if request.method == "OPTIONS":
        return forms.asked(source)
    posts: forms.Posts = current_app.extensions["posts"]
    if not posts.take_signal(source, request.remote_addr):
        intake.refused(source.slug, g.now, 429)
        return forms.too_many()
    request.max_content_length = signals.LARGEST
    # Read now, under our own limit; whoever asks later gets the same bytes.
    body = request.get_data()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if browsers.wants_privacy(headers) and signals.only_follows(body):
        return Response(status=204)
    kept = take(signals.ADAPTER, source, intake, inbox=inbox_of_pages(source.slug))
    return kept if isinstance(kept, Response) else Response(status=204)
