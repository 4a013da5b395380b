"""What follows an answer: promises are kept, and the lead is won or lost."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import briefs, desk
from app.pages.answering import one
from app.pages.handoffs import actor, refusal
from app.pages.views import Mistake, Who
from app.permissions import Act
from prospects.faults import FaultyError
from prospects.values import HandoffRef
from routing.outcome import Result, conclude
from routing.promises import keep
from routing.refusals import RoutingError

blueprint = Blueprint("closing", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """The page that asks how it ended."""

    url: str
    who: Who
    result: str = ""
    reason: str = ""
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return self.reason if name == "reason" else self.result


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>/outcome")
def ask(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Ask how it ended."""
    return render_template("rep/outcome.html", form=_form(desk.ref_of(prospect_id, handoff_id)))


def _form(ref: HandoffRef, *, result: str = "", reason: str = "") -> Ending:
    with reading(current_app.extensions["database"]) as session:
        handoff = desk.find_or_404(session, ref, current(), Act.CONFIRM)
        seen = desk.read(session, handoff, current())
    return Ending(briefs.address(seen), briefs.who(seen), result=result, reason=reason)


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/outcome")
def end(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Close the lead as won or lost; a lost one says why."""
    ref = desk.ref_of(prospect_id, handoff_id)
    typed = {name: request.form.getlist(name) for name in ("result", "reason")}
    reason = one(typed, "reason")[:LONGEST_REASON]
    try:
        result = Result(one(typed, "result"))
    except ValueError:
        missing = Mistake(reason="How it ended is missing.", mend="Choose one.")
        return _again(ref, "", reason, {"result": missing})

    def close(session: Session) -> None:
        desk.find_or_404(session, ref, current(), Act.CONFIRM)
        conclude(
            session,
            ref,
            actor(session),
            result=result,
            reason=reason or None,
            opportunity=None,
            now=g.now,
        )

    try:
        perform(current_app.extensions["database"], close)
    except FaultyError:
        missing = Mistake(
            reason="Why it was lost is missing.", mend="In the buyer's words if you can."
        )
        return _again(ref, result, reason, {"reason": missing})
    except RoutingError as error:
        return refusal(error)
    flash("Closed. Thank you for telling how it ended.", "good")
    return redirect("/today", 303)


def _again(
    ref: HandoffRef, result: str, reason: str, mistakes: dict[str, Mistake]
) -> ResponseReturnValue:
    form = _form(ref, result=result, reason=reason)
    form.mistakes.update(mistakes)
    return render_template("rep/outcome.html", form=form), 422


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/promises/<uuid:promise_id>")
def keep_promise(prospect_id: UUID, handoff_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    """The rep did what they had promised."""
    ref = desk.ref_of(prospect_id, handoff_id)

    def tick(session: Session) -> bool:
        desk.find_or_404(session, ref, current(), Act.CONFIRM)
        return keep(session, ref, promise_id, actor(session), g.now)

    if perform(current_app.extensions["database"], tick):
        flash("Kept. Well done.", "good")
    return redirect(f"/handoffs/{ref}", 303)
