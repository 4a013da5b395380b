"""The pages of what went out: one call, and what ad platforms, chats and CRMs were told."""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import out_again, out_told, out_view, turning
from app.permissions import Act, may_at_all
from prospects import audit
from webhooks import conversion_report, known, redrive
from webhooks.call_rows import CallRow, CallState
from webhooks.destinations import Destination
from webhooks.letters import name_of

blueprint = Blueprint("going_out", __name__, url_prefix="/out")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("/calls/<uuid:call_id>")
@may(Act.SEE_OUT)
def call(call_id: UUID) -> ResponseReturnValue:
    """One call with each attempt."""
    with reading(current_app.extensions["database"]) as session:
        row = _call(session, call_id)
        place = out_view.place_of(session, row.hook, g.now, secret=_secret())
        shown = out_told.call(session, row, place, g.now, may_change=_may(Act.HOOKS))
    return render_template("marketing/call.html", call=shown)


@blueprint.post("/calls/<uuid:call_id>/replay")
@may(Act.HOOKS)
def replay(call_id: UUID) -> ResponseReturnValue:
    """Tell it once more, under the same id."""
    by = str(current().id)

    def work(session: Session) -> bool:
        row = _call(session, call_id)
        if row.state == CallState.WAITING or not row.body:
            return False
        redrive.one(session, row, g.now)
        audit.note(session, "call replayed", row.id, g.now, who=by)
        return True

    told = perform(current_app.extensions["database"], work)
    flash(*(("It is told once more.", "good") if told else ("It cannot be told again.", "soon")))
    return redirect(f"/out/calls/{call_id}", 303)


@blueprint.get("/to/<slug>")
@may(Act.SEE_OUT)
def destination(slug: str) -> ResponseReturnValue:
    """One ad platform, chat, CRM or lookup, and what became of what it was told or asked."""
    asked, may_change = request.args.to_dict(), _may(Act.TRY_AGAIN)
    with reading(current_app.extensions["database"]) as session:
        found = _destination(session, slug)
        if found.is_lookup:
            asked_about = out_view.lookup(session, found, g.now)
            return render_template("marketing/lookup.html", lookup=asked_about)
        if found.by_calls:
            chat = out_told.listener(session, found, g.now, asked=asked, may_change=may_change)
            return render_template("marketing/program.html", program=chat)
        before = turning.start(asked)
        shown = out_view.platform(session, found, g.now, before=before, may_change=may_change)
    return render_template("marketing/platform.html", platform=shown)


@blueprint.post("/to/<slug>/redrive")
@may(Act.TRY_AGAIN)
def tell_again(slug: str) -> ResponseReturnValue:
    """Tell a platform what it refused or what was withheld; a chat or CRM what was given up."""
    by = str(current().id)

    def work(session: Session) -> int:
        found = _destination(session, slug)
        if found.by_calls:
            return out_again.redrive_asked(session, name_of(found), slug)
        count = conversion_report.again(session, found, g.now)
        audit.note(session, "conversions replayed", slug, g.now, who=by, count=count)
        return count

    out_again.say(perform(current_app.extensions["database"], work))
    return redirect(f"/out/to/{slug}", 303)


def _destination(session: Session, slug: str) -> Destination:
    found = known.destinations(session, secret=_secret()).destinations.get(slug)
    if found is None:
        abort(404)
    return found


def _call(session: Session, call_id: UUID) -> CallRow:
    row = session.execute(select(CallRow).where(CallRow.id == call_id)).scalar_one_or_none()
    if row is None:
        abort(404)
    return row


def _may(act: Act) -> bool:
    return may_at_all(current().roles, act)


def _secret() -> str:
    key: str = current_app.extensions["settings"].secret_key
    return key
