"""Asks the desk for what is missing on a brief."""

from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform
from app.pages import desk
from app.pages.handoffs import actor, refusal
from app.permissions import Act
from prospects.faults import FaultyError
from prospects.ids import new_id, parse_id
from routing import write_ups
from routing.refusals import RoutingError
from routing.write_ups import Wanted

blueprint = Blueprint("desk_asks", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/write-up")
def ask(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Ask for a write-up; the same form sent twice is one."""
    ref, what = desk.ref_of(prospect_id, handoff_id), request.form.get("what", "")
    once = parse_id(request.form.get("once", "")) or new_id(g.now)
    wanted = Wanted(
        prospect_id=ref.prospect_id,
        handoff_id=ref.handoff_id,
        what=what,
        once=once,
        batch=once,
    )

    def work(session: Session) -> bool:
        desk.find_or_404(session, ref, current(), Act.ASK_DESK)
        return write_ups.ask(session, wanted, actor(session), g.now)

    try:
        if perform(current_app.extensions["database"], work):
            flash("The desk is asked. What it finds will stand here, and you are told.", "good")
    except FaultyError as error:
        flash(f"{error.faults[0].reason[:1].upper()}{error.faults[0].reason[1:]}.", "bad")
    except RoutingError as error:
        return refusal(error)
    return redirect(f"/handoffs/{ref}#desk", 303)
