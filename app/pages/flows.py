"""The pages of flows: the list with live counts, each flow drawn, and the people at each step."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import reading
from app.pages import flow_counts, flow_words, turning
from app.pages.flow_counts import INSIDE, Counts
from app.pages.flow_views import Edition, FlowLine, FlowPage, Flows, StepPage, Traveller, Waiting
from app.pages.papers import NOBODY
from app.pages.places import PLACES
from app.permissions import Act, may_at_all
from nurture.enrollment import EnrollmentState
from nurture.flow import Flow
from nurture.flows import FLOW
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects import configuration, groups
from prospects.configuration import Document
from prospects.ids import ProspectId, parse_id
from prospects.rows import ProspectRow

blueprint = Blueprint("flows", __name__, url_prefix="/flows")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

OWNERS = {"files": "files", "browser": "browser"}


@blueprint.get("")
@may(Act.SEE_FLOWS)
def listed() -> ResponseReturnValue:
    """Every flow with what goes on in it."""
    with reading(current_app.extensions["database"]) as session:
        counts = flow_counts.count(session, g.now)
        documents = configuration.read(session, FLOW)
        latest = {slug: rows[0].version for slug, rows in _all_versions(session).items()}
    lines = [_line(slug, latest[slug], documents.get(slug), counts) for slug in sorted(latest)]
    shown = Flows(lines=lines, may_edit=may_at_all(current().roles, Act.EDIT_FLOWS))
    return render_template("marketing/flows.html", flows=shown)


def _line(slug: str, version: int, document: Document | None, counts: Counts) -> FlowLine:
    return FlowLine(
        url=f"/flows/{slug}",
        slug=slug,
        version=version,
        owner=OWNERS.get(document.owner, document.owner) if document else "",
        inside=counts.inside.get(slug, 0),
        mailed=counts.mailed.get(slug, 0),
        handed_over=counts.handed_over.get(slug, 0),
        left=counts.left.get(slug, [])[:5],
        parked=counts.parked.get(slug, 0),
        active=document is not None,
    )


def _all_versions(session: Session, slug: str | None = None) -> dict[str, list[FlowVersionRow]]:
    """Published versions by flow, the newest first."""
    query = select(FlowVersionRow).order_by(FlowVersionRow.flow, FlowVersionRow.version.desc())
    if slug is not None:
        query = query.where(FlowVersionRow.flow == slug)
    found: dict[str, list[FlowVersionRow]] = {}
    for row in session.execute(query).scalars():
        found.setdefault(row.flow, []).append(row)
    return found


@blueprint.get("/<slug>")
@may(Act.SEE_FLOWS)
def one(slug: str) -> ResponseReturnValue:
    """One flow, drawn, with who is where; `?version=` shows an earlier version and who is in that.

    `?person=` marks where that person is, in the version they entered by.
    """
    asked = request.args.get("version", type=int)
    with reading(current_app.extensions["database"]) as session:
        editions = _all_versions(session, slug).get(slug, [])
        theirs = _enrollment(session, slug, parse_id(request.args.get("person", "")))
        wanted = theirs.version if theirs else asked
        row = next((each for each in editions if wanted in (None, each.version)), None)
        if row is None:
            abort(404)
        earlier = wanted not in (None, editions[0].version) or asked is not None
        shown = _page(session, row, editions, earlier=earlier, now=g.now)
        traveller = _traveller(session, theirs) if theirs else None
    return render_template("marketing/flow.html", flow=replace(shown, traveller=traveller))


def _enrollment(session: Session, slug: str, who: UUID | None) -> EnrollmentRow | None:
    """The newest time this person was in this flow."""
    if who is None:
        return None
    people = groups.whole(session, ProspectId(who))
    query = select(EnrollmentRow).where(EnrollmentRow.prospect_id.in_(people))
    query = query.where(EnrollmentRow.flow == slug).order_by(EnrollmentRow.id.desc())
    return session.execute(query.limit(1)).scalar_one_or_none()


def _traveller(session: Session, row: EnrollmentRow) -> Traveller:
    name = session.execute(
        select(ProspectRow.name).where(ProspectRow.id == row.prospect_id)
    ).scalar_one()
    there = _waiting(row, name, None)
    inside = row.left_at is None
    return Traveller(
        url=there.url,
        name=there.name,
        step=row.step if inside else "",
        state=there.state,
        tone=there.tone,
        until=there.until if inside else None,
    )


def _page(
    session: Session,
    row: FlowVersionRow,
    editions: list[FlowVersionRow],
    *,
    earlier: bool,
    now: datetime,
) -> FlowPage:
    flow, url = Flow.model_validate(row.definition), f"/flows/{row.flow}"
    places = flow_counts.by_place(session, row.flow)
    here = flow_counts.by_step(places, row.version if earlier else None)
    inside = flow_counts.by_version(places)
    document = configuration.read(session, FLOW).get(row.flow)
    counts = flow_counts.count(session, now, row.flow)
    line = _line(row.flow, editions[0].version, document, counts)
    return FlowPage(
        line=line,
        enter=flow_words.enter_in_words(flow.enter),
        exits=flow_words.exits_in_words(flow),
        picture=flow_words.picture(flow, here, url),
        editions=[_edition(each, row, inside, url) for each in editions[:50]],
        version=row.version,
        act=_act(line) if may_at_all(current().roles, Act.EDIT_FLOWS) else None,
        elsewhere=sum(number for step, number in here.items() if step not in flow.by_id),
    )


def _act(line: FlowLine) -> tuple[str, str] | None:
    if not line.active:
        return None
    if line.owner == "browser":
        return f"/flow-editor?flow={line.slug}", "Edit"
    return f"/flow-editor?copy={line.slug}", "Copy as draft"


def _edition(
    each: FlowVersionRow, shown: FlowVersionRow, inside: Mapping[int, int], url: str
) -> Edition:
    return Edition(
        version=each.version,
        published_at=each.published_at,
        inside=inside.get(each.version, 0),
        url=f"{url}?version={each.version}",
        here=each.version == shown.version,
    )


@blueprint.get("/<slug>/steps/<step>")
@may(Act.SEE_FLOWS)
def at_step(slug: str, step: str) -> ResponseReturnValue:
    """The people at one step, those who entered last first."""
    query = (
        select(EnrollmentRow, ProspectRow.name, ProspectRow.company)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(EnrollmentRow.flow == slug, EnrollmentRow.state.in_(INSIDE))
        .where(EnrollmentRow.step == step)
    )
    if before := turning.start(request.args):
        query = query.where(EnrollmentRow.id < before)
    query = query.order_by(EnrollmentRow.id.desc()).limit(turning.PAGE + 1)
    with reading(current_app.extensions["database"]) as session:
        if not _all_versions(session, slug):
            abort(404)
        found = [(row[0], row[1], row[2]) for row in session.execute(query)]
    rows, last = turning.one_page(found)
    path = f"/flows/{slug}/steps/{step}"
    shown = StepPage(
        flow_url=f"/flows/{slug}",
        slug=slug,
        step=step,
        lines=[_waiting(*row) for row in rows],
        next_url=turning.next_url(path, request.args, last[0].id) if last else None,
    )
    return render_template("marketing/flow_step.html", at=shown)


def _waiting(row: EnrollmentRow, name: str | None, company: str | None) -> Waiting:
    state, tone = PLACES[EnrollmentState(row.state)]
    return Waiting(
        url=f"/people/{row.prospect_id}",
        name=name or NOBODY,
        company=company,
        since=row.since,
        until=row.due_at,
        state=f"{state}: {row.reason}" if row.reason else state,
        tone=tone,
    )
