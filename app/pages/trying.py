"""The pages by which a set-up is tried out: looks at the outside, and a test offer that goes nowhere."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.checkup import asking
from app.checkup.rows import Kind, State
from app.checkup.sender import SELECTOR
from app.door import perform, reading
from app.pages import example, looks
from app.pages.setup_views import SenderPage
from app.pages.views import Mistake
from app.permissions import Act
from app.settings import Settings
from routing.current import ladder

blueprint = Blueprint("trying", __name__, url_prefix="/setup")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.post("/checks/<kind>")
@may(Act.CHECK_SETUP)
def look(kind: str) -> ResponseReturnValue:
    """Ask for a look; what comes of it appears on the page."""
    settings: Settings = current_app.extensions["settings"]
    if kind not in list(Kind):
        abort(404)
    about = _about(Kind(kind), settings)
    if about is None:
        abort(404)
    asked = {"seen": f"{request.scheme}://{request.host}"} if kind == Kind.SITE else {}
    if kind == Kind.SENDER:
        asked = {"selector": _selector_kept()}
    _ask(Kind(kind), about, asked)
    return redirect("/setup/offer" if kind == Kind.OFFER else f"/setup#check-{kind}", 303)


def _about(kind: Kind, settings: Settings) -> str | None:
    """What a look of this kind is about as things are set; None where there is nothing to look at."""
    match kind:
        case Kind.MAIL if settings.smtp_url:
            return looks.smtp_server(settings)
        case Kind.SENDER if looks.sending_domain(settings):
            return looks.about_sender(settings)
        case Kind.SITE if settings.base_url:
            return settings.base_url
        case Kind.OFFER:
            return looks.smtp_server(settings) if settings.smtp_url else ""
        case _:
            return None


def _ask(kind: Kind, about: str, asked: dict[str, str]) -> None:
    question = asking.Question(kind=kind, about=about, by=current().id, asked=asked)
    perform(current_app.extensions["database"], lambda s: asking.ask(s, question, g.now))


def _selector_kept() -> str:
    """The selector that was named at an earlier look."""
    with reading(current_app.extensions["database"]) as session:
        row = asking.latest(session).get(Kind.SENDER)
        return str(row.asked.get("selector", "")) if row else ""


@blueprint.get("/sender")
@may(Act.SEE_SETUP)
def sender() -> ResponseReturnValue:
    """What DNS says about the sending domain, and the records to add."""
    return render_template("marketing/sender.html", page=_sender_page(_selector_kept()))


@blueprint.post("/sender")
@may(Act.CHECK_SETUP)
def look_for_key() -> ResponseReturnValue:
    """Look again, with the name of the key that the mail service signs with."""
    settings: Settings = current_app.extensions["settings"]
    selector = request.form.get("selector", "").strip().removesuffix("._domainkey")[:200]
    if selector and not SELECTOR.fullmatch(selector):
        wrong = Mistake(reason="This is no selector.", mend="It is one word, such as s1 or google.")
        page = _sender_page(selector, {"selector": wrong})
        return render_template("marketing/sender.html", page=page), 422
    about = _about(Kind.SENDER, settings)
    if about is None:
        abort(404)
    _ask(Kind.SENDER, about, {"selector": selector})
    return redirect("/setup/sender", 303)


def _sender_page(selector: str, mistakes: dict[str, Mistake] | None = None) -> SenderPage:
    settings: Settings = current_app.extensions["settings"]
    domain = looks.sending_domain(settings)
    with reading(current_app.extensions["database"]) as session:
        check = looks.sender(settings, asking.latest(session), g.now, whole=True)
    return SenderPage(check=check, domain=domain or "", selector=selector, mistakes=mistakes or {})


@blueprint.get("/offer")
@may(Act.SEE_SETUP)
def offer() -> ResponseReturnValue:
    """The test offer, as a rep would see it; only who it was made to finds it."""
    with reading(current_app.extensions["database"]) as session:
        row = asking.latest(session).get(Kind.OFFER)
        stages = [(each.slug, each.name) for each in ladder(session)]
    if row is None or row.member_id != current().id:
        abort(404)
    if row.state == State.PASSED:
        return redirect("/setup#check-offer")
    return render_template("rep/offer.html", offer=example.offer(stages, row.asked_at))


@blueprint.post("/offer/acceptance")
@may(Act.CHECK_SETUP)
def take() -> ResponseReturnValue:
    """Take the test offer."""
    database, who = current_app.extensions["database"], current().id
    if not perform(database, lambda s: asking.take_offer(s, who, g.now)):
        abort(404)
    flash("Taken. On a real one, the phone number and the brief would be here now.", "good")
    return redirect("/setup#check-offer", 303)
