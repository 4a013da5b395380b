"""The pages of sources: where leads come from, how each is doing, and a test lead through the real door."""

from dataclasses import replace

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.test import Client

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import source_fields, source_keys, source_list, source_views, source_words
from app.pages.words import several
from app.permissions import Act, may_at_all
from prospects import audit, configuration
from webhooks import health, known, unmapped
from webhooks.known import Known
from webhooks.meanings import is_target
from webhooks.sources import Auth, HeaderAuth, HmacAuth, Source, SourceKind, StandardWebhooksAuth
from webhooks.trial import trial

blueprint = Blueprint("sources", __name__, url_prefix="/sources")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("")
@may(Act.SEE_SOURCES)
def listed() -> ResponseReturnValue:
    """Every source and how it is doing, what needs somebody first."""
    with reading(current_app.extensions["database"]) as session:
        every = list(configuration.read(session, "source"))
        found = source_list.read(session, _known(session), every, g.now)
    shown = sorted(found, key=source_list.urgency)
    return render_template("marketing/sources.html", sources=shown)


def _known(session: Session) -> Known:
    return known.sources(session, secret=current_app.extensions["settings"].secret_key)


@blueprint.get("/<slug>")
@may(Act.SEE_SOURCES)
def one(slug: str) -> ResponseReturnValue:
    """One source: its address, how to set it up, how it is doing."""
    with reading(current_app.extensions["database"]) as session:
        if slug not in configuration.read(session, "source"):
            abort(404)
        found = _known(session)
        source = found.sources.get(slug)
        (shown,) = source_list.read(session, found, [slug], g.now)
        shown = _with_counts(session, shown, source)
    base = current_app.extensions["settings"].base_url or request.host_url.rstrip("/")
    token = f"/{source.token}" if source and source.token else ""
    whole = replace(
        shown,
        address=f"{base}/webhooks/{slug}{token}",
        secret=bool(token),
        setup=[_at_home(line, base, slug) for line in source_words.SETUP.get(shown.kind, ())],
        proof=_proof(source.auth) if source else None,
        snippet=source_words.SNIPPET.format(base=base, slug=slug) if _has_pages(source) else "",
        testable=source is not None and source.active and trial(source, g.now) is not None,
        received_url=f"/received?source={slug}",
        token_ends=source_keys.ends(source, g.now.date()),
        rotation=source_keys.rotation(source) if source else (),
    )
    return render_template("marketing/source.html", source=whole)


def _with_counts(
    session: Session, shown: source_views.Source, source: Source | None
) -> source_views.Source:
    """The same with how much came, what is on its way, and which of its fields mean nothing yet."""
    slug = shown.slug
    rate, waiting = health.rate(session, slug, g.now), health.to_fetch(session, slug)
    may_map = may_at_all(current().roles, Act.MAP_FIELDS)
    return replace(
        shown,
        rate=f"{rate.day:,} in the last 24 hours, {rate.week:,} in the last seven days",
        to_fetch=several(waiting, "lead waits", "leads wait") if waiting else "",
        fields=source_fields.of(session, source) if may_map else (),
        meanings=source_fields.said(session, slug),
    )


def _has_pages(source: Source | None) -> bool:
    """Whether pages of ours may tell what happens on them."""
    return source is not None and source.kind is SourceKind.HTML_FORM and bool(source.origins)


def _at_home(line: str, base: str, slug: str) -> str:
    """A line of the set-up with this source's own address; what is secret in it is named alone."""
    mine = f"{base}/webhooks/{slug}"
    return source_list.plain(line.replace("https://…/webhooks/<slug>", mine)).replace(
        "<token>", "its token"
    )


def _proof(auth: Auth | None) -> str | None:
    match auth:
        case HeaderAuth(header=name):
            return source_words.PROOFS["header"].format(name=name)
        case HmacAuth(hmac_header=name):
            return source_words.PROOFS["hmac_header"].format(name=name)
        case StandardWebhooksAuth():
            return source_words.PROOFS["standard_webhooks"]
        case None:
            return None


@blueprint.post("/<slug>/fields")
@may(Act.MAP_FIELDS)
def map_field(slug: str) -> ResponseReturnValue:
    """Say what a field of the source means from now on and meant in the past, or that it means nothing."""
    field, target = request.form.get("field", ""), request.form.get("target", "")
    who, database = str(current().id), current_app.extensions["database"]
    with reading(database) as session:
        if slug not in configuration.read(session, "source"):
            abort(404)
    if not field or (target and not is_target(target)):
        abort(400)
    perform(database, lambda s: unmapped.say(s, slug, field, target or None, g.now, by=who))
    flash("That is what it means from now on. People of the past follow in a moment.", "good")
    return redirect(f"/sources/{slug}", 303)


@blueprint.post("/<slug>/test")
@may(Act.SEND_TEST)
def test(slug: str) -> ResponseReturnValue:
    """Send a test lead to the source's own address, proved as its sender would prove it."""
    database = current_app.extensions["database"]
    with reading(database) as session:
        source = _known(session).active(slug)
    sent = trial(source, g.now) if source else None
    if source is None or sent is None:
        abort(404)
    who = str(current().id)
    perform(database, lambda s: audit.note(s, "test lead", slug, g.now, who=who))
    status = _post(current_app, source, sent.body, dict(sent.headers))
    if status != 200:
        flash(f"The test lead was refused with {status}. Look at the source's set-up.", "bad")
        return redirect(f"/sources/{slug}", 303)
    flash("The test lead is in. It is marked as a test and becomes nobody's history.", "good")
    return redirect(f"/received?source={slug}", 303)


def _post(app: Flask, source: Source, body: bytes, headers: dict[str, str]) -> int:
    """Through the whole site from its outermost door, as if it had come over the wire."""
    path = f"/webhooks/{source.slug}" + (f"/{source.token}" if source.token else "")
    return Client(app).post(path, data=body, headers=headers).status_code
