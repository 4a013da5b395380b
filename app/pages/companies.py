"""The page of a company, and saying who is who there."""

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import company_view, turning, whose_person
from app.permissions import Act, may
from app.whose import their_accounts
from prospects.ids import ProspectId
from prospects.rows import AccountRow, ProspectRow
from prospects.stakes import Stake, Stance, say

blueprint = Blueprint("companies", __name__, url_prefix="/companies")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("/<uuid:account_id>")
@only_who_may(Act.SEE_PERSON)
def page(account_id: UUID) -> ResponseReturnValue:
    """People with roles and stance, what is not known, the owner, the next step, and one history."""
    before = turning.start(request.args)
    with reading(current_app.extensions["database"]) as session:
        row = _company(session, account_id)
        shown = company_view.read(session, row, current(), g.now, before=before)
    return render_template("marketing/company.html", company=shown)


def _company(session: Session, account_id: UUID) -> AccountRow:
    """The company, if it is the viewer's or they may see everybody; else 404."""
    row, viewer = session.get(AccountRow, account_id), current()
    if row is None:
        abort(404)
    mine = select(AccountRow.id).where(AccountRow.id == row.id, their_accounts(viewer.id))
    if not may(viewer.roles, Act.SEE_PERSON, own=session.execute(mine).first() is not None):
        abort(404)
    return row


@blueprint.post("/<uuid:account_id>/people/<uuid:prospect_id>")
@only_who_may(Act.NOTE)
def say_who(account_id: UUID, prospect_id: UUID) -> ResponseReturnValue:
    """Write down what somebody is at their company, and whether they are for us."""
    stake, stance = request.form.get("stake", ""), request.form.get("stance", "")
    if (stake and stake not in list(Stake)) or (stance and stance not in list(Stance)):
        abort(400)

    def work(session: Session) -> None:
        person = session.get(ProspectRow, prospect_id)
        if person is None or person.erased_at or person.account_id != account_id:
            abort(404)
        if not whose_person.may_see(session, person, current(), Act.NOTE):
            abort(404)
        say(
            session,
            ProspectId(person.id),
            Stake(stake) if stake else None,
            Stance(stance) if stance else None,
            by=current().id,
            now=g.now,
        )

    perform(current_app.extensions["database"], work)
    flash("Noted.", "good")
    return redirect(f"/companies/{account_id}", 303)
