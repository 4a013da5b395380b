"""The pages on which a rep says what they found, and on which no word is lost on the way."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import answering, desk, drafts, faults
from app.pages.handoffs import actor, refusal
from app.pages.views import Mistake
from app.permissions import Act
from prospects.faults import Fault, FaultyError
from prospects.kinds import Verdict
from prospects.values import HandoffRef
from routing.confirm import confirm
from routing.finding import RepFinding, check
from routing.refusals import NotAcceptedError, RoutingError

blueprint = Blueprint("confirmations", __name__, url_prefix="/handoffs")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

UNKEPT = frozenset({"csrf_token"})


@blueprint.get("/<uuid:prospect_id>/<uuid:handoff_id>/confirmation")
def page(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """The form, with what was typed before."""
    ref, viewer = desk.ref_of(prospect_id, handoff_id), current()
    with reading(current_app.extensions["database"]) as session:
        seen = _desk(session, ref)
        draft = drafts.find(session, ref, viewer.id)
    if not seen.accepted:
        return refusal(NotAcceptedError())
    form = answering.form(seen, draft, now=g.now, zone=g.zone)
    return render_template("rep/confirmation.html", form=form)


def _desk(session: Session, ref: HandoffRef) -> desk.Desk:
    handoff = desk.find_or_404(session, ref, current(), Act.CONFIRM)
    return desk.read(session, handoff, current())


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/confirmation")
def answer(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Record what the rep found; what is not whole comes back with every word and the mend beside it."""
    ref = desk.ref_of(prospect_id, handoff_id)
    fields = _fields()
    typed = drafts.by_name(fields)
    document = answering.document(typed, now=g.now, zone=g.zone)
    try:
        finding = RepFinding.model_validate(document)
        perform(current_app.extensions["database"], lambda s: _record(s, ref, finding))
    except FaultyError as error:
        return _once_more(ref, fields, faults.mistakes(error.faults, typed))
    except ValidationError as error:
        found = faults.faults_of(error)
        return _once_more(ref, fields, faults.mistakes(_with_the_rest(ref, document, found), typed))
    except RoutingError as error:
        _keep(ref, fields)
        return refusal(error)
    flash("Thank you. Marketing goes on from what you found.", "good")
    return redirect(f"/handoffs/{ref}", 303)


def _with_the_rest(ref: HandoffRef, document: dict[str, Any], found: list[Fault]) -> list[Fault]:
    """What cannot be read, and with it what is missing elsewhere, so that nobody is sent back twice."""
    unread = {fault.place.partition(".")[0] for fault in found}
    rest = {name: value for name, value in document.items() if name not in unread}
    with reading(current_app.extensions["database"]) as session:
        seen = _desk(session, ref)
    try:
        ladder = [slug for slug, _ in seen.stages]
        finding = RepFinding.model_validate(rest)
        check(finding, claimed=seen.handoff.claimed_stage, ladder=ladder, now=g.now)
    except ValidationError:
        return found
    except FaultyError as error:
        return [*found, *(fault for fault in error.faults if fault.place not in unread)]
    return found


def _record(session: Session, ref: HandoffRef, finding: RepFinding) -> None:
    desk.find_or_404(session, ref, current(), Act.CONFIRM)
    secret = current_app.extensions["settings"].secret_key
    confirm(session, ref, actor(session), finding, now=g.now, secret=secret)
    drafts.drop(session, ref)


def _once_more(
    ref: HandoffRef, fields: drafts.Fields, mistakes: dict[str, Mistake]
) -> ResponseReturnValue:
    revision = _keep(ref, fields)
    with reading(current_app.extensions["database"]) as session:
        seen = _desk(session, ref)
    form = answering.answered(
        seen,
        drafts.by_name(fields),
        now=g.now,
        zone=g.zone,
        mistakes=mistakes,
        revision=revision,
    )
    return render_template("rep/confirmation.html", form=form), 422


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/confirmation/draft")
def keep_draft(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Keep the words typed so far."""
    ref = desk.ref_of(prospect_id, handoff_id)
    return {"revision": str(_keep(ref, _fields()))}


def _keep(ref: HandoffRef, fields: drafts.Fields) -> int:
    viewer = current()

    def write(session: Session) -> int:
        handoff = desk.find_or_404(session, ref, viewer, Act.CONFIRM)
        # A save that was under way when the answer went in comes late: these words are settled.
        if desk.standing(session, handoff) and "supersedes" not in dict(fields):
            return 0
        return drafts.keep(session, ref, viewer.id, fields=fields, now=g.now)

    return perform(current_app.extensions["database"], write)


@blueprint.post("/<uuid:prospect_id>/<uuid:handoff_id>/not-reached")
def not_reached(prospect_id: UUID, handoff_id: UUID) -> ResponseReturnValue:
    """Note a try that reached nobody: the second of two taps."""
    ref = desk.ref_of(prospect_id, handoff_id)
    try:
        finding = RepFinding(
            verdict=Verdict.NOT_REACHED, channel=request.form.get("channel") or None, at=g.now
        )
        perform(current_app.extensions["database"], lambda s: _try(s, ref, finding))
    except ValidationError:
        abort(400)
    except RoutingError as error:
        return refusal(error)
    flash("Noted. The lead stays with you; try again when they can talk.", "good")
    return redirect(f"/handoffs/{ref}", 303)


def _try(session: Session, ref: HandoffRef, finding: RepFinding) -> None:
    desk.find_or_404(session, ref, current(), Act.CONFIRM)
    secret = current_app.extensions["settings"].secret_key
    confirm(session, ref, actor(session), finding, now=g.now, secret=secret)


def _fields() -> drafts.Fields:
    return [pair for pair in request.form.items(multi=True) if pair[0] not in UNKEPT]
