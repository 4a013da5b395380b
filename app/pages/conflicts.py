"""The page of conflicts: where a CRM and we say different things of the same person, company or deal."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages.conflict_views import FIELDS, RECORDS, Conflicts, Difference
from app.permissions import Act, may_at_all
from webhooks import crm_report
from webhooks.crm_report import Conflict
from webhooks.crm_rows import ConflictRow

blueprint = Blueprint("conflicts", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

MOST = 200
"""Conflicts on the page, the newest; who has more settles these first, or asks the API."""


@blueprint.get("/conflicts")
@may(Act.SEE_CONFLICTS)
def page() -> ResponseReturnValue:
    """Every conflict as it stands now, the newest first."""
    with reading(current_app.extensions["database"]) as session:
        shown = _read(session)
    return render_template("marketing/conflicts.html", conflicts=shown)


def _read(session: Session) -> Conflicts:
    rows = session.execute(crm_report.standing().limit(MOST)).scalars().all()
    whole = session.execute(select(func.count()).select_from(ConflictRow)).scalar_one()
    found = crm_report.conflicts(session, rows)
    return Conflicts(
        differences=[_drawn(each) for each in found],
        more=max(whole - MOST, 0),
        out=may_at_all(current().roles, Act.SEE_OUT),
    )


def _drawn(each: Conflict) -> Difference:
    url = f"/companies/{each.account_id}" if each.account_id else None
    return Difference(
        about=each.about,
        url=f"/people/{each.prospect_id}" if each.prospect_id else url,
        what=RECORDS.get(each.record, each.record),
        field=FIELDS.get(each.field, each.field),
        ours=each.ours,
        theirs=each.theirs,
        crm=each.crm,
        number=each.external_id,
        counts=each.counts,
        since=each.since,
    )
