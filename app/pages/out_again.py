"""The buttons that make calls once more which were given up: those that were ticked, or all."""

from flask import flash, g, request
from sqlalchemy.orm import Session

from app.auth.viewer import current
from app.pages.words import several
from prospects import audit
from prospects.ids import parse_id
from webhooks import redrive


def redrive_asked(session: Session, name: str, slug: str) -> int:
    """Make the dead calls to `name` once more that were asked for; `slug` is what the audit calls it."""
    if request.form.get("which") == "ticked":
        ids = {each for each in map(parse_id, request.form.getlist("call")) if each}
        count = redrive.chosen(session, name, ids, g.now).calls
    else:
        count = redrive.all_dead(session, name, g.now).calls
    audit.note(session, "calls replayed", slug, g.now, who=str(current().id), count=count)
    return count


def say(count: int) -> None:
    """Tell whoever asked how many it were."""
    words = several(count, "thing is", "things are")
    flash(f"{words} told once more.", "good" if count else "plain")
