"""The pages of mail templates: the list, and each as a sample or a known person would read it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.jobs.mail import a_renderer
from app.pages.template_views import Template, TemplateLine
from app.permissions import Act, may_at_all
from app.web_policy import PICTURE
from nurture import held
from nurture.render import Rendered, RenderError
from nurture.rows import SendRow
from nurture.sends import MAIL, company_of, mails, person_of
from nurture.templates import MailTemplate
from nurture.wording import values_of
from prospects import audit, configuration, groups, team
from prospects.identities import read_email
from prospects.ids import AccountId, MemberId
from prospects.rows import ProspectRow
from prospects.values import Company, Person

blueprint = Blueprint("templates", __name__, url_prefix="/mails/templates")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

SAMPLE = Person(
    email="ida.sample@firm.example",
    name="Ida Sample",
    title="Head of Operations",
    company="Firm",
    country="DE",
    language="en",
)
FIRM = Company(id=AccountId(UUID(int=0)), domain="firm.example", name="Firm")
WAY_OUT = "https://unsubscribe.invalid/"
"""No real way out in a preview: a look must not unsubscribe anybody."""
TEXT = {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("")
@may(Act.SEE_MAILS)
def listed() -> ResponseReturnValue:
    """Every template, with the mails that could not be made of it."""
    with reading(current_app.extensions["database"]) as session:
        found = configuration.parsed(session, MAIL, mails)
        stuck = _held(session)
    lines = [
        TemplateLine(
            url=f"/mails/templates/{slug}",
            slug=slug,
            subject=each.subject,
            sender=each.sender or "the workspace",
            held=stuck.get(slug, 0),
        )
        for slug, each in found.items()
    ]
    return render_template("marketing/templates.html", templates=lines)


def _held(session: Session) -> dict[str, int]:
    query = select(SendRow.template, func.count()).where(held.unmade()).group_by(SendRow.template)
    return {row[0]: row[1] for row in session.execute(query)}


@blueprint.get("/<slug>")
@may(Act.SEE_MAILS)
def one(slug: str) -> ResponseReturnValue:
    """One template as `?email=` would read it, else as a made-up person would."""
    email = request.args.get("email", "").strip()[:254]
    with reading(current_app.extensions["database"]) as session:
        template = _template(session, slug)
        reader = _reader(session, email)
        values = _values(session, reader)
        stuck = _held(session).get(slug, 0)
    made, wrong = _make(template, values)
    chosen = urlencode({"email": email}) if reader else ""
    shown = Template(
        url=f"/mails/templates/{slug}",
        slug=slug,
        reader=(reader.name or reader.email or "somebody") if reader else "Ida Sample, made up",
        picture_url=f"/mails/templates/{slug}/picture?{chosen}",
        subject=made.subject if made else "",
        text=made.text if made else "",
        wrong=wrong,
        email=email,
        unknown=bool(email) and reader is None,
        held=stuck,
        may_release=may_at_all(current().roles, Act.RELEASE_MAIL),
    )
    return render_template("marketing/template.html", template=shown)


@blueprint.get("/<slug>/picture")
@may(Act.SEE_MAILS)
def picture(slug: str) -> ResponseReturnValue:
    """The mail itself, in a sandbox."""
    with reading(current_app.extensions["database"]) as session:
        template = _template(session, slug)
        values = _values(session, _reader(session, request.args.get("email", "")[:254]))
    made, wrong = _make(template, values)
    headers = {"Content-Security-Policy": PICTURE, "X-Frame-Options": "SAMEORIGIN"}
    if made is None:
        return f"It cannot be made: {wrong}", 200, {**headers, **TEXT}
    return made.html, 200, {**headers, "Content-Type": "text/html; charset=utf-8"}


@blueprint.post("/<slug>/release")
@may(Act.RELEASE_MAIL)
def release(slug: str) -> ResponseReturnValue:
    """Let every mail go again that could not be made of this template."""
    who = str(current().id)

    def free(session: Session) -> int:
        audit.note(session, "release mails", slug, g.now, who=who)
        return held.release_unmade(session, slug, g.now)

    count = perform(current_app.extensions["database"], free)
    flash(f"{count} on their way again." if count else "None was held any more.", "good")
    return redirect(f"/mails/templates/{slug}", 303)


def _template(session: Session, slug: str) -> MailTemplate:
    found = configuration.parsed(session, MAIL, mails).get(slug)
    if found is None:
        abort(404)
    return found


def _reader(session: Session, email: str) -> ProspectRow | None:
    address = read_email(email) if email else None
    if address is None:
        return None
    known = groups.at_address(address.key).limit(1)
    return session.execute(
        select(ProspectRow).where(ProspectRow.id.in_(known))
    ).scalar_one_or_none()


def _values(session: Session, reader: ProspectRow | None) -> dict[str, Any]:
    if reader is None:
        owner = team.member(session, current().id)
        return values_of(SAMPLE, FIRM, owner, unsubscribe_url=WAY_OUT)
    owner = team.member(session, MemberId(reader.owner_id)) if reader.owner_id else None
    company = company_of(session, reader)
    return values_of(person_of(reader), company, owner, unsubscribe_url=WAY_OUT)


def _make(template: MailTemplate, values: dict[str, Any]) -> tuple[Rendered | None, str | None]:
    """The mail, or why there is none."""
    try:
        with a_renderer() as renderer:
            return renderer.render(template, values), None
    except RenderError as error:
        return None, str(error)
