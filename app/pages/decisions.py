"""The pages of routing decisions: why each lead went to whom it went, and why not to each other one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import papers, turning
from app.pages.decision_views import DecisionLine, DecisionPage, Decisions, sentence, weighed
from app.permissions import Act, may
from prospects import team
from routing.rows import DecisionRow, HandoffRow

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

MOST_OTHERS = 20
NOBODY = "nobody"
Names = dict[UUID, str]


@blueprint.get("")
@only_who_may(Act.SEE_HANDOFF)
def listed() -> ResponseReturnValue:
    """Decisions, the newest first; a rep sees those about leads that are theirs."""
    query = _visible()
    if before := turning.start(request.args):
        query = query.where(DecisionRow.id < before)
    with reading(current_app.extensions["database"]) as session:
        query = query.order_by(DecisionRow.id.desc()).limit(turning.PAGE + 1)
        rows, last = turning.one_page([(row[0], row[1]) for row in session.execute(query)])
        names = _names(session)
    shown = Decisions(
        lines=[_line(row, brief, names) for row, brief in rows],
        next_url=turning.next_url("/decisions", request.args, last[0].id) if last else None,
    )
    return render_template("manager/decisions.html", decisions=shown)


@blueprint.get("/<uuid:prospect_id>/<uuid:decision_id>")
@only_who_may(Act.SEE_HANDOFF)
def page(prospect_id: UUID, decision_id: UUID) -> ResponseReturnValue:
    """One decision with everybody who was weighed."""
    with reading(current_app.extensions["database"]) as session:
        query = _visible().where(DecisionRow.prospect_id == prospect_id)
        found = session.execute(query.where(DecisionRow.id == decision_id)).one_or_none()
        if found is None:
            abort(404)
        row, brief = found
        same = query.where(DecisionRow.handoff_id == row.handoff_id, DecisionRow.id != row.id)
        others = session.execute(same.order_by(DecisionRow.id.desc()).limit(MOST_OTHERS)).all()
        names = _names(session)
    shown = _page(row, brief, names, [_line(each[0], each[1], names) for each in others])
    return render_template("manager/decision.html", decision=shown)


def _visible() -> Select[Any]:
    query = select(DecisionRow, HandoffRow.brief).join(
        HandoffRow,
        (HandoffRow.prospect_id == DecisionRow.prospect_id)
        & (HandoffRow.id == DecisionRow.handoff_id),
    )
    viewer = current()
    if may(viewer.roles, Act.SEE_HANDOFF, own=False):
        return query
    return query.where(HandoffRow.rep_id == viewer.id)


def _names(session: Session) -> Names:
    return {UUID(str(member.id)): member.name for member in team.members(session)}


def _line(row: DecisionRow, brief: papers.Paper, names: Names) -> DecisionLine:
    return DecisionLine(
        url=address(row.prospect_id, row.id),
        who=papers.who(row.prospect_id, brief),
        to=names.get(row.chosen_id, NOBODY) if row.chosen_id else NOBODY,
        why=sentence(row.why),
        at=row.at,
    )


def _page(
    row: DecisionRow, brief: papers.Paper, names: Names, others: list[DecisionLine]
) -> DecisionPage:
    candidates = [weighed(each, row.at, g.zone) for each in row.candidates]
    line = _line(row, brief, names)
    return DecisionPage(
        who=line.who,
        lead_url=f"/handoffs/{row.prospect_id}/{row.handoff_id}",
        to=line.to,
        why=line.why,
        at=row.at,
        weighed=sorted(candidates, key=lambda each: not each.chosen),
        rule=row.rule,
        lane=row.lane,
        team=row.team,
        turn=row.turn,
        configuration=row.configuration,
        fallback=row.fallback,
        others=others,
    )


def address(prospect_id: UUID, decision_id: UUID) -> str:
    """Where a decision is shown."""
    return f"/decisions/{prospect_id}/{decision_id}"
