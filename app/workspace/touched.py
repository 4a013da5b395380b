"""How many people each change of the workspace touches, by set-based counts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.workspace.changes import Action, Change
from app.workspace.wanted import Thing
from nurture.enrollment import OVER
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects import configuration
from prospects.rows import ActivityRow, ProspectRow
from prospects.team import MemberRow
from routing.lives import OPEN
from routing.rows import HandoffRow
from webhooks.conversion_rows import ConversionRow

Slugs = Collection[str]
Counts = Mapping[str, int]


def touched(session: Session, changes: Sequence[Change]) -> list[int]:
    """For each change, how many people it concerns now; nobody for what is added.

    Stages and scoring: everybody, as all are assessed by them. Routing: who is on the way to a rep
    or with one. A colleague: whose lead they have. A source,
    and what its fields mean: who came by it.
    A destination: whose steps it was told. A flow: who is in it,
    and stays on the version they entered by. A mail: who is in a flow that sends it. A segment:
    who is in a flow that is entered by it.
    """
    slugs: dict[Thing, list[str]] = {}
    standing = [each for each in changes if each.action is not Action.ADD]
    for each in standing:
        slugs.setdefault(each.kind, []).append(each.slug)
    counts = {kind: _COUNTS[kind](session, found) for kind, found in slugs.items()}
    known = {id(each): counts[each.kind].get(each.slug, 0) for each in standing}
    return [known.get(id(each), 0) for each in changes]


def _everybody(session: Session, slugs: Slugs) -> Counts:
    count = session.execute(
        select(func.count())
        .select_from(ProspectRow)
        .where(ProspectRow.absorbed_by.is_(None), ProspectRow.erased_at.is_(None))
    ).scalar_one()
    return dict.fromkeys(slugs, count)


def _on_the_way(session: Session, slugs: Slugs) -> Counts:
    count = session.execute(
        select(func.count(HandoffRow.prospect_id.distinct())).where(HandoffRow.state.in_(OPEN))
    ).scalar_one()
    return dict.fromkeys(slugs, count)


def _of_colleagues(session: Session, slugs: Slugs) -> Counts:
    found = session.execute(
        select(MemberRow.email, func.count(HandoffRow.prospect_id.distinct()))
        .join(HandoffRow, HandoffRow.rep_id == MemberRow.id)
        .where(MemberRow.email.in_(slugs), HandoffRow.state.in_(OPEN))
        .group_by(MemberRow.email)
    )
    return {row[0]: row[1] for row in found}


def _of_sources(session: Session, slugs: Slugs) -> Counts:
    found = session.execute(
        select(ActivityRow.source, func.count(ActivityRow.prospect_id.distinct()))
        .where(ActivityRow.source.in_(slugs))
        .group_by(ActivityRow.source)
    )
    return {row[0]: row[1] for row in found}


def _of_destinations(session: Session, slugs: Slugs) -> Counts:
    found = session.execute(
        select(ConversionRow.destination, func.count(ConversionRow.prospect_id.distinct()))
        .where(ConversionRow.destination.in_(slugs))
        .group_by(ConversionRow.destination)
    )
    return {row[0]: row[1] for row in found}


def _in_flows(session: Session, slugs: Slugs) -> Counts:
    found = session.execute(
        select(EnrollmentRow.flow, func.count(EnrollmentRow.prospect_id.distinct()))
        .where(EnrollmentRow.flow.in_(slugs), EnrollmentRow.state.not_in(OVER))
        .group_by(EnrollmentRow.flow)
    )
    return {row[0]: row[1] for row in found}


def _of_segments(session: Session, slugs: Slugs) -> Counts:
    entered_by: dict[str, set[str]] = {slug: set() for slug in slugs}
    for slug, flow in configuration.read(session, Thing.FLOW).items():
        entered_by.get(str(flow.body.get("enter", {}).get("segment")), set()).add(slug)
    inside = _in_flows(session, set[str]().union(*entered_by.values()))
    return {slug: sum(inside.get(each, 0) for each in found) for slug, found in entered_by.items()}


def _of_mails(session: Session, slugs: Slugs) -> Counts:
    inside = select(EnrollmentRow.flow, EnrollmentRow.version).where(
        EnrollmentRow.state.not_in(OVER)
    )
    versions = session.execute(
        select(FlowVersionRow.flow, FlowVersionRow.version, FlowVersionRow.definition).where(
            tuple_(FlowVersionRow.flow, FlowVersionRow.version).in_(inside)
        )
    ).all()
    found = {}
    for slug in slugs:
        sending = [(flow, version) for flow, version, body in versions if slug in _sent_by(body)]
        found[slug] = _inside(session, sending)
    return found


def _sent_by(definition: Mapping[str, Any]) -> set[str]:
    mails = (step.get("mail") for step in definition.get("steps", []))
    return {mail["template"] for mail in mails if mail}


def _inside(session: Session, versions: Sequence[tuple[str, int]]) -> int:
    if not versions:
        return 0
    any_of: list[ColumnElement[bool]] = [
        (EnrollmentRow.flow == flow) & (EnrollmentRow.version == version)
        for flow, version in versions
    ]
    return session.execute(
        select(func.count(EnrollmentRow.prospect_id.distinct())).where(
            EnrollmentRow.state.not_in(OVER), or_(*any_of)
        )
    ).scalar_one()


_COUNTS: Mapping[Thing, Callable[[Session, Slugs], Counts]] = {
    Thing.PERSON: _of_colleagues,
    Thing.STAGES: _everybody,
    Thing.SCORING: _everybody,
    Thing.ROUTING: _on_the_way,
    Thing.SOURCE: _of_sources,
    Thing.MEANING: _of_sources,
    Thing.DESTINATION: _of_destinations,
    Thing.FLOW: _in_flows,
    Thing.MAIL: _of_mails,
    Thing.SEGMENT: _of_segments,
}
