"""A rep sets when a buyer wants to be called again: two taps on the brief, and it rings at that time."""

from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform
from app.pages import calling, desk
from app.pages.handoffs import actor, refusal
from app.permissions import Act
from app.times import moment
from prospects.faults import FaultyError
from prospects.kinds import Verdict
from routing import call_backs
from routing.confirm import confirm
from routing.finding import Channel, RepFinding
from routing.refusals import RoutingError

blueprint = Blueprint("call_backs", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

ONE = "/<uuid:prospect_id>/<uuid:handoff_id>/call-back"
TRIED = RepFinding(verdict=Verdict.NOT_REACHED, channel=Channel.CALL)


@blueprint.post(ONE)
def plan(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Set the time; with `tried` the call just now counts as a try."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    at = calling.instant(request.form.get("at") or request.form.get("other", ""), g.now, g.zone)

    def work(session: Session) -> None:
        desk.find_or_404(session, ref, viewer, Act.CONFIRM)
        if request.form.get("tried"):
            secret = current_app.extensions["settings"].secret_key
            tried = TRIED.model_copy(update={"at": g.now})
            confirm(session, ref, actor(session), tried, now=g.now, secret=secret)
        call_backs.plan(session, ref, actor(session), at=at or g.now, now=g.now)

    try:
        perform(current_app.extensions["database"], work)
    except FaultyError:
        flash("That time will not do: choose one within the next 60 days.", "bad")
        return redirect(f"/handoffs/{ref}", 303)
    except RoutingError as error:
        return refusal(error)
    assert at is not None
    flash(f"It rings {moment(at, g.now, g.zone)}. Until then nobody asks what you found.", "good")
    return redirect("/today", 303)


@blueprint.post(f"{ONE}/end")
def drop(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """They need not be called back."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()

    def work(session: Session) -> None:
        desk.find_or_404(session, ref, viewer, Act.CONFIRM)
        call_backs.drop(session, ref, actor(session), g.now)

    try:
        perform(current_app.extensions["database"], work)
    except RoutingError as error:
        return refusal(error)
    flash("Taken off. Nothing rings any more.", "good")
    return redirect(f"/handoffs/{ref}", 303)
