"""The page of the audit: who did what to what, and when."""

from flask import Blueprint, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import audit_view, turning
from app.permissions import Act

blueprint = Blueprint("audits", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


@blueprint.get("/audit")
@may(Act.SEE_AUDIT)
def page() -> ResponseReturnValue:
    """Acts, the newest first, by person, kind and time."""
    wanted, before = audit_view.asked(request.args), turning.start(request.args)
    with reading(current_app.extensions["database"]) as session:
        shown = audit_view.read(session, wanted, before, current().zone)
    return render_template("admin/audit.html", audit=shown)


@blueprint.get("/audit.csv")
@may(Act.SEE_AUDIT)
def as_table() -> ResponseReturnValue:
    """The same acts for a spreadsheet."""
    with reading(current_app.extensions["database"]) as session:
        text = audit_view.as_csv(session, audit_view.asked(request.args), current().zone)
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{g.now:%Y-%m-%d}.csv"'
    return answer
