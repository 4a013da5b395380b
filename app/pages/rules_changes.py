"""The page of changed rules: how far the look at everybody is, whom it would take over the warm line, and the word on it."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import rules_change_views as views
from app.pages import turning
from app.pages.papers import NOBODY
from app.pages.rules_change_views import ChangeLine, CrossingLine, RulesChange, RulesChanges
from app.permissions import Act, may_at_all
from prospects.rows import ProspectRow
from prospects.store import among
from scoring import current as rules_in_force
from scoring.changes import failing, releases, rules_changes
from scoring.changes.releases import NotWaitingError
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.changes.rules_changes import Place, Tally
from scoring.models import By

PATH = "/scoring/changes"
blueprint = Blueprint("rules_changes", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

WAYS = ("up", "down")
LATEST = 10


@blueprint.get("")
@may(Act.SEE_PEOPLE)
def page() -> ResponseReturnValue:
    """The newest change, or `?version=`; who would cross `?way=` up or down, fifty at a time."""
    asked = _number(request.args.get("version"))
    with reading(current_app.extensions["database"]) as session:
        rules = rules_in_force.current(session)
        coming = rules.version > 0 and releases.standing(session, rules) is None
        rows = rules_changes.changes(session, limit=LATEST)
        row = rows[0] if rows else None
        if asked is not None:
            row = rules_changes.change(session, asked)
            if row is None:
                abort(404)
        shown = _change(session, row, newest=rows[0].version) if row else None
    others = [_line(each) for each in rows if row is None or each.version != row.version]
    return render_template(
        "marketing/rules_changes.html",
        changes=RulesChanges(shown=shown, others=others, coming=coming),
    )


@blueprint.post("/<version>/release")
@may(Act.EDIT_SCORING)
def release(version: str) -> ResponseReturnValue:
    """Let them over the line: all, or so many an hour."""
    pace = views.PACE if request.form.get("pace") == str(views.PACE) else None
    said = f"They are let over the line, {pace} an hour." if pace else "All are let over the line."
    return _decided(
        version,
        lambda session, number, by: rules_changes.release(session, number, g.now, by=by, pace=pace),
        said,
    )


@blueprint.post("/<version>/keep")
@may(Act.EDIT_SCORING)
def keep(version: str) -> ResponseReturnValue:
    """Let them be where they are."""
    return _decided(
        version,
        lambda session, number, by: rules_changes.keep(session, number, g.now, by=by),
        "They stay where they are until they do something themselves.",
    )


@blueprint.post("/<version>/stop")
@may(Act.EDIT_SCORING)
def stop(version: str) -> ResponseReturnValue:
    """Let no more of them over; who went over stays there."""
    return _decided(
        version,
        lambda session, number, by: rules_changes.stop(session, number, g.now, by=by),
        "Stopped. Who went over the line stays there; the others wait for your word again.",
        late="There was nothing left to stop: all are over the line, or a colleague has decided.",
    )


def _decided(
    version: str,
    decide: Callable[[Session, int, By], None],
    said: str,
    *,
    late: str = "Nobody waits by this change any more: a colleague has decided meanwhile.",
) -> ResponseReturnValue:
    number, viewer = _number(version), current()
    by = By(viewer.email, viewer.id)

    def work(session: Session) -> None:
        if number is None or rules_changes.change(session, number) is None:
            abort(404)
        decide(session, number, by)

    try:
        perform(current_app.extensions["database"], work)
    except NotWaitingError:
        flash(late, "soon")
        return redirect(f"{PATH}?version={number}", 303)
    flash(said, "good")
    return redirect(f"{PATH}?version={number}", 303)


def _change(session: Session, row: RulesChangeRow, *, newest: int) -> RulesChange:
    tally = rules_changes.tallies(session, [row.version])[row.version]
    way = request.args.get("way", "")
    if way not in WAYS:
        way = "down" if tally.down and not tally.up else "up"
    rows = rules_changes.waiting(
        session, row.version, up=way == "up", below=_below(request.args), limit=turning.PAGE + 1
    )
    some, last = turning.one_page(rows)
    asked = {"version": str(row.version), "way": way}
    more = {"points": repr(last.points_after)} if last else {}
    onward = turning.next_url(PATH, {**asked, **more}, last.prospect_id) if last else None
    return RulesChange(
        version=row.version,
        state=State(row.state),
        at=row.at,
        by=row.by,
        people=row.people,
        looked=min(row.looked, row.people),
        **_counts(tally),
        pace=row.pace,
        way=way,
        lines=_crossings(session, some),
        next_url=onward,
        may_decide=may_at_all(current().roles, Act.EDIT_SCORING),
        newest_url=f"{PATH}?version={newest}" if newest != row.version else None,
        failed=failing.alone(session, row.version, g.now),
        ops_url="/ops" if may_at_all(current().roles, Act.SEE_OPS) else None,
    )


def _counts(tally: Tally) -> dict[str, int]:
    return {"up": tally.up, "down": tally.down, "released": tally.released}


def _crossings(session: Session, rows: Sequence[CrossingRow]) -> list[CrossingLine]:
    query = select(ProspectRow).where(
        among(session, ProspectRow.id, [row.prospect_id for row in rows])
    )
    people = {row.id: row for row in session.execute(query).scalars()}
    return [_crossing(row, people) for row in rows]


def _crossing(row: CrossingRow, people: Mapping[UUID, ProspectRow]) -> CrossingLine:
    person = people.get(row.prospect_id)
    return CrossingLine(
        url=f"/people/{row.prospect_id}",
        name=(person.name if person else None) or NOBODY,
        company=(person.company if person else None) or "",
        before=f"{row.points_before:.0f}",
        after=f"{row.points_after:.0f}",
    )


def _line(row: RulesChangeRow) -> ChangeLine:
    state = State(row.state)
    return ChangeLine(
        url=f"{PATH}?version={row.version}",
        at=row.at,
        by=row.by,
        says=views.title_of(state),
        tone=views.tone_of(state),
    )


def _below(asked: Mapping[str, str]) -> Place | None:
    last = turning.start(asked)
    try:
        points = float(asked.get("points", ""))
    except ValueError:
        return None
    return Place(points, last) if last and 0 <= points <= 100 else None


def _number(written: str | None) -> int | None:
    if written is None:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        abort(404)
    return int(written)
