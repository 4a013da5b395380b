"""The pages of segments: the list, and each with what it says and how many are in it."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import condition_view
from app.pages.flow_words import plain
from app.pages.segment_views import SegmentLine, SegmentPage, Segments
from app.permissions import Act, may_at_all
from app.workspace import in_browser, segments_in_browser
from app.workspace.rewritten import fresh
from app.workspace.segments_in_browser import NotKeptError
from prospects import configuration, segments
from prospects.conditions import parse
from prospects.conditions.explain import in_words
from prospects.configuration import Document
from prospects.segments import SEGMENT

PATH = "/segments"
EDITOR = "/segment-editor"
blueprint = Blueprint("segments", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("")
@may(Act.SEE_PEOPLE)
def listed() -> ResponseReturnValue:
    """Every segment, with the flows that let people in by it."""
    with reading(current_app.extensions["database"]) as session:
        documents = configuration.read(session, SEGMENT)
        flows = segments_in_browser.entered_by(session)
    shown = Segments(
        lines=[_line(each, flows) for each in documents.values()],
        may_edit=may_at_all(current().roles, Act.SEGMENT),
    )
    return render_template("marketing/segments.html", segments=shown)


def _line(document: Document, flows: Mapping[str, Sequence[str]]) -> SegmentLine:
    slug = document.slug
    sees_flows = may_at_all(current().roles, Act.SEE_FLOWS)
    return SegmentLine(
        url=f"{PATH}/{slug}",
        slug=slug,
        name=str(document.body["name"]),
        condition=plain(in_words(parse(document.body["if"]))),
        owner=document.owner,
        people_url=f"/people?segment={slug}",
        flows=[(each, f"/flows/{each}" if sees_flows else "") for each in flows.get(slug, ())],
    )


@blueprint.get("/<slug>")
@may(Act.SEE_PEOPLE)
def one(slug: str) -> ResponseReturnValue:
    """One segment, counted as far as one look reaches."""
    with reading(current_app.extensions["database"]) as session:
        shown = _page(session, slug)
    return render_template("marketing/segment.html", segment=shown)


def _page(session: Session, slug: str, refused: str | None = None) -> SegmentPage:
    document = configuration.read(session, SEGMENT).get(slug)
    if document is None:
        abort(404)
    condition = document.body["if"]
    may_edit = may_at_all(current().roles, Act.SEGMENT)
    owned = document.owner == in_browser.OWNER
    return SegmentPage(
        line=_line(document, segments_in_browser.entered_by(session)),
        text=fresh(condition),
        tally=condition_view.tally_in_words(segments.tally(session, condition, g.now)),
        since=document.version,
        edit_url=f"{EDITOR}?of={slug}" if may_edit and owned else None,
        copy_url=f"{EDITOR}?copy={slug}" if may_edit else None,
        refused=refused,
    )


@blueprint.post("/<slug>/removal")
@may(Act.SEGMENT)
def remove(slug: str) -> ResponseReturnValue:
    """Take it away, unless a flow lets people in by it."""
    since, who = request.form.get("since", 0, type=int), str(current().id)
    database = current_app.extensions["database"]
    try:
        perform(
            database,
            lambda to: segments_in_browser.take_away(to, slug, g.now, since=since, by=who),
        )
    except NotKeptError as error:
        with reading(database) as session:
            shown = _page(session, slug, str(error))
        return render_template("marketing/segment.html", segment=shown), 409
    flash(f"{slug} is no segment any more. Its people stay as they are.", "good")
    return redirect(PATH, 303)
