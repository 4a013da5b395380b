"""What follows an answer: promises are kept, and the lead is won or lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.money import money
from app.pages import briefs, desk
from app.pages.answering import one
from app.pages.handoffs import actor, refusal
from app.pages.mistake import too_long
from app.pages.views import Mistake, Who
from app.permissions import Act
from prospects.bidi import isolated
from prospects.faults import FaultyError
from prospects.ids import OpportunityId, parse_id
from prospects.rows import OpportunityRow
from prospects.values import HandoffRef
from routing.outcome import Result, conclude
from routing.promises import keep
from routing.refusals import RoutingError
from routing.rows import HandoffRow

blueprint = Blueprint("closing", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_REASON = 500
MOST_DEALS = 20


@dataclass(frozen=True, slots=True)
class Ending:
    """The page that asks how it ended."""

    url: str
    who: Who
    result: str = ""
    reason: str = ""
    deals: Sequence[tuple[str, str]] = ()
    """Deals of the company that are open, of which this may be one."""
    deal: str = ""
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    def value(self, name: str, turn: int = 0) -> str:
        return {"reason": self.reason, "result": self.result, "deal": self.deal}[name]


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>/outcome")
def ask(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Ask how it ended."""
    return render_template("rep/outcome.html", form=_form(desk.ref_of(prospect_id, handoff_id)))


def _form(ref: HandoffRef, *, result: str = "", reason: str = "") -> Ending:
    with reading(current_app.extensions["database"]) as session:
        handoff = desk.find_or_404(session, ref, current(), Act.CONFIRM)
        seen = desk.read(session, handoff, current())
        deals = _deals(session, handoff)
    who = briefs.who(seen)
    return Ending(briefs.address(seen), who, result=result, reason=reason, deals=deals)


def _deals(session: Session, handoff: HandoffRow) -> list[tuple[str, str]]:
    """The company's open deals, by id and in words."""
    rows = session.execute(
        select(OpportunityRow)
        .where(OpportunityRow.account_id == handoff.account_id, OpportunityRow.state == "open")
        .order_by(OpportunityRow.id.desc())
        .limit(MOST_DEALS)
    )
    return [(str(row.id), _named(row)) for row in rows.scalars()]


def _named(row: OpportunityRow) -> str:
    parts = (isolated(row.product or ""), money(row.amount, row.currency))
    return ", ".join(part for part in parts if part) or "no product named"


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/outcome")
def end(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Close the lead as won or lost; a lost one says why."""
    ref = desk.ref_of(prospect_id, handoff_id)
    typed = {name: request.form.getlist(name) for name in ("result", "reason", "deal")}
    reason = one(typed, "reason")
    if long := too_long(reason, LONGEST_REASON, "The reason"):
        return _again(ref, one(typed, "result"), reason, {"reason": long})
    try:
        result = Result(one(typed, "result"))
    except ValueError:
        missing = Mistake(reason="How it ended is missing.", mend="Choose one.")
        return _again(ref, "", reason, {"result": missing})

    def close(session: Session) -> None:
        lead = desk.find_or_404(session, ref, current(), Act.CONFIRM)
        deal = one(typed, "deal")
        sold = parse_id(deal) if deal in dict(_deals(session, lead)) else None
        conclude(
            session,
            ref,
            actor(session),
            result=result,
            reason=reason or None,
            opportunity=OpportunityId(sold) if sold else None,
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
