"""The demo's banner and what it does: be somebody, move the clock, ask for a lead. Absent outside a demo."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import local, note_viewer, only_from_our_pages
from app.auth.viewer import viewer_of
from app.demo_state import moving
from app.demo_state.moving import ZONE, Step, end_of
from app.demo_state.sign_ins import PASSWORD, SIGN_INS, WORDS
from app.demo_state.watch import Demo
from app.demo_state.web import demo
from app.door import perform, reading
from app.pages.sign_in import start_session
from app.times import zone_of
from nurture import clicks
from prospects import due, team
from prospects.member import Role
from prospects.rows import ProspectRow
from webhooks.rows import CaptureRow, DeliveryRow

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

OPEN = ("/healthz", "/readyz", "/metrics", "/static/")
"""What is answered while the demo is being filled."""
PROGRAMS = ("/api/", "/webhooks/")
_TRACKED = re.compile(r'href="[^"]*' + clicks.PATH + r'([^"]+)"')
WRITTEN_ON = (
    *("/confirmation", "/decline", "/outcome", "/giving", "/act", "/flow-editor", "/setup/sender"),
    *("/you", "/login", "/demo"),
)
"""How the addresses of pages end that are a form."""
STEPS = {Step.HOUR: "+1 hour", Step.TOMORROW: "tomorrow 9:00", Step.DAYS: "+3 days"}


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands on every page of a demo; `busy` says what is under way."""

    hour: str
    roles: tuple[tuple[str, str, bool], ...]
    steps: tuple[tuple[str, str], ...]
    here: str
    busy: str = ""
    comes_again: bool = False
    """Whether the page is to be looked at again by itself: not while somebody may be writing on it."""
    newest: tuple[str, str] | None = None


@blueprint.before_request
def only_in_a_demo() -> None:
    """Everywhere else there is nothing here."""
    if demo() is None:
        abort(404)


blueprint.before_request(only_from_our_pages)
blueprint.before_request(note_viewer)


def curtain() -> ResponseReturnValue | None:
    """While the demo is being filled, every page says how far it is."""
    state = demo()
    if state is None or state.filled or request.path.startswith(OPEN):
        return None
    if request.path.startswith(PROGRAMS):
        return {"title": "The demo is being filled", "status": 503}, 503, {"Retry-After": "5"}
    return render_template("public/filling.html", filling=state)


def banner() -> Banner | None:
    """The banner of this page; None outside a demo, and while it is being filled."""
    state = demo()
    if state is None or not state.filled:
        return None
    viewer = g.get("viewer")
    email = viewer.email if viewer else None
    busy = _busy(state)
    return Banner(
        hour=_spoken(g.now),
        roles=tuple((role.value, WORDS[role], SIGN_INS[role] == email) for role in SIGN_INS),
        steps=tuple((step.value, words) for step, words in STEPS.items()),
        here=request.full_path.rstrip("?") if request.method == "GET" else "/",
        busy=busy,
        comes_again=bool(busy) and not request.path.endswith(WRITTEN_ON),
        newest=_newest() if state.leads_sent else None,
    )


@blueprint.get("")
def choose() -> ResponseReturnValue:
    """Whom to be."""
    return render_template("auth/roles.html", password=PASSWORD, emails=SIGN_INS.items())


@blueprint.post("/role")
def become() -> ResponseReturnValue:
    """Sign in as the colleague with this role."""
    try:
        email = SIGN_INS[Role(request.form.get("role", ""))]
    except (ValueError, KeyError):
        abort(422)
    database = current_app.extensions["database"]
    with reading(database) as session:
        member = team.by_email(session, email)
    if member is None or not member.active:
        flash(f"{email} does not work here any more.", "bad")
        return redirect("/demo", 303)
    start_session(database, member.id)
    return redirect(viewer_of(member).landing, 303)


@blueprint.post("/clock")
def move() -> ResponseReturnValue:
    """Move the clock forward; what is due on the way happens in its hour."""
    try:
        to = end_of(Step(request.form.get("step", "")), g.now)
    except ValueError:
        abort(422)
    if not _ask(lambda session: moving.ask_to_move(session, to, g.now)):
        flash("The clock is on its way already.", "soon")
    return _back()


@blueprint.post("/lead")
def lead() -> ResponseReturnValue:
    """Somebody fills in the lead form on LinkedIn."""
    if not _ask(moving.ask_for_lead):
        flash("One lead is on its way already.", "soon")
    return _back()


@blueprint.post("/click")
def click() -> ResponseReturnValue:
    """Follow a link of a mail as its reader would: by the link's own address, signed in as nobody."""
    token = request.form.get("token", "")
    with current_app.test_client() as reader:
        answer = reader.get(f"{clicks.PATH}{token}")
    if answer.status_code != 302:
        abort(422)
    flash(f"The buyer is at {answer.location} now.", "good")
    return redirect(local(request.form.get("person", "/")), 303)


def links_in(html: str) -> list[tuple[str, str]]:
    """What the reader of a mail can click, as (token, address); nothing outside a demo."""
    if demo() is None:
        return []
    secret = current_app.extensions["settings"].secret_key
    tokens = dict.fromkeys(_TRACKED.findall(html))
    return [(token, found.url) for token in tokens if (found := clicks.click_of(secret, token))]


def _ask(work: Callable[[Session], bool]) -> bool:
    done = perform(current_app.extensions["database"], work)
    current_app.extensions["demo_watch"].look(afresh=True)
    return done


def _back() -> ResponseReturnValue:
    return redirect(local(request.form.get("here", "/")), 303)


def _spoken(now: datetime) -> str:
    there = now.astimezone(zone_of(ZONE))
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}"


def _busy(state: Demo) -> str:
    if state.moving_to is not None:
        return f"Moving to {_spoken(state.moving_to)} …"
    if state.leads_sent < state.leads_asked:
        return "Somebody fills in the form on LinkedIn …"
    with reading(current_app.extensions["database"]) as session:
        busy = due.queues_due(session, g.now) or due.in_hand(session)
    return "Warmline is at work …" if busy else ""


def _newest() -> tuple[str, str] | None:
    """The page and name of whoever came in last by LinkedIn."""
    query = (
        select(ProspectRow.id, ProspectRow.name)
        .join(CaptureRow, CaptureRow.prospect_id == ProspectRow.id)
        .join(DeliveryRow, DeliveryRow.id == CaptureRow.delivery_id)
        .where(DeliveryRow.source == "linkedin", ProspectRow.erased_at.is_(None))
        .order_by(DeliveryRow.id.desc())
        .limit(1)
    )
    with reading(current_app.extensions["database"]) as session:
        found = session.execute(query).first()
    return (f"/people/{found.id}", found.name or "somebody") if found else None
