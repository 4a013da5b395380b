"""`/webhooks/<slug>[/<token>]`: prove the sender, keep the bytes, answer. Reading them is a job's work."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

import structlog
from flask import Blueprint, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from flask.json import dumps
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.door import perform_at_once
from app.settings import Settings
from app.web import forms
from app.web.intake import Intake, NotLoadedError
from webhooks.adapter import Adapter, Answer, Incoming, Refused, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.proofs import by_path
from webhooks.receive import BELL, Kept, arrival, receive
from webhooks.segment_calls import CALL_HEADER
from webhooks.sources import Source, SourceKind

log = structlog.get_logger(__name__)

blueprint = Blueprint("webhooks", __name__)

EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CALL = "call"
COME_BACK = "5"
"""Seconds after which a sender may try again when nothing can be kept."""


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    app = state.app
    settings: Settings = app.extensions["settings"]
    app.extensions["intake"] = Intake(app.extensions["database"], settings.secret_key)
    app.extensions["posts"] = forms.Posts()


def _never_fails(view: Callable[..., Response]) -> Callable[..., Response]:
    """Whatever goes wrong here is not the sender's fault: they are asked to come again."""

    @wraps(view)
    def safe(slug: str, token: str | None = None) -> Response:
        try:
            return view(slug, token)
        except HTTPException as error:
            return said(error.code or 400, error.name.lower())
        except (SQLAlchemyError, NotLoadedError) as error:
            log.warning("nothing can be kept now", error=type(error).__name__)
        except Exception:
            log.exception("a webhook broke its receiver")
        return _busy("nothing can be kept now")

    return safe


@blueprint.route("/webhooks/<slug>", methods=EVERY_METHOD, provide_automatic_options=False)
@blueprint.route("/webhooks/<slug>/<token>", methods=EVERY_METHOD, provide_automatic_options=False)
@_never_fails
def receive_webhook(slug: str, token: str | None) -> Response:
    """Answers only after the bytes are committed."""
    intake: Intake = current_app.extensions["intake"]
    source = intake.source(slug)
    if source is None and intake.broken(slug):
        # Whoever is told 404 gives up, or is switched off by its platform; this is ours to mend.
        return _busy("this source cannot be used now; its operator must mend it")
    if source is None or (token is not None and source.token is None):
        return said(404, "there is no such source")
    adapter = ADAPTERS[source.kind]
    if CALL in (request.view_args or {}) and CALL_HEADER not in adapter.keeps:
        return said(404, "there is no such address at this source")
    if adapter.public:
        return forms.readable(_from_a_browser(adapter, source, intake, token), source)
    if request.method == "GET" and adapter.challenge is not None:
        return _challenged(adapter, source, intake, token)
    if request.method == "OPTIONS" and adapter.asked is not None:
        return _answered(adapter.asked(incoming(token, b""), source))
    if request.method != "POST":
        return _wrong_method(adapter)
    return _received(adapter, source, intake, token)


@blueprint.route(
    f"/webhooks/<slug>/v1/<{CALL}>", methods=EVERY_METHOD, provide_automatic_options=False
)
def receive_call(slug: str, call: str) -> Response:
    """Where libraries of Segment's post to, that are given a host of their own."""
    return receive_webhook(slug)


def _from_a_browser(
    adapter: Adapter, source: Source, intake: Intake, token: str | None
) -> Response:
    if request.method == "OPTIONS":
        return forms.asked(source)
    if request.method != "POST":
        return _wrong_method(adapter)
    posts: forms.Posts = current_app.extensions["posts"]
    if not posts.take(source, request.remote_addr):
        intake.refused(source.slug, g.now, 429)
        return forms.too_many()
    return _received(adapter, source, intake, token)


def _received(adapter: Adapter, source: Source, intake: Intake, token: str | None) -> Response:
    taken = take(adapter, source, intake, token=token)
    if isinstance(taken, Response):
        return taken
    if adapter.public:
        return forms.thanks(source, taken.id)
    # Libraries of Segment's look for this word.
    success = '"success": true, ' if source.kind is SourceKind.SEGMENT else ""
    body = f'{{{success}"delivery": "{taken.id}"}}'
    return Response(body, 200, content_type="application/json")


