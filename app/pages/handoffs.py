"""The pages of one handoff: the offer before it is taken, the brief after."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import briefs, company_stage, desk, stuck, transfer_lists, write_up_lists
from app.pages.answering import one, settled_key
from app.pages.mistake import too_long
from app.pages.views import Mistake, Offer
from app.permissions import Act, may
from prospects import team
from prospects.ids import MemberId, new_id
from prospects.member import Member
from prospects.values import HandoffRef
from routing import offers
from routing.lives import IN_HAND, OPEN, DeclineReason
from routing.refusals import NotYoursError, RoutingError

blueprint = Blueprint("handoffs", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_NOTE = 2000
GONE = {
    "declined": "You passed it on, and somebody else has it now.",
    "expired": "Its clock ran out, so it went to the next person.",
    "withdrawn": "It was given to somebody else.",
}


@dataclass(frozen=True, slots=True)
class Farewell:
    """What is said instead of a lead that cannot be had any more."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PassingOn:
    """The page on which an offer is passed on."""

    offer: Offer
    note: str = ""
    reason: str = ""
    mistakes: dict[str, Mistake] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.offer.url

    @property
    def who(self) -> object:
        return self.offer.who

    @property
    def reasons(self) -> object:
        return self.offer.reasons

    def value(self, name: str, turn: int = 0) -> str:
        return self.note if name == "note" else self.reason


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>")
def page(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """The offer while it waits for an answer, else the brief."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    with reading(current_app.extensions["database"]) as session:
        handoff = desk.find(session, ref, viewer, Act.SEE_HANDOFF)
        if handoff is None:
            return _farewell(session, ref)
        seen = desk.read(session, handoff, viewer)
        rep = team.member(session, MemberId(handoff.rep_id)) if handoff.rep_id else None
        asks = handoff.state in OPEN and may(viewer.roles, Act.ASK_DESK, own=seen.own)
        once = str(new_id(g.now)) if asks else ""
        written = write_up_lists.of_brief(session, handoff, ref, once=once)
        given = transfer_lists.of_lead(session, handoff)
    if seen.own and not seen.accepted:
        return render_template("rep/offer.html", offer=briefs.offer(seen, g.now))
    reach = may(viewer.roles, Act.SEE_CONTACT, own=seen.own)
    shown = briefs.brief(
        seen, g.now, reach=reach, by=rep.name if rep else "", draft_key=settled_key(seen)
    )
    if may(viewer.roles, Act.NOTE, own=seen.own):
        shown = replace(shown, once=str(new_id(g.now)))
    if seen.own and seen.handoff.state in IN_HAND:
        shown = briefs.with_calling(shown, seen, g.now, g.zone)
        shown = briefs.with_capture(shown, seen, current_app.extensions["settings"])
    if seen.handoff.state in OPEN and may(viewer.roles, Act.REASSIGN, own=False):
        acts = [(f"/stuck/act?act={act}&lead={ref}", words) for act, words in stuck.ACTS.items()]
        shown = replace(shown, steer=acts)
    company = company_stage.of_paper(seen.handoff.brief, str(seen.handoff.prospect_id))
    return render_template(
        "rep/brief.html", brief=shown, desk=written, given=given, company=company
    )


def _farewell(session: Session, ref: HandoffRef) -> ResponseReturnValue:
    gone = desk.former(session, ref, current())
    if gone is None:
        abort(404)
    text = GONE.get(gone.state, "It is with somebody else now.")
    return render_template("rep/gone.html", gone=Farewell("This lead has moved on", text)), 410


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/acceptance")
def accept(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Take the lead."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()

    def take(session: Session) -> bool:
        desk.find_or_404(session, ref, viewer, Act.ANSWER_OFFER)
        return offers.accept(session, ref, actor(session), g.now)

    try:
        fresh = perform(current_app.extensions["database"], take)
    except RoutingError as error:
        return refusal(error)
    if fresh:
        flash("It is yours. Talk to them, then say what you found.", "good")
    return redirect(f"/handoffs/{ref}", 303)


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>/decline")
def ask_why(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Ask why the lead is passed on."""
    shown = _offer(desk.ref_of(prospect_id, handoff_id))
    if shown is None:
        return redirect(f"/handoffs/{prospect_id}/{handoff_id}")
    return render_template("rep/decline.html", offer=PassingOn(shown))


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/decline")
def decline(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Pass the lead on, with a reason."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    typed = {name: request.form.getlist(name) for name in ("reason", "note")}
    note, chosen = one(typed, "note"), one(typed, "reason")
    mistakes = _mistakes(note, chosen)
    if mistakes:
        return _ask_again(ref, note, chosen, mistakes)
    reason = DeclineReason(chosen)

    def pass_on(session: Session) -> None:
        desk.find_or_404(session, ref, viewer, Act.ANSWER_OFFER)
        offers.decline(session, ref, actor(session), reason=reason, note=note or None, now=g.now)

    try:
        perform(current_app.extensions["database"], pass_on)
    except RoutingError as error:
        return refusal(error)
    flash("Passed on. Somebody else gets it now.", "good")
    return redirect("/today", 303)


def _mistakes(note: str, reason: str) -> dict[str, Mistake]:
    found = {}
    if reason not in set(DeclineReason):
        found["reason"] = Mistake(
            reason="The reason is missing.", mend="Choose the one that fits best."
        )
    if long := too_long(note, LONGEST_NOTE, "The word on it"):
        found["note"] = long
    return found


def _ask_again(
    ref: HandoffRef, note: str, reason: str, mistakes: dict[str, Mistake]
) -> ResponseReturnValue:
    shown = _offer(ref)
    if shown is None:
        return redirect(f"/handoffs/{ref}")
    asked = PassingOn(shown, note=note, reason=reason, mistakes=mistakes)
    return render_template("rep/decline.html", offer=asked), 422


def _offer(ref: HandoffRef) -> Offer | None:
    """The offer, None if it has been taken; 404 if it is foreign."""
    with reading(current_app.extensions["database"]) as session:
        handoff = desk.find_or_404(session, ref, current(), Act.ANSWER_OFFER)
        seen = desk.read(session, handoff, current())
    return None if seen.accepted else briefs.offer(seen, g.now)


def actor(session: Session) -> Member:
    """The viewer as routing knows them."""
    member = team.member(session, current().id)
    if member is None:
        abort(404)
    return member


def refusal(error: RoutingError) -> ResponseReturnValue:
    """A refusal of routing as a page: its sentence, and the way back."""
    if isinstance(error, NotYoursError):
        abort(404)
    gone = Farewell("This cannot be done any more", str(error))
    return render_template("rep/gone.html", gone=gone), 409
