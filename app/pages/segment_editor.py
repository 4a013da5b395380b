"""The editor of segments that belong to the browser: put together or typed, counted, then kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import condition_form, condition_view, people_search
from app.pages.condition_form import Condition, Typed
from app.pages.papers import NOBODY
from app.pages.people_search import Asked
from app.pages.segment_sent import LONGEST_NAME, look, read
from app.pages.segment_views import SegmentEditor
from app.permissions import Act, may_at_all
from app.workspace import in_browser, segments_in_browser
from app.workspace.segments_in_browser import Named, NotKeptError
from prospects import configuration, segments
from prospects.conditions import ConditionError
from prospects.rows import ProspectRow
from prospects.segments import SEGMENT

PATH = "/segment-editor"
blueprint = Blueprint("segment_editor", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

SHOWN = 5
"""People who are named when somebody looks who would be in it."""


@blueprint.get("")
@may(Act.SEGMENT)
def write() -> ResponseReturnValue:
    """The editor: `?of=` one of the browser's, `?copy=` any, else with what the list was asked for."""
    slug, copied = request.args.get("of", ""), request.args.get("copy", "")
    with reading(current_app.extensions["database"]) as session:
        known = condition_view.known(session)
        documents = configuration.read(session, SEGMENT)
        if not slug and not copied:
            return _shown(_from_list(session, people_search.read(request.args)))
        document = documents.get(slug or copied)
        if document is None:
            abort(404)
        if slug and document.owner != in_browser.OWNER:
            return redirect(f"{PATH}?copy={slug}")
        typed = condition_form.typed_of(document.body["if"], known)
        name = str(document.body["name"])
        editor = SegmentEditor(
            builder=condition_view.builder(typed, known),
            name=name if slug else f"{name} (copy)"[:LONGEST_NAME],
            slug=slug or f"{copied[:55]}-copy",
            since=document.version if slug else 0,
            flows=segments_in_browser.entered_by(session).get(slug, ()),
        )
    return _shown(editor)


def _from_list(session: Session, asked: Asked) -> SegmentEditor:
    """With everything the list of people was asked for that a condition can say."""
    known = condition_view.known(session)
    understood = condition_form.understand(asked.typed, known)
    if understood.wrong:
        return SegmentEditor(builder=condition_view.builder(asked.typed, known, understood))
    condition = condition_form.together(
        [*_of_choices(asked), *_flat(people_search.condition_of(session, asked, understood.condition))]
    )  # fmt: skip
    typed = condition_form.typed_of(condition, known) if condition else Typed()
    left = [
        name for name, said in (("the words", asked.q), ("seen first by", asked.source)) if said
    ]
    return SegmentEditor(builder=condition_view.builder(typed, known), left_out=left)


def _flat(condition: Condition | None) -> list[Condition]:
    if condition is None:
        return []
    return list(condition["all"]) if set(condition) == {"all"} else [condition]


def _of_choices(asked: Asked) -> list[Condition]:
    chosen: Mapping[str, Any] = {
        "stage": asked.stage,
        "lifecycle": asked.lifecycle,
        "owner": str(asked.owner or ""),
        "warm": asked.warm,
    }
    return [{"field": name, "op": "eq", "value": value} for name, value in chosen.items() if value]


def typed_again(fields: Mapping[str, str]) -> ResponseReturnValue:
    """The editor as it was sent after the sign-in had ended; to be sent once more by its writer."""
    if not may_at_all(current().roles, Act.SEGMENT):
        abort(403)
    with reading(current_app.extensions["database"]) as session:
        return _shown(look(session, read(fields)).editor)


def _shown(editor: SegmentEditor, code: int = 200) -> ResponseReturnValue:
    return render_template("marketing/segment_editor.html", editor=editor), code


@blueprint.post("")
@may(Act.SEGMENT)
def send() -> ResponseReturnValue:
    """Look who would be in it, or keep it; on any trouble it stays as it was typed.

    What flows let people in by is kept only after a look at it.
    """
    sent = read(request.form)
    with reading(current_app.extensions["database"]) as session:
        found = look(session, sent)
        if found.named is None:
            return _shown(found.editor, 422)
        unseen = found.editor.flows and request.form.get("seen") != found.editor.seen
        if request.form.get("act") != "keep" or unseen:
            return _shown(_counted(session, found.named.condition, found.editor))
    return _keep(found.named, sent.since, found.editor)


def _counted(session: Session, condition: Condition, editor: SegmentEditor) -> SegmentEditor:
    some, tally = segments.first(session, condition, g.now, limit=SHOWN)
    rows = session.execute(select(ProspectRow).where(ProspectRow.id.in_(some.ids))).scalars()
    return replace(
        editor,
        tally=condition_view.tally_in_words(tally),
        people=[(f"/people/{row.id}", row.name or NOBODY) for row in rows],
    )


def _keep(named: Named, since: int, editor: SegmentEditor) -> ResponseReturnValue:
    who = str(current().id)
    try:
        perform(
            current_app.extensions["database"],
            lambda session: segments_in_browser.keep(session, named, g.now, since=since, by=who),
        )
    except NotKeptError as error:
        return _shown(replace(editor, refused=str(error)), 409)
    except ConditionError as error:
        return _shown(
            replace(editor, refused=f"What it rests on was changed meanwhile: {error}"), 409
        )
    flash(f"{named.name} is kept as a segment.", "good")
    return redirect(f"/segments/{named.slug}", 303)
