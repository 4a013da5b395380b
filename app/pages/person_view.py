"""Reads one person for their page: belief, finding, own words, flows, consents and history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from itertools import groupby
from uuid import UUID

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import (
    briefs,
    found_out,
    merged_view,
    papers,
    sentences,
    standing_view,
    turning,
    words,
)
from app.pages.drawing import bars, ladder
from app.pages.office import ConsentLine, Person, Quote
from app.pages.places import places
from app.pages.views import Claim, Contact, Day, Evidence, Finding, Happening, Voice, Who
from app.pages.whose_person import may_see
from app.permissions import Act, may
from prospects import groups, team
from prospects.contact import Veil, veil_of
from prospects.ids import ActivityId, ProspectId
from prospects.kinds import BUYERS_OWN, Kind
from prospects.rows import ActivityRow, AssessmentRow, ConsentRow, ProspectRow
from prospects.values import Activity
from routing import current
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow
from routing.track_record import Claimed, records

MOST_WORDS = 4
MOST_BARS = 500


def read(
    session: Session, row: ProspectRow, viewer: Viewer, now: datetime, *, before: UUID | None
) -> Person:
    """Everything the page shows; its history goes on below `before`."""
    stages = [(rung.slug, rung.name) for rung in current.ladder(session)]
    reps = {str(member.id): member.name for member in team.members(session)}
    reach = may_see(session, row, viewer, Act.SEE_CONTACT)
    veil = veil_of(row.phone, lifted=reach)
    rows, last = turning.one_page(_activities(session, row, before))
    words_for = partial(sentences.happening, reps=reps, stages=dict(stages), openly=not reach)
    told = [words_for(replace(activity, body=veil(activity.body))) for activity in rows]
    handoff_url, decision_url = _handoff(session, row, viewer)
    return Person(
        who=_who(row, veil),
        contact=_contact(row) if reach else None,
        lifecycle=words.lifecycle(row.lifecycle),
        owner=reps.get(str(row.owner_id)),
        grade=row.grade,
        grade_words=words.grade(row.grade),
        points=round(row.points),
        ladder=ladder(stages, claimed=row.stage, found=row.confirmed_stage),
        claim=_claim(session, row, dict(stages), veil),
        finding=_shown(_finding(session, row), stages, reps, veil),
        words=_words(told),
        activity=bars(_instants(session, row), now),
        places=places(session, row, viewer),
        consents=_consents(session, row, veil),
        days=days(told, g.zone),
        tags=sorted(row.tags or ()),
        company_url=f"/companies/{row.account_id}" if row.account_id else None,
        handoff_url=handoff_url,
        decision_url=decision_url,
        older_url=turning.next_url(f"/people/{row.id}", {}, last.id) if last else None,
        found_out=found_out.of_person(session, row, veil),
        unknown=found_out.unknown_of(session, row),
        merges=merged_view.lines(session, row, viewer) if reach else (),
        merge_url=merged_view.url(row, viewer),
        standing=standing_view.read(session, row, viewer, veil, now),
        erased=row.erased_at is not None,
    )


def _who(row: ProspectRow, veil: Veil) -> Who:
    return Who(
        id=str(row.id),
        name=veil(row.name) or papers.NOBODY,
        title=veil(row.title),
        company=veil(row.company),
        country=row.country,
    )


def days(told: Sequence[Happening], zone: tzinfo) -> list[Day]:
    """Happenings by day in the viewer's zone, latest first."""
    return [
        Day(day=day, happenings=list(some))
        for day, some in groupby(told, key=lambda each: each.at.astimezone(zone).date())
    ]


def _activities(session: Session, row: ProspectRow, before: UUID | None) -> list[Activity]:
    query = select(ActivityRow).where(ActivityRow.prospect_id.in_(_all_of(session, row)))
    if before:
        last = session.execute(query.where(ActivityRow.id == before)).scalar_one_or_none()
        since = last.happened_at if last else row.created_at
        later = (ActivityRow.happened_at == since) & (ActivityRow.id < before)
        query = query.where((ActivityRow.happened_at < since) | later)
    newest = query.order_by(ActivityRow.happened_at.desc(), ActivityRow.id.desc())
    return [
        happening_of(each) for each in session.execute(newest.limit(turning.PAGE + 1)).scalars()
    ]


