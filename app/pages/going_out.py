"""The pages of what goes out: which programs, ad platforms and chats are told, and what became of it."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import out_form, out_view, out_words, turning
from app.pages.out_views import GoingOut, Program
from app.pages.views import Mistake
from app.pages.words import several
from app.permissions import Act, may_at_all
from prospects import audit
from webhooks import conversion_report, endpoints, hooks, known, redrive
from webhooks.call_rows import CallRow, CallState
from webhooks.destinations import Destination
from webhooks.events import Event
from webhooks.hooks import OVERLAP, Hook
from webhooks.letters import name_of

blueprint = Blueprint("going_out", __name__, url_prefix="/out")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("")
@may(Act.SEE_OUT)
def page() -> ResponseReturnValue:
    """Everybody outside who is told."""
    return render_template("marketing/going_out.html", out=_shown())


@blueprint.post("/programs")
@may(Act.HOOKS)
def make() -> ResponseReturnValue:
    """Have a program told; its page shows the secret this once."""
    typed = {name: request.form.get(name, "").strip() for name in ("slug", "url")}
    events = [each for each in Event if each in request.form.getlist("events")]
    wrong = out_form.mistakes(typed, events, current_app.extensions["settings"].egress_allow)
    if wrong:
        return render_template("marketing/going_out.html", out=_shown(typed, events, wrong)), 422
    secret, by, key = hooks.fresh_secret(), str(current().id), _secret()
    slug, url = typed["slug"], typed["url"]

    def work(session: Session) -> bool:
        if slug in hooks.all_hooks(session):
            return False
        hooks.save(session, slug, g.now, url=url, events=events, secret=secret, key=key, by=by)
        audit.note(session, "hook made", slug, g.now, who=by)
        return True

    if not perform(current_app.extensions["database"], work):
        wrong = {"slug": Mistake(reason="There is a program of this name.", mend="Choose another.")}
        return render_template("marketing/going_out.html", out=_shown(typed, events, wrong)), 422
    return _program_page(slug, made=secret)


@blueprint.get("/programs/<slug>")
@may(Act.SEE_OUT)
def program(slug: str) -> ResponseReturnValue:
    """One program with its last calls."""
    return _program_page(slug)


@blueprint.post("/programs/<slug>/rotation")
@may(Act.HOOKS)
def rotate(slug: str) -> ResponseReturnValue:
    """Give it a new secret; for a day the former one signs as well."""
    secret, by, key = hooks.fresh_secret(), str(current().id), _secret()

    def work(session: Session) -> None:
        hook = _hook(session, slug)
        hooks.rotate(session, hook, g.now, secret=secret, overlap=OVERLAP, key=key, by=by)
        audit.note(session, "hook secret rotated", slug, g.now, who=by)

    perform(current_app.extensions["database"], work)
    return _program_page(slug, made=secret)


@blueprint.post("/programs/<slug>/activation")
@may(Act.HOOKS)
def activate(slug: str) -> ResponseReturnValue:
    """Tell it again, at once."""
    by = str(current().id)

    def work(session: Session) -> None:
        hooks.switch(session, _hook(session, slug), g.now, on=True, reason=None, by=by)
        endpoints.forget(session, slug)
        audit.note(session, "hook switched on", slug, g.now, who=by)

    perform(current_app.extensions["database"], work)
    flash("It is told again from now on.", "good")
    return redirect(f"/out/programs/{slug}", 303)


@blueprint.post("/programs/<slug>/redrive")
@may(Act.HOOKS)
def tell_program_again(slug: str) -> ResponseReturnValue:
    """Tell it all that was given up."""
    by = str(current().id)

    def work(session: Session) -> int:
        _hook(session, slug)
        count = redrive.all_dead(session, slug, g.now).calls
        audit.note(session, "calls replayed", slug, g.now, who=by, count=count)
        return count

    count = perform(current_app.extensions["database"], work)
    words = several(count, "call is", "calls are")
    flash(f"{words} made once more.", "good" if count else "plain")
    return redirect(f"/out/programs/{slug}", 303)


@blueprint.get("/calls/<uuid:call_id>")
@may(Act.SEE_OUT)
def call(call_id: UUID) -> ResponseReturnValue:
    """One call with each attempt."""
    with reading(current_app.extensions["database"]) as session:
        row = _call(session, call_id)
        place = out_view.place_of(session, row.hook, g.now, secret=_secret())
        shown = out_view.call(session, row, place, g.now, may_change=_may(Act.HOOKS))
    return render_template("marketing/call.html", call=shown)


@blueprint.post("/calls/<uuid:call_id>/replay")
@may(Act.HOOKS)
def replay(call_id: UUID) -> ResponseReturnValue:
    """Tell it once more, under the same id."""
    by = str(current().id)

    def work(session: Session) -> bool:
        row = _call(session, call_id)
        if row.state == CallState.WAITING or not row.body:
            return False
        redrive.one(session, row, g.now)
        audit.note(session, "call replayed", row.id, g.now, who=by)
        return True

    told = perform(current_app.extensions["database"], work)
    flash(*(("It is told once more.", "good") if told else ("It cannot be told again.", "soon")))
    return redirect(f"/out/calls/{call_id}", 303)


@blueprint.get("/to/<slug>")
@may(Act.SEE_OUT)
def destination(slug: str) -> ResponseReturnValue:
    """One ad platform or chat, and what became of what it was told."""
    before = turning.start(request.args)
    with reading(current_app.extensions["database"]) as session:
        found = _destination(session, slug)
        if found.by_calls:
            may_change = _may(Act.HOOKS)
            chat = out_view.listener(session, found, g.now, before=before, may_change=may_change)
            return render_template("marketing/program.html", program=chat)
        may_change = _may(Act.TRY_AGAIN)
        shown = out_view.platform(session, found, g.now, before=before, may_change=may_change)
    return render_template("marketing/platform.html", platform=shown)


@blueprint.post("/to/<slug>/redrive")
@may(Act.TRY_AGAIN)
def tell_again(slug: str) -> ResponseReturnValue:
    """Tell a platform what it refused or what was withheld; a chat what was given up."""
    by = str(current().id)

    def work(session: Session) -> int:
        found = _destination(session, slug)
        if found.by_calls:
            return redrive.all_dead(session, name_of(found), g.now).calls
        count = conversion_report.again(session, found, g.now)
        audit.note(session, "conversions replayed", slug, g.now, who=by, count=count)
        return count

    count = perform(current_app.extensions["database"], work)
    words = several(count, "thing is", "things are")
    flash(f"{words} told once more.", "good" if count else "plain")
    return redirect(f"/out/to/{slug}", 303)


def _program_page(slug: str, made: str | None = None) -> ResponseReturnValue:
    before, may_change = turning.start(request.args), _may(Act.HOOKS)
    with reading(current_app.extensions["database"]) as session:
        hook = _hook(session, slug)
        shown = out_view.program(session, hook, g.now, before=before, may_change=may_change)
    whole: Program = replace(shown, made=made)
    return render_template("marketing/program.html", program=whole)


def _shown(
    typed: dict[str, str] | None = None,
    events: list[Event] | None = None,
    mistakes: dict[str, Mistake] | None = None,
) -> GoingOut:
    with reading(current_app.extensions["database"]) as session:
        programs = out_view.programs(session, g.now)
        others = out_view.others(session, g.now, secret=_secret())
    return GoingOut(
        programs=programs,
        others=others,
        events=[(each.value, words) for each, words in out_words.EVENTS.items()],
        may_change=_may(Act.HOOKS),
        chosen=frozenset(each.value for each in events or ()),
        typed=typed or {},
        mistakes=mistakes or {},
    )


def _hook(session: Session, slug: str) -> Hook:
    found = hooks.all_hooks(session).get(slug)
    if found is None:
        abort(404)
    return found


def _destination(session: Session, slug: str) -> Destination:
    found = known.destinations(session, secret=_secret()).destinations.get(slug)
    if found is None:
        abort(404)
    return found


def _call(session: Session, call_id: UUID) -> CallRow:
    row = session.execute(select(CallRow).where(CallRow.id == call_id)).scalar_one_or_none()
    if row is None:
        abort(404)
    return row


def _may(act: Act) -> bool:
    return may_at_all(current().roles, act)


def _secret() -> str:
    key: str = current_app.extensions["settings"].secret_key
    return key
