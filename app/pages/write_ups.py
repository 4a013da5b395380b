"""The desk's pages: the queue of write-ups, and one write-up, taken, written, given back or put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import write_up_lists, write_up_page
from app.pages.handoffs import actor, refusal
from app.pages.mistake import as_counted
from app.pages.views import Mistake
from app.permissions import Act, may
from prospects.faults import Fault, FaultyError
from prospects.ids import ProspectId
from routing import write_up_acts, write_ups
from routing.refusals import RoutingError
from routing.write_up_life import Found, WriteUpRef, Written
from routing.write_up_rows import WriteUpRow

blueprint = Blueprint("write_ups", __name__, url_prefix="/desk")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

ONE = "/<uuid:prospect_id>/<uuid:write_up_id>"
MOST_ROWS = 20
FACT = ("what", "source", "on")
Typed = Mapping[str, Sequence[str]]


@blueprint.get("")
@only_who_may(Act.SEE_DESK)
def page() -> ResponseReturnValue:
    """Write-ups to take, those one has, and what was done last."""
    with reading(current_app.extensions["database"]) as session:
        shown = write_up_lists.queue(session, current(), g.now)
    return render_template("desk/queue.html", queue=shown)


@blueprint.get(ONE)
@only_who_may(Act.SEE_DESK)
def one(prospect_id: UUID, write_up_id: UUID) -> ResponseReturnValue:
    """One write-up."""
    return _shown(WriteUpRef(ProspectId(prospect_id), write_up_id))


def _shown(
    ref: WriteUpRef, typed: Typed | None = None, mistakes: Mapping[str, Mistake] | None = None
) -> ResponseReturnValue:
    with reading(current_app.extensions["database"]) as session:
        shown = write_up_page.read(session, _row(session, ref), current(), g.now)
    if typed is None:
        return render_template("desk/write_up.html", form=shown)
    rows = max(3, len(typed.get("what", ())))
    shown = replace(shown, typed=typed, mistakes=mistakes or {}, rows=rows)
    return render_template("desk/write_up.html", form=shown), 422


@blueprint.post(f"{ONE}/taking")
@only_who_may(Act.WRITE_UP)
def take(prospect_id: UUID, write_up_id: UUID) -> ResponseReturnValue:
    """Take it: nobody else of the desk can have it then."""
    ref = WriteUpRef(ProspectId(prospect_id), write_up_id)
    return _done(ref, lambda s: write_ups.take(s, ref, actor(s), g.now), "It is yours to write.")


@blueprint.post(f"{ONE}/putting-back")
@only_who_may(Act.SEE_DESK)
def put_back(prospect_id: UUID, write_up_id: UUID) -> ResponseReturnValue:
    """Let somebody else of the desk take it: for who has it, and for managers."""
    ref = WriteUpRef(ProspectId(prospect_id), write_up_id)

    def work(session: Session) -> bool:
        row = _row(session, ref)
        if row.member_id != current().id and not may(current().roles, Act.REASSIGN, own=False):
            abort(404)
        return write_ups.put_back(session, ref, g.now)

    return _done(ref, work, "Back in the queue.")


@blueprint.post(ONE)
@only_who_may(Act.WRITE_UP)
def write(prospect_id: UUID, write_up_id: UUID) -> ResponseReturnValue:
    """Keep what was written, and tell who asked."""
    ref = WriteUpRef(ProspectId(prospect_id), write_up_id)
    typed = {name: request.form.getlist(name)[:MOST_ROWS] for name in ("text", *FACT)}
    filled, written = _written(typed)
    today = g.now.astimezone(g.zone).date()

    def work(session: Session) -> bool:
        return write_up_acts.write(session, ref, actor(session), written, today=today, now=g.now)

    try:
        return _done(ref, work, "Written. Who asked is told, and it stands on the brief.")
    except FaultyError as error:
        return _shown(ref, typed, dict(_placed(each, filled) for each in error.faults))


@blueprint.post(f"{ONE}/giving-back")
@only_who_may(Act.WRITE_UP)
def give_back(prospect_id: UUID, write_up_id: UUID) -> ResponseReturnValue:
    """Say why it cannot be written."""
    ref = WriteUpRef(ProspectId(prospect_id), write_up_id)
    reason = request.form.get("reason", "")

    def work(session: Session) -> bool:
        return write_up_acts.give_back(session, ref, actor(session), reason, g.now)

    try:
        return _done(ref, work, "Given back. Who asked is told why.")
    except FaultyError as error:
        return _shown(ref, {"reason": [reason]}, {"reason": _mistake(error.faults[0])})


def _row(session: Session, ref: WriteUpRef) -> WriteUpRow:
    row = session.get(WriteUpRow, (ref.prospect_id, ref.write_up_id))
    if row is None:
        abort(404)
    return row


def _done(ref: WriteUpRef, work: Callable[[Session], bool], said: str) -> ResponseReturnValue:
    try:
        if perform(current_app.extensions["database"], work):
            flash(said, "good")
    except RoutingError as error:
        return refusal(error)
    return redirect(f"/desk/{ref}", 303)


def _written(typed: Typed) -> tuple[list[int], Written]:
    """What was typed, and on which row of the form each fact stands; rows left empty are none."""
    filled, facts = [], []
    for n in range(max(len(typed[name]) for name in FACT)):
        what, source, on = (typed[name][n].strip() if n < len(typed[name]) else "" for name in FACT)
        if what or source:
            filled.append(n)
            facts.append(Found(what, source, _day(on)))
    text = typed["text"][0] if typed["text"] else ""
    return filled, Written(as_counted(text), facts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _placed(fault: Fault, filled: Sequence[int]) -> tuple[str, Mistake]:
    """The mistake beside the field of the form it was made in."""
    place, n, name = [*fault.place.split("."), "", ""][:3]
    if place != "facts" or not n:
        return place, _mistake(fault)
    row = filled[int(n)]
    return f"{name}.{row}" if row else name, _mistake(fault)


def _mistake(fault: Fault) -> Mistake:
    mend = f"{fault.mend[:1].upper()}{fault.mend[1:]}." if fault.mend else ""
    return Mistake(reason=f"{fault.reason[:1].upper()}{fault.reason[1:]}.", mend=mend)
