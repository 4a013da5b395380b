"""What a rep does with a lead in passing: put the offer off for a while, write a quick note."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import again, desk, papers
from app.pages.again import OneText
from app.pages.handoffs import actor, refusal
from app.pages.views import Who
from app.permissions import Act
from app.times import moment
from prospects import timeline
from prospects.ids import new_id, parse_id
from prospects.kinds import Kind
from prospects.timeline import Fact
from routing import offers
from routing.refusals import RoutingError

blueprint = Blueprint("asides", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

NOTE = OneText(
    name="text",
    label="For the history",
    what="The note",
    longest=2000,
    title="Quick note",
    button="Keep the note",
)
MORNING = 9


def later(choice: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The instant a choice means where the rep is; None for no choice of ours."""
    match choice:
        case "1h":
            return now + timedelta(hours=1)
        case "4h":
            return now + timedelta(hours=4)
        case "morning":
            day = now.astimezone(zone).date() + timedelta(days=1)
            return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone).astimezone(UTC)
        case _:
            return None


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/snooze")
def put_off(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Put the offer off, once; then it comes again with a new clock."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    until = later(request.form.get("until", ""), g.now, g.zone)

    def work(session: Session) -> None:
        desk.find_or_404(session, ref, viewer, Act.ANSWER_OFFER)
        if until is None:
            abort(400)
        offers.snooze(session, ref, actor(session), until=until, now=g.now)

    try:
        perform(current_app.extensions["database"], work)
    except RoutingError as error:
        return refusal(error)
    assert until is not None
    flash(f"Put off. You are asked again {moment(until, g.now, g.zone)}.", "good")
    return redirect("/today", 303)


@dataclass(frozen=True, slots=True)
class Jotting:
    """The page for a quick note, from *today* and back to it."""

    url: str
    who: Who
    once: str


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>/note")
def jot(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Nothing but the field, with the cursor in it: two taps and the words."""
    ref = desk.ref_of(prospect_id, handoff_id)
    with reading(current_app.extensions["database"]) as session:
        handoff = desk.find_or_404(session, ref, current(), Act.NOTE)
        who = papers.who(ref.prospect_id, handoff.brief)
    form = Jotting(f"/handoffs/{ref}", who, str(new_id(g.now)))
    return render_template("rep/note.html", form=form)


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/note")
def note(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Write a line into the person's history; the same form sent twice is one note."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    text = NOTE.typed(request.form)
    once = parse_id(request.form.get("once", "")) or new_id(g.now)
    if long := NOTE.too_long(text):
        with reading(current_app.extensions["database"]) as session:
            desk.find_or_404(session, ref, viewer, Act.NOTE)
        hidden = {"once": str(once), "from": request.form.get("from", "")}
        here = f"/handoffs/{ref}"
        return again.ask(NOTE, text, long, back=here, url=f"{here}/note", hidden=hidden)

    def work(session: Session) -> bool:
        desk.find_or_404(session, ref, viewer, Act.NOTE)
        fact = Fact(
            prospect_id=ref.prospect_id,
            kind=Kind.NOTE,
            happened_at=g.now,
            source="rep",
            key=f"note/{once}",
            body={"text": text, "by": viewer.email},
        )
        return bool(text and timeline.record(session, [fact], g.now))

    if perform(current_app.extensions["database"], work):
        flash("Noted.", "good")
    return redirect("/today" if request.form.get("from") == "today" else f"/handoffs/{ref}", 303)
