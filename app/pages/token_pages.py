"""The page of tokens: programs' ways in, made and shown once, and taken back."""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import tokens
from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import ROLES, current
from app.door import perform, reading
from app.pages import audit_view, audit_words, turning
from app.pages.admin_views import TokenLine, Tokens
from app.pages.audit_words import Names
from app.pages.views import Mistake
from app.permissions import Act
from app.rows import ApiTokenRow
from prospects import team
from prospects.bidi import isolated
from prospects.member import Member, Role
from prospects.texts import storable

blueprint = Blueprint("token_pages", __name__, url_prefix="/tokens")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_NAME = 100


@blueprint.get("")
@may(Act.TOKENS)
def page() -> ResponseReturnValue:
    """Every token, the newest first, and the form that makes one."""
    return render_template("admin/tokens.html", tokens=_shown())


@blueprint.post("")
@may(Act.TOKENS)
def make() -> ResponseReturnValue:
    """Make a token; this page is the only place where it is ever shown."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "role", "person")}
    wrong = _mistakes(typed)
    if wrong:
        return render_template("admin/tokens.html", tokens=_shown(typed, wrong)), 422
    by, role, name, email = str(current().id), Role(typed["role"]), typed["name"], typed["person"]
    try:
        token = perform(
            current_app.extensions["database"],
            lambda session: tokens.create(session, role, name, email or None, g.now, by=by),
        )
    except tokens.NobodyError:
        wrong = {"person": Mistake(reason="Nobody active has this e-mail.", mend="Choose again.")}
        return render_template("admin/tokens.html", tokens=_shown(typed, wrong)), 422
    return render_template("admin/tokens.html", tokens=_shown(made=(name, token)))


@blueprint.post("/<uuid:token_id>/revocation")
@may(Act.TOKENS)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """Take a token back: it lets nobody in from now on."""
    by = str(current().id)

    def work(session: Session) -> str | None:
        row = tokens.revoke(session, token_id, g.now, by=by)
        return row.name if row else None

    name = perform(current_app.extensions["database"], work)
    if name is None:
        abort(404)
    flash(f"The token {isolated(name)} lets nobody in any more.", "good")
    return redirect("/tokens", 303)


def _mistakes(typed: dict[str, str]) -> dict[str, Mistake]:
    found = {}
    if not typed["name"]:
        found["name"] = Mistake(reason="The name is missing.", mend="Say what it is for.")
    elif len(typed["name"]) > LONGEST_NAME or not storable(typed["name"]):
        found["name"] = Mistake(reason="This name cannot be used.", mend="At most 100 characters.")
    if typed["role"] not in list(Role):
        found["role"] = Mistake(reason="The role is missing.", mend="Choose one.")
    if typed["person"] and not storable(typed["person"]):
        found["person"] = Mistake(reason="Nobody has this e-mail.", mend="Choose again.")
    return found


def _shown(
    typed: dict[str, str] | None = None,
    mistakes: dict[str, Mistake] | None = None,
    made: tuple[str, str] | None = None,
) -> Tokens:
    query = select(ApiTokenRow).order_by(ApiTokenRow.id.desc()).limit(turning.PAGE + 1)
    if before := turning.start(request.args):
        query = query.where(ApiTokenRow.id < before)
    with reading(current_app.extensions["database"]) as session:
        rows, last = turning.one_page(list(session.execute(query).scalars()))
        members = {each.id: each for each in team.members(session)}
        names = audit_view.names_of(session, list(members.values()))
    return Tokens(
        lines=[_line(row, members.get(row.member_id), names) for row in rows],  # type: ignore[call-overload]
        roles=[(role.value, words.capitalize()) for role, words in ROLES.items()],
        people=[(each.email, each.name) for each in members.values() if each.active],
        made=made,
        next_url=turning.next_url("/tokens", {}, last.id) if last else None,
        from_settings=current_app.extensions["settings"].api_token is not None,
        typed=typed or {},
        mistakes=mistakes or {},
    )


def _line(row: ApiTokenRow, member: Member | None, names: Names) -> TokenLine:
    return TokenLine(
        id=str(row.id),
        name=row.name,
        hint=f"{row.hint}…" if row.hint else "not kept",
        role=ROLES[Role(row.role)],
        acts_as=member.name if member else None,
        made_by=audit_words.who(row.made_by, names) if row.made_by else "not known",
        made_at=row.made_at,
        used_at=row.seen_at,
        revoked_at=row.revoked_at,
        dead=f"{isolated(member.name)} is deactivated" if member and not member.active else None,
    )
