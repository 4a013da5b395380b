"""The pages of mails to prospects: what was or would be sent, shown as its reader sees it."""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import demo, mail_news, turning
from app.pages.office import Mail, MailLine, Outbox
from app.pages.views import Tone
from app.permissions import Act, may_at_all
from app.web_policy import PICTURE
from nurture import held
from nurture.rows import SendRow
from nurture.sending import NO_ADDRESS, NOT_LIVE, RESTORED, STOPPED, SendRef, SendState
from nurture.switches import Switch, switched_on
from prospects import audit
from prospects.ids import ProspectId, SendId
from prospects.rows import ProspectRow

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

STATES = {
    SendState.PLANNED: ("about to go", Tone.SOON),
    SendState.HELD: ("held back", Tone.SOON),
    SendState.SUPPRESSED: ("not allowed", Tone.PLAIN),
    SendState.HANDING_OVER: ("being handed over", Tone.SOON),
    SendState.SENT: ("sent", Tone.GOOD),
    SendState.REFUSED: ("refused", Tone.BAD),
    SendState.UNKNOWN: ("fate not known", Tone.BAD),
    SendState.DELIVERED: ("arrived", Tone.GOOD),
    SendState.BOUNCED: ("came back", Tone.BAD),
    SendState.COMPLAINED: ("called spam", Tone.BAD),
}
KEPT = ("kept here", Tone.PLAIN)
REASONS = {
    NOT_LIVE: "Rehearsal: this address is not of your own domain. Go live to send it.",
    STOPPED: "All mail is stopped.",
    RESTORED: "Restored from a backup: it may have been sent since. Let it go if you know it was not.",
    NO_ADDRESS: "We have no address of this person.",
    "put_off": "The mail server asked to try again later.",
}
CAME_BACK = {"hard": "There is no such mailbox", "soft": "Not this time"}
NOT_WRITTEN = "Not written yet: a mail is written at the moment it goes out."


@blueprint.get("")
@may(Act.SEE_MAILS)
def listed() -> ResponseReturnValue:
    """Mails, the latest first."""
    query = (
        select(SendRow, ProspectRow.email)
        .join(ProspectRow, ProspectRow.id == SendRow.prospect_id)
        .options(defer(SendRow.html), defer(SendRow.plain))
    )
    if before := turning.start(request.args):
        query = query.where(SendRow.id < before)
    query = query.order_by(SendRow.id.desc()).limit(turning.PAGE + 1)
    with reading(current_app.extensions["database"]) as session:
        found = [(row[0], row[1]) for row in session.execute(query)]
        stopped = Switch.MAIL_STOPPED in switched_on(session)
    rows, last = turning.one_page(found)
    shown = Outbox(
        lines=[_line(*row) for row in rows],
        held=current_app.extensions["settings"].smtp_url is None,
        stopped=stopped,
        next_url=turning.next_url("/outbox", request.args, last[0].id) if last else None,
    )
    return render_template("marketing/outbox.html", outbox=shown)


def _line(row: SendRow, email: str | None) -> MailLine:
    state, tone = _state(row)
    return MailLine(
        url=f"/outbox/{row.prospect_id}/{row.id}",
        to=row.address or email or "nobody",
        subject=row.subject or row.template,
        state=state,
        tone=tone,
        at=row.settled_at or row.planned_at,
    )


def _unmade(row: SendRow) -> bool:
    return row.state == SendState.HELD and row.reason not in (NOT_LIVE, STOPPED)


def _state(row: SendRow) -> tuple[str, Tone]:
    if row.state == SendState.SENT and row.transport == "outbox":
        return KEPT
    return STATES[SendState(row.state)]


def _why(row: SendRow) -> str | None:
    """Why it is as it is, in words; of a mail that came back, whether another may arrive."""
    told = REASONS.get(row.reason or "", row.reason)
    if row.state != SendState.BOUNCED or not told:
        return told
    sort, _, said = told.partition(": ")
    return f"{CAME_BACK[sort]}{f': {said}' if said else '.'}" if sort in CAME_BACK else told


@blueprint.get("/<uuid:prospect_id>/<uuid:send_id>")
@may(Act.SEE_MAILS)
def one(prospect_id: UUID, send_id: UUID) -> ResponseReturnValue:
    """One mail with what became of it."""
    with reading(current_app.extensions["database"]) as session:
        row = _send(session, prospect_id, send_id)
        person = session.get_one(ProspectRow, prospect_id)
        told = mail_news.of(session, row, g.zone)
    state, tone = _state(row)
    shown = Mail(
        url=f"/outbox/{prospect_id}/{send_id}",
        to=row.address or person.email or "nobody",
        sender=row.sender or "",
        subject=row.subject or row.template,
        state=state,
        tone=tone,
        at=row.settled_at or row.planned_at,
        text=row.plain or "",
        person_url=f"/people/{prospect_id}",
        reason=_why(row),
        releasable=_unmade(row) and may_at_all(current().roles, Act.RELEASE_MAIL),
        template_url="" if row.reason == RESTORED else f"/mails/templates/{row.template}",
        told=told,
        links=demo.links_in(row.html or ""),
    )
    return render_template("marketing/mail.html", mail=shown)


@blueprint.get("/<uuid:prospect_id>/<uuid:send_id>/picture")
@may(Act.SEE_MAILS)
def picture(prospect_id: UUID, send_id: UUID) -> ResponseReturnValue:
    """The mail itself, in a sandbox: it may look like anything, and do nothing."""
    with reading(current_app.extensions["database"]) as session:
        row = _send(session, prospect_id, send_id)
    headers = {"Content-Security-Policy": PICTURE, "X-Frame-Options": "SAMEORIGIN"}
    if row.html is None:
        return NOT_WRITTEN, 200, {**headers, "Content-Type": "text/plain; charset=utf-8"}
    return row.html, 200, {**headers, "Content-Type": "text/html; charset=utf-8"}


@blueprint.post("/<uuid:prospect_id>/<uuid:send_id>/release")
@may(Act.RELEASE_MAIL)
def release(prospect_id: UUID, send_id: UUID) -> ResponseReturnValue:
    """Let a mail go again that could not be made; everything else is looked at anew."""
    ref, who = SendRef(ProspectId(prospect_id), SendId(send_id)), str(current().id)

    def free(session: Session) -> int:
        _send(session, prospect_id, send_id)
        audit.note(session, "release mail", send_id, g.now, who=who)
        return held.release_one(session, ref, g.now)

    if perform(current_app.extensions["database"], free):
        flash("It is on its way again.", "good")
    else:
        flash("It is not held any more.", "soon")
    return redirect(f"/outbox/{prospect_id}/{send_id}", 303)


def _send(session: Session, prospect_id: UUID, send_id: UUID) -> SendRow:
    row = session.get(SendRow, (prospect_id, send_id))
    if row is None:
        abort(404)
    return row