def take(
    adapter: Adapter,
    source: Source,
    intake: Intake,
    *,
    token: str | None = None,
    inbox: str | None = None,
) -> Kept | Response:
    """Prove this request and keep it, committed; or the answer to who was not believed.

    `inbox`: where it is kept, if not under the source's own name.
    """
    settings: Settings = current_app.extensions["settings"]
    request.max_content_length = source.longest(settings.max_body)
    asked = incoming(token, request.get_data(cache=False))
    now: datetime = g.now
    source, verified = _judged(adapter, source, intake, asked)
    if isinstance(verified, Refused):
        intake.refused(source.slug, now, verified.status)
        return said(verified.status, verified.reason)
    if verified.unproved and not current_app.extensions["posts"].take(source, request.remote_addr):
        # Whoever sends what nobody can prove yet must not fill the database with it.
        return _busy("too much is waiting to be proved")
    keeps, secret = adapter.keeps, settings.secret_key
    arrived = arrival(asked, source, verified, now, secret=secret, keeps=keeps, inbox=inbox)
    kept = perform_at_once(intake.database, lambda connection: receive(connection, arrived, now))
    if verified.once and not kept.same:
        intake.refused(source.slug, now, 401)
        return said(401, "this proof was used before, for something else")
    if kept.fresh:
        intake.database.ring([BELL])
    return kept


def _judged(
    adapter: Adapter, source: Source, intake: Intake, asked: Incoming
) -> tuple[Source, Verified | Refused]:
    """The judgement, and the source as it was judged by."""
    verified = adapter.verify(asked, source, g.now)
    if isinstance(verified, Refused) and verified.status in {401, 403}:
        # A secret or an origin that was set a moment ago must not cost a lead.
        intake.refresh(older_than=0.1)
        source = intake.source(source.slug) or source
        verified = adapter.verify(asked, source, g.now)
    return source, verified


def _challenged(adapter: Adapter, source: Source, intake: Intake, token: str | None) -> Response:
    """From memory alone: this must work with the database down."""
    asked = incoming(token, b"")
    if not by_path(asked, source):
        return said(401, "the sender could not be proved")
    assert adapter.challenge is not None
    answer = adapter.challenge(asked, source)
    if not isinstance(answer, Refused):
        intake.challenged(source.slug, g.now)
    return _answered(answer)


def incoming(token: str | None, body: bytes) -> Incoming:
    """This request as it stands on the wire, with `body`."""
    intake: Intake = current_app.extensions["intake"]
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    if call := (request.view_args or {}).get(CALL):
        headers[CALL_HEADER] = call
    return Incoming(
        method=request.method,
        headers=headers,
        query=request.args.to_dict() if request.query_string else {},
        body=body,
        token=token,
        urls=_urls(),
        certificates=intake.certificates,
    )


def _urls() -> tuple[str, ...]:
    """This request's address as the outside knows it, and as the request itself says."""
    settings: Settings = current_app.extensions["settings"]
    asked = request.query_string.decode("latin-1")
    path = request.path + (f"?{asked}" if asked else "")
    # Not `host_url`, which looks at each part of it anew: what signs an address proves its host too.
    said = request.environ.get("HTTP_HOST")
    own = f"{request.scheme}://{said}" if said else ""
    hosts = [host.rstrip("/") for host in (settings.base_url, own) if host]
    return tuple(dict.fromkeys(host + path for host in hosts))


def _text(value: str) -> str:
    """A header's text. WSGI hands bytes over as Latin-1; what is not ASCII was UTF-8."""
    return value if value.isascii() else value.encode("latin-1", "replace").decode(errors="replace")


def _answered(answer: Answer | Refused) -> Response:
    if isinstance(answer, Refused):
        return said(answer.status, answer.reason)
    plain = isinstance(answer.body, str)
    body = answer.body if isinstance(answer.body, str) else dumps(dict(answer.body))
    kind = "text/plain" if plain else "application/json"
    return Response(body, answer.status, headers=dict(answer.headers), content_type=kind)


def said(status: int, error: str) -> Response:
    """What a program is told that is answered with a fault."""
    return Response(dumps({"error": error}), status, content_type="application/json")


def _busy(error: str) -> Response:
    answer = said(503, error)
    answer.headers["Retry-After"] = COME_BACK
    return answer


def _wrong_method(adapter: Adapter) -> Response:
    answer = said(405, "this method means nothing here")
    allowed = (
        ["GET"] * (adapter.challenge is not None)
        + ["POST"]
        + ["OPTIONS"] * (adapter.public or adapter.asked is not None)
    )
    answer.headers["Allow"] = ", ".join(allowed)
    return answer