def happening_of(each: ActivityRow) -> Activity:
    """The value of a row."""
    return Activity(
        ActivityId(each.id),
        Kind(each.kind),
        each.happened_at,
        each.learned_at,
        each.source,
        each.body or {},
        each.suspect_robot,
    )


def _instants(session: Session, row: ProspectRow) -> Sequence[datetime]:
    own = [str(kind) for kind in BUYERS_OWN]
    return (
        session.execute(
            select(ActivityRow.happened_at)
            .where(ActivityRow.prospect_id.in_(_all_of(session, row)), ActivityRow.kind.in_(own))
            .order_by(ActivityRow.happened_at.desc())
            .limit(MOST_BARS)
        )
        .scalars()
        .all()
    )


def _all_of(session: Session, row: ProspectRow) -> list[ProspectId]:
    return groups.whole(session, ProspectId(row.id))


def _contact(row: ProspectRow) -> Contact:
    return papers.contact({"email": row.email, "phone": row.phone})


def _claim(session: Session, row: ProspectRow, stages: dict[str, str], veil: Veil) -> Claim | None:
    latest = session.get(AssessmentRow, (row.id, row.assessment_id)) if row.assessment_id else None
    if latest is None or latest.stage is None:
        return None
    confidence, track = latest.confidence or 0.0, _track(session, latest)
    return Claim(
        stage=stages.get(latest.stage, latest.stage),
        sure=papers.how_sure(confidence, track),
        held=papers.held(track),
        at=latest.at,
        model=latest.model,
        evidence=[
            Evidence(text=veil(str(each.get("text", "")))) for each in latest.stage_reasons[:5]
        ],
    )


def _track(session: Session, belief: AssessmentRow) -> dict[str, int] | None:
    claimed = Claimed(belief.stage or "", belief.confidence or 0.0, belief.model)
    track = records(session, [belief.stage]).of(claimed)
    return {"of": track.of, "confirmed": track.confirmed} if track else None


def _finding(session: Session, row: ProspectRow) -> ConfirmationRow | None:
    return session.execute(
        select(ConfirmationRow)
        .where(ConfirmationRow.prospect_id.in_(_all_of(session, row)))
        .where(ConfirmationRow.superseded_at.is_(None))
        .order_by(ConfirmationRow.at.desc(), ConfirmationRow.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def _shown(
    found: ConfirmationRow | None, stages: papers.Stages, reps: dict[str, str], veil: Veil
) -> Finding | None:
    if found is None:
        return None
    shown = briefs.finding(found, stages, reps.get(str(found.rep_id), ""))
    needed = veil(list(shown.still_needed))
    return replace(
        shown, fact=veil(shown.fact), spoke_with=veil(shown.spoke_with), still_needed=needed
    )


def _words(told: Sequence[Happening]) -> list[Quote]:
    own = [each for each in told if each.voice is Voice.BUYER][:MOST_WORDS]
    return [
        Quote(text=each.quote or each.sentence, at=each.at, said=each.quote is not None)
        for each in own
    ]


def _consents(session: Session, row: ProspectRow, veil: Veil) -> list[ConsentLine]:
    rows = session.execute(
        select(ConsentRow)
        .where(ConsentRow.prospect_id.in_(_all_of(session, row)))
        .order_by(ConsentRow.at.desc(), ConsentRow.id.desc())
        .limit(50)
    ).scalars()
    return [
        ConsentLine(
            topic=veil(words.topic(each.topic, each.text)),
            given=each.given,
            at=each.at,
            text=veil(each.text) if words.topic(each.topic, each.text) != each.text else None,
            source=each.source,
        )
        for each in rows
    ]


def _handoff(session: Session, row: ProspectRow, viewer: Viewer) -> tuple[str | None, str | None]:
    """The latest lead of theirs, and why it went to whom it went; None for who may not see it."""
    latest = session.execute(
        select(HandoffRow)
        .where(HandoffRow.prospect_id.in_(_all_of(session, row)))
        .order_by(HandoffRow.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if latest is None or not may(viewer.roles, Act.SEE_HANDOFF, own=latest.rep_id == viewer.id):
        return None, None
    who = latest.prospect_id
    why = f"/decisions/{who}/{latest.decision_id}" if latest.decision_id else None
    return f"/handoffs/{who}/{latest.id}", why
