"""The pages of programs that are told: made, changed, switched off and on, given a new secret, told again."""

from dataclasses import replace

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import out_again, out_form, out_told, out_view
from app.pages.out_form import Typed
from app.pages.out_views import GoingOut
from app.pages.views import Mistake
from app.permissions import Act, may_at_all
from app.settings import Settings
from webhooks import hooks
from webhooks.hooks import OVERLAP, Hook

blueprint = Blueprint("out_programs", __name__, url_prefix="/out")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("")
@may(Act.SEE_OUT)
def page() -> ResponseReturnValue:
    """Everybody outside who is told."""
    return _everybody(out_form.EMPTY)


@blueprint.post("/programs")
@may(Act.HOOKS)
def make() -> ResponseReturnValue:
    """Have a program told; its page shows the secret this once."""
    typed = out_form.read(request.form)
    slug = request.form.get("slug", "").strip()
    wrong = out_form.wrong_name(slug) | out_form.mistakes(typed, _settings().egress_allow)
    if wrong:
        return _everybody(typed, slug, wrong)
    secret, by, key = hooks.fresh_secret(), str(current().id), _settings().secret_key
    url, events = typed.url, typed.events

    def work(session: Session) -> bool:
        if slug in hooks.all_hooks(session):
            return False
        hooks.save(session, slug, g.now, url=url, events=events, secret=secret, key=key, by=by)
        return True

    if not perform(current_app.extensions["database"], work):
        wrong = {"slug": Mistake(reason="There is a program of this name.", mend="Choose another.")}
        return _everybody(typed, slug, wrong)
    return _program_page(slug, made=secret)


@blueprint.get("/programs/<slug>")
@may(Act.SEE_OUT)
def program(slug: str) -> ResponseReturnValue:
    """One program with its last calls."""
    return _program_page(slug)


@blueprint.post("/programs/<slug>")
@may(Act.HOOKS)
def change(slug: str) -> ResponseReturnValue:
    """Tell it at another address, or of other events; its secret stays."""
    typed = out_form.read(request.form)
    if wrong := out_form.mistakes(typed, _settings().egress_allow):
        return _program_page(slug, typed=typed, wrong=wrong)
    by = str(current().id)

    def work(session: Session) -> None:
        hook = _hook(session, slug)
        hooks.change(session, hook, g.now, url=typed.url, events=typed.events, by=by)

    perform(current_app.extensions["database"], work)
    flash("It is told so from now on.", "good")
    return redirect(f"/out/programs/{slug}", 303)


@blueprint.post("/programs/<slug>/rotation")
@may(Act.HOOKS)
def rotate(slug: str) -> ResponseReturnValue:
    """Give it a new secret; for a day the former one signs as well."""
    secret, by, key = hooks.fresh_secret(), str(current().id), _settings().secret_key

    def work(session: Session) -> None:
        hook = _hook(session, slug)
        hooks.rotate(session, hook, g.now, secret=secret, overlap=OVERLAP, key=key, by=by)

    perform(current_app.extensions["database"], work)
    return _program_page(slug, made=secret)


@blueprint.post("/programs/<slug>/activation")
@may(Act.HOOKS)
def activate(slug: str) -> ResponseReturnValue:
    """Tell it again, at once."""
    by = str(current().id)

    def work(session: Session) -> None:
        hooks.switch(session, _hook(session, slug), g.now, on=True, by=by)

    perform(current_app.extensions["database"], work)
    flash("It is told again from now on.", "good")
    return redirect(f"/out/programs/{slug}", 303)


@blueprint.post("/programs/<slug>/deactivation")
@may(Act.HOOKS)
def deactivate(slug: str) -> ResponseReturnValue:
    """Tell it nothing until it is switched on again."""
    by = str(current().id)

    def work(session: Session) -> None:
        hooks.switch(session, _hook(session, slug), g.now, on=False, by=by)

    perform(current_app.extensions["database"], work)
    flash("It is told nothing from now on.", "plain")
    return redirect(f"/out/programs/{slug}", 303)


@blueprint.post("/programs/<slug>/removal")
@may(Act.HOOKS)
def remove(slug: str) -> ResponseReturnValue:
    """Take it away with its secret."""
    by = str(current().id)

    def work(session: Session) -> None:
        hooks.remove(session, _hook(session, slug), g.now, by=by)

    perform(current_app.extensions["database"], work)
    flash("It is taken away.", "plain")
    return redirect("/out", 303)


@blueprint.post("/programs/<slug>/redrive")
@may(Act.HOOKS)
def tell_again(slug: str) -> ResponseReturnValue:
    """Tell it what was given up: the calls that were ticked, or all."""

    def work(session: Session) -> int:
        _hook(session, slug)
        return out_again.redrive_asked(session, slug, slug)

    out_again.say(perform(current_app.extensions["database"], work))
    return redirect(f"/out/programs/{slug}", 303)


def _program_page(
    slug: str,
    *,
    made: str | None = None,
    typed: Typed | None = None,
    wrong: dict[str, Mistake] | None = None,
) -> ResponseReturnValue:
    may_change = may_at_all(current().roles, Act.HOOKS)
    with reading(current_app.extensions["database"]) as session:
        hook = _hook(session, slug)
        shown = out_told.program(
            session, hook, g.now, asked=request.args.to_dict(), may_change=may_change
        )
    now_told = typed or Typed(hook.url, hook.events)
    form = out_form.shown(now_told, wrong=wrong) if may_change else None
    page = render_template("marketing/program.html", program=replace(shown, made=made, form=form))
    return page, 422 if wrong else 200


def _everybody(
    typed: Typed, slug: str = "", wrong: dict[str, Mistake] | None = None
) -> ResponseReturnValue:
    with reading(current_app.extensions["database"]) as session:
        programs = out_view.programs(session, g.now)
        others = out_view.others(session, g.now, secret=_settings().secret_key)
    may_change = may_at_all(current().roles, Act.HOOKS)
    form = out_form.shown(typed, slug=slug, wrong=wrong) if may_change else None
    out = GoingOut(programs=programs, others=others, form=form)
    return render_template("marketing/going_out.html", out=out), 422 if wrong else 200


def _hook(session: Session, slug: str) -> Hook:
    found = hooks.all_hooks(session).get(slug)
    if found is None:
        abort(404)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
