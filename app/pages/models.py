"""The pages of models: all of them with what is missing for the next, one as its card, and the acts that move it on."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import model_list, model_view
from app.pages.mistake import too_long
from app.permissions import Act
from prospects.texts import storable
from scoring import models
from scoring.current import current as rules_in_force
from scoring.learning import taking_over, trainings
from scoring.learning.rows import TrainingRow
from scoring.learning.trainings import State
from scoring.models import By, ModelMoveError
from scoring.rows import ModelRow

blueprint = Blueprint("models", __name__, url_prefix="/scoring")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST = 500
DONE = {
    "approval": "It is tried in the shadow from now on. Nobody sees its scores but this page.",
    "activation": "It is in force from now on. Who would cross the warm line because of it waits for release.",
    "retirement": "It was left. Nobody who would cross the warm line because of it does so without release.",
}


@blueprint.get("/models")
@may(Act.SEE_PEOPLE)
def listed() -> ResponseReturnValue:
    """What scores, what is missing for the next model, all that were trained, and trainings."""
    below = request.args.get("before", "")
    with reading(current_app.extensions["database"]) as session:
        after = _row(session, below).id if below else None
        shown = model_list.read(session, current(), g.now, below=after)
    return render_template("marketing/models.html", models=shown)


@blueprint.get("/models/<model_id>")
@may(Act.SEE_PEOPLE)
def one(model_id: str) -> ResponseReturnValue:
    """One model as a card."""
    with reading(current_app.extensions["database"]) as session:
        shown = model_view.read(session, _row(session, model_id), current(), g.now)
    return render_template("marketing/model.html", model=shown)


@blueprint.post("/models/<model_id>/<deed>")
@may(Act.STEER_MODELS)
def move(model_id: str, deed: str) -> ResponseReturnValue:
    """Try it in the shadow, let it score, or leave it; what stands in the way is said beside what was typed."""
    if deed not in DONE:
        abort(404)
    reason = request.form.get("reason", "").strip()
    long = too_long(reason, LONGEST, "the reason")

    def work(session: Session) -> None:
        _row(session, model_id)
        if not storable(reason):
            raise ModelMoveError("the reason has characters that nobody can read")
        if long is not None:
            raise ModelMoveError(f"{long.reason} {long.mend}".removesuffix("."))
        _move(session, model_id, deed, reason or None)

    database = current_app.extensions["database"]
    try:
        perform(database, work)
    except ModelMoveError as error:
        with reading(database) as session:
            shown = model_view.read(session, _row(session, model_id), current(), g.now)
        wrong = replace(shown, wrong=f"Not done: {error}.", typed={deed: reason})
        return render_template("marketing/model.html", model=wrong), 422
    flash(DONE[deed], "good")
    return redirect(f"/scoring/models/{model_id}", 303)


@blueprint.post("/trainings")
@may(Act.STEER_MODELS)
def train() -> ResponseReturnValue:
    """Have a model trained on the record."""
    found = perform(
        current_app.extensions["database"],
        lambda session: trainings.ask(session, "somebody asked", g.now, by=_by()),
    )
    if found is None:
        flash("A training is under way already; its outcome will stand here.", "soon")
    else:
        flash("Asked for. It begins within seconds, and what comes of it stands here.", "good")
    return redirect("/scoring/models#trainings", 303)


@blueprint.post("/known-before")
@may(Act.STEER_MODELS)
def say_known() -> ResponseReturnValue:
    """Say of a suspected column whether what stands in it was known before the hand-over."""
    column, known = request.form.get("column", ""), request.form.get("known", "")

    def work(session: Session) -> bool:
        last = trainings.latest(session)
        if known not in ("1", "0") or column not in _suspected(last):
            abort(400)
        trainings.say_known(session, column, g.now, known=known == "1", by=_by())
        session.expire_all()
        after = trainings.latest(session)
        return after is not None and after.state == State.OPEN

    goes_on = perform(current_app.extensions["database"], work)
    told = "The next training begins within seconds." if goes_on else "Other columns still wait."
    flash(f"Noted. {told}", "good")
    return redirect("/scoring/models#trainings", 303)


def _suspected(last: TrainingRow | None) -> set[str]:
    """The columns the newest training is held by."""
    if last is None or last.state != State.HELD:
        return set()
    return {str(each["name"]) for each in last.report.get("suspects", ())}


def _row(session: Session, model_id: str) -> ModelRow:
    row = models.one(session, model_id) if storable(model_id) else None
    if row is None:
        abort(404)
    return row


def _move(session: Session, model_id: str, deed: str, reason: str | None) -> None:
    said: dict[str, Any] = {"by": _by()}
    match deed:
        case "approval":
            taking_over.approve(session, model_id, g.now, reason=reason, **said)
        case "activation":
            shadow = rules_in_force(session).scoring.learning.shadow
            models.activate(session, model_id, g.now, shadow=shadow, reason=reason, **said)
        case _:
            models.retire(session, model_id, g.now, **said)


def _by() -> By:
    return By(current().email, current().id)
