"""The editor of flows that belong to the browser: every mistake at its line, and a look ahead first."""

from collections.abc import Mapping
from hashlib import sha256

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import flow_preview
from app.pages.flow_views import Editor
from app.pages.line_mistakes import told_at
from app.permissions import Act, may_at_all
from app.workspace import in_browser
from app.workspace.in_browser import NotPublishedError, Written
from app.workspace.mistakes import MistakesError
from app.workspace.standing import Standing, stand
from app.workspace.wanted import Thing
from nurture.wiring import read_flow
from prospects.texts import storable

PATH = "/flow-editor"
blueprint = Blueprint("flow_editor", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST = 200_000
BEGIN = """\
# Who enters, and what happens to them. Each step has a name of its own.
flow: my-flow
enter:
  activity: form
  where: {field: form, op: eq, value: guide}
steps:
  - id: pause
    wait: 2d
  - id: go
    hand_off: {}
"""


@blueprint.get("")
@may(Act.EDIT_FLOWS)
def write() -> ResponseReturnValue:
    """The editor: `?flow=` a flow of the browser's, `?copy=` any flow as a draft, else a new one."""
    slug, copied = request.args.get("flow"), request.args.get("copy")
    with reading(current_app.extensions["database"]) as session:
        text = in_browser.text_of(session, slug or copied or "") if slug or copied else BEGIN
        standing = stand(session)
    if text is None:
        abort(404)
    document = standing.of(Thing.FLOW).get(slug or "")
    if slug and (document is None or document.owner != in_browser.OWNER):
        return redirect(f"{PATH}?copy={slug}")
    if copied:
        text = text.replace(f"flow: {copied}", f"flow: {copied[:55]}-copy", 1)
    return _shown(Editor(text=text, since=document.version if document else 0))


def typed_again(fields: Mapping[str, str]) -> ResponseReturnValue:
    """The editor as it was sent after the sign-in had ended; to be sent once more by its writer."""
    if not may_at_all(current().roles, Act.EDIT_FLOWS):
        abort(403)
    since = fields.get("since", "")
    return _shown(Editor(text=fields.get("text", ""), since=int(since) if since.isdecimal() else 0))


def _shown(editor: Editor, code: int = 200) -> ResponseReturnValue:
    return render_template("marketing/flow_editor.html", editor=editor), code


@blueprint.post("")
@may(Act.EDIT_FLOWS)
def send() -> ResponseReturnValue:
    """Look ahead, or publish what was looked at; on any trouble the text stays as it was typed."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    since = request.form.get("since", 0, type=int)
    if len(text) > LONGEST or not storable(text):
        abort(413 if len(text) > LONGEST else 400)
    with reading(current_app.extensions["database"]) as session:
        standing = stand(session)
        try:
            flow = in_browser.read(text, standing)
            in_browser.refuse(standing, flow.slug, since)
        except MistakesError as error:
            return _shown(
                Editor(text=text, since=since, mistakes=told_at(text, error.mistakes)), 422
            )
        except NotPublishedError as error:
            return _shown(Editor(text=text, since=since, refused=str(error)), 409)
        if request.form.get("seen") != _print(text) or request.form.get("act") != "publish":
            return _shown(_ahead(session, flow, standing))
    return _publish(flow, since)


def _ahead(session: Session, flow: Written, standing: Standing) -> Editor:
    document = standing.of(Thing.FLOW).get(flow.slug)
    ahead = flow_preview.preview(session, flow.slug, read_flow(flow.body), g.now)
    return Editor(
        text=flow.text,
        since=document.version if document else 0,
        seen=_print(flow.text),
        slug=flow.slug,
        ahead=ahead,
    )


def _publish(flow: Written, since: int) -> ResponseReturnValue:
    who = str(current().id)
    try:
        number = perform(
            current_app.extensions["database"],
            lambda session: in_browser.publish(session, flow, g.now, since=since, by=who),
        )
    except MistakesError as error:
        mistakes = told_at(flow.text, error.mistakes)
        return _shown(Editor(text=flow.text, since=since, mistakes=mistakes), 422)
    except NotPublishedError as error:
        return _shown(Editor(text=flow.text, since=since, refused=str(error)), 409)
    flash(f"Version {number} is in force: whoever enters from now on follows it.", "good")
    return redirect(f"/flows/{flow.slug}", 303)


def _print(text: str) -> str:
    """Recognises the text that was looked at, so that nothing else is published by that button."""
    return sha256(text.encode()).hexdigest()[:32]
