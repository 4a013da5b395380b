"""The pages of promises: a rep's own by the day they are due, a manager's of everybody, the late ones first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import promised, turning
from app.pages.handoffs import refusal
from app.pages.mistake import too_long
from app.pages.promise_views import PromiseForm
from app.pages.views import Mistake
from app.permissions import Act, may
from app.times import end_of_day
from prospects import team
from prospects.faults import FaultyError
from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.values import HandoffRef
from routing.promises import Change, PromiseRef, ask_for_help, give, keep, move
from routing.refusals import RoutingError

blueprint = Blueprint("promises", __name__, url_prefix="/promises")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_REASON = 500
ONE = "/<uuid:prospect_id>/<uuid:promise_id>"
PAGES = {
    "move": ("Another day", "Tell the buyer first; then it is in time again.", "Move it"),
    "trouble": (
        "Cannot keep it",
        "Your manager sees it at once, and can have somebody help. The lead stays yours.",
        "Say so",
    ),
    "give": (
        "Give it to somebody",
        "They keep the promise, by a day of their own. The lead stays with its rep.",
        "Give it",
    ),
}
SAYINGS = {
    "to": Mistake(reason="To whom is missing.", mend="Choose a colleague."),
    "due_at": Mistake(reason="This day will not do.", mend="Choose one within 90 days."),
    "reason": Mistake(reason="The reason is missing.", mend="A few words will do."),
}
Work = Callable[[Session, Change], None]


@blueprint.get("")
@only_who_may(Act.SEE_TODAY)
def page() -> ResponseReturnValue:
    """Promises that are not kept yet."""
    viewer = current()
    everybody = may(viewer.roles, Act.SEE_STUCK, own=False)
    mine = request.args.get("whose") == "mine"
    with reading(current_app.extensions["database"]) as session:
        whose = viewer.id if mine or not everybody else None
        wanted = promised.Wanted(whose, promised.below(request.args))
        shown = promised.read(session, wanted, viewer.id, now=g.now, zone=g.zone)
    shown = replace(
        shown,
        everybody=everybody,
        mine=mine,
        giving=may(viewer.roles, Act.REASSIGN, own=False),
        next_url=_next_url(shown.end, mine=mine),
    )
    return render_template("rep/promises.html", promises=shown)


def _next_url(end: tuple[datetime, UUID] | None, *, mine: bool) -> str | None:
    if end is None:
        return None
    kept = {"whose": "mine" if mine else "", "due": end[0].isoformat()}
    return turning.next_url("/promises", kept, end[1])


@blueprint.post(f"{ONE}/kept")
@only_who_may(Act.CONFIRM)
def tick(prospect_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    """What was promised is done."""
    ref = PromiseRef(ProspectId(prospect_id), promise_id)

    def work(session: Session) -> bool:
        row = promised.own_or_404(session, ref, current().id)
        member = team.member(session, current().id)
        assert member is not None
        handoff = HandoffRef(ref.prospect_id, HandoffId(row.handoff_id))
        return keep(session, handoff, promise_id, member, g.now)

    if perform(current_app.extensions["database"], work):
        flash("Kept. Well done.", "good")
    return redirect("/promises", 303)


@blueprint.get(f"{ONE}/<any(move,trouble):act>")
@only_who_may(Act.CONFIRM)
def ask(prospect_id: UUID, promise_id: UUID, act: str) -> ResponseReturnValue:
    """Ask what moving it, or being unable to keep it, needs."""
    form = _form(PromiseRef(ProspectId(prospect_id), promise_id), act)
    return render_template("rep/promise.html", form=form)


@blueprint.post(f"{ONE}/<any(move,trouble):act>")
@only_who_may(Act.CONFIRM)
def change(prospect_id: UUID, promise_id: UUID, act: str) -> ResponseReturnValue:
    """Move one's own promise, or say that it cannot be kept."""
    ref = PromiseRef(ProspectId(prospect_id), promise_id)
    form = _typed(_form(ref, act))
    due = _due(form.typed["due_at"])

    def work(session: Session, change: Change) -> None:
        if act == "move":
            move(session, ref, change, due_at=due)
        else:
            ask_for_help(session, ref, change)

    told = "Moved." if act == "move" else "Your manager knows. Thank you for saying it in time."
    return _done(form, work, told)


@blueprint.get(f"{ONE}/give")
@only_who_may(Act.REASSIGN)
def ask_whom(prospect_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    """Ask who is to keep it."""
    form = _form(PromiseRef(ProspectId(prospect_id), promise_id), "give")
    return render_template("rep/promise.html", form=form)


@blueprint.post(f"{ONE}/give")
@only_who_may(Act.REASSIGN)
def give_away(prospect_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    """Let somebody else keep it."""
    ref = PromiseRef(ProspectId(prospect_id), promise_id)
    form = _typed(_form(ref, "give"))
    due = _due(form.typed["due_at"])
    chosen = dict(form.colleagues).get(form.typed["to"])
    if chosen is None:
        return _again(form, {"to": SAYINGS["to"]})

    def work(session: Session, change: Change) -> None:
        to = team.member(session, MemberId(UUID(form.typed["to"])))
        assert to is not None, "only colleagues can be chosen"
        give(session, ref, replace(change, member_id=current().id), to=to, due_at=due)

    return _done(form, work, f"{chosen} keeps it now.", back="/stuck")


def _form(ref: PromiseRef, act: str) -> PromiseForm:
    viewer = current()
    with reading(current_app.extensions["database"]) as session:
        line = promised.one(session, ref, viewer.id, now=g.now, zone=g.zone)
        if line is None or (act != "give" and not line.own):
            abort(404)
        helpers = promised.helpers(session, g.now, g.zone) if act == "give" else ()
    title, says, button = PAGES[act]
    return PromiseForm(
        act=act,
        title=title,
        says=says,
        button=button,
        line=line,
        colleagues=helpers,
        dated=act != "trouble",
    )


def _typed(form: PromiseForm) -> PromiseForm:
    typed = {name: request.form.get(name, "").strip() for name in ("to", "due_at", "reason")}
    return replace(form, typed=typed)


def _due(written: str) -> datetime:
    """Five in the afternoon of that day where the viewer is; what is no day is in the past."""
    try:
        return end_of_day(date.fromisoformat(written), g.zone)
    except (ValueError, OverflowError):
        moment: datetime = g.now
        return moment


def _done(
    form: PromiseForm, work: Work, told: str, *, back: str = "/promises"
) -> ResponseReturnValue:
    viewer = current()
    if long := too_long(form.typed["reason"], LONGEST_REASON, "The reason"):
        return _again(form, {"reason": long})
    change = Change(by=viewer.name, reason=form.typed["reason"], now=g.now, member_id=viewer.id)
    try:
        perform(current_app.extensions["database"], lambda session: work(session, change))
    except FaultyError as error:
        return _again(form, {each.place: SAYINGS[each.place] for each in error.faults})
    except RoutingError as error:
        return refusal(error)
    flash(told, "good")
    return redirect(back, 303)


def _again(form: PromiseForm, mistakes: dict[str, Mistake]) -> ResponseReturnValue:
    return render_template("rep/promise.html", form=replace(form, mistakes=mistakes)), 422
