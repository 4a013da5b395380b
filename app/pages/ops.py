"""The page of operations: how the engine is running, and given-up work tried once more."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import ops_view, turning
from app.pages.words import several
from app.permissions import Act
from nurture import switches
from prospects import audit, given_up
from prospects.given_up import Cause
from prospects.ids import parse_id
from prospects.texts import storable
from prospects.topics import Topic

blueprint = Blueprint("ops", __name__, url_prefix="/ops")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

REPLAYED = "given-up work replayed"
"""How the audit names it."""
LONGEST_REASON = 500


@blueprint.get("")
@may(Act.SEE_OPS)
def page() -> ResponseReturnValue:
    """Processes, queues, what was given up, what was refused, what is around."""
    extensions = current_app.extensions
    with reading(extensions["database"]) as session:
        shown = ops_view.read(session, extensions["database"], extensions["settings"], g.now)
    return render_template("admin/ops.html", ops=shown)


@blueprint.get("/given-up")
@may(Act.SEE_OPS)
def pieces() -> ResponseReturnValue:
    """What was given up for one reason, piece by piece."""
    with reading(current_app.extensions["database"]) as session:
        cause = _cause(session, request.args.get("topic", ""), request.args.get("reason", ""))
        if cause is None:
            return redirect("/ops")
        shown = ops_view.pieces(session, cause, turning.start(request.args))
    return render_template("admin/given_up.html", given_up=shown)


@blueprint.post("/given-up/replay")
@may(Act.TRY_AGAIN)
def replay() -> ResponseReturnValue:
    """Try one piece once more, or all that was given up for one reason."""
    one = parse_id(request.form.get("id", ""))
    topic, reason = request.form.get("topic", ""), request.form.get("reason", "")
    who = str(current().id)
    if topic not in list(Topic) or not storable(reason):
        abort(400)

    def again(session: Session) -> int:
        count = (
            given_up.replay(session, [one], g.now)
            if one
            else given_up.replay_cause(session, Topic(topic), reason, g.now)
        )
        if count:
            audit.note(session, REPLAYED, one or topic, g.now, who=who, topic=topic, count=count)
        return count

    count = perform(current_app.extensions["database"], again)
    words = several(count, "piece of work is", "pieces of work are")
    told = f"{words} tried once more." if count else "That was tried again meanwhile."
    flash(told, "good" if count else "plain")
    return redirect("/ops", 303)


@blueprint.get("/mail-again")
@may(Act.GO_LIVE)
def ask_mail_again() -> ResponseReturnValue:
    """Ask before people from before a restore are mailed again."""
    with reading(current_app.extensions["database"]) as session:
        kept = ops_view.kept_back(session)
    return render_template("admin/mail_again.html", kept=kept) if kept else redirect("/ops")


@blueprint.post("/mail-again")
@may(Act.GO_LIVE)
def mail_again() -> ResponseReturnValue:
    """Mail people from before a restore again; what it held goes out too if that was ticked."""
    who, all_of_it = str(current().id), request.form.get("held") == "release"

    def again(session: Session) -> int | None:
        if not switches.kept_back(session):
            return None
        return switches.mail_again(session, g.now, by=who, release_held=all_of_it)

    freed = perform(current_app.extensions["database"], again)
    if freed is None:
        flash("Nothing is kept back any more.", "plain")
    else:
        gone = f"; {several(freed, 'mail goes', 'mails go')} out now" if all_of_it else ""
        flash(f"Mail goes to everybody again{gone}.", "good")
    return redirect("/ops", 303)


def _cause(session: Session, topic: str, reason: str) -> Cause | None:
    if topic not in list(Topic) or not storable(reason):
        return None
    return given_up.cause(session, Topic(topic), reason)
