"""What publishing a flow would bring, worked out by the flow's own decisions and without any effect."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.pages.flow_views import Preview
from app.what_if.newcomers import Newcomers, newcomers
from nurture import flows
from nurture.advance import Place, enter
from nurture.enrollment import RUNNING
from nurture.flow import Flow
from nurture.forecast import mails_until
from nurture.proceed import enrollment_of
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.values import Snapshot

WEEK = timedelta(days=7)
MOST_LOOKED_AT = 1_000
"""People whose next week is worked out one by one; of more, as many mails are taken for granted each."""


def preview(session: Session, slug: str, flow: Flow, now: datetime) -> Preview:
    """How many people are touched and how many mails come.

    Those who are inside go on by the version they entered by; those to come are taken to be as many
    and of the kind as in the last seven days, all entering now. Where nobody could enter as the flow
    says now, they are those who would have: of a new flow, or one that lets other people in.
    """
    running = (EnrollmentRow.flow == slug, EnrollmentRow.state.in_(RUNNING))
    count = _count(session, running)
    theirs = _enrollments(session, running)
    versions = flows.versions(session, {(row.flow, row.version) for row in theirs})
    places = {row.prospect_id: enrollment_of(row).place for row in theirs}
    by = {row.prospect_id: versions[row.flow, row.version].flow for row in theirs}

    def goes_on(seen: Snapshot) -> tuple[Flow, Place]:
        return by[seen.prospect_id], places[seen.prospect_id]

    latest = _latest(session, slug)
    before = Flow.model_validate(latest.definition) if latest else None
    guessed = before is None or before.enter != flow.enter
    coming = (_who_would_come if guessed else _who_came)(session, slug, flow, now)
    return Preview(
        inside=count,
        mails_inside=_mails(_seen(session, theirs, now), goes_on, count, now),
        came=coming.count,
        mails_new=_mails(
            coming.some, lambda seen: (flow, enter(seen, flow, now)), coming.count, now
        ),
        version=(latest.version if latest else 0) + 1,
        sample=None if coming.whole and count <= MOST_LOOKED_AT else MOST_LOOKED_AT,
        guessed=guessed,
        enter_changed=before is not None and guessed,
        unchanged=before == flow,
    )


def _who_would_come(session: Session, slug: str, flow: Flow, now: datetime) -> Newcomers:
    return newcomers(session, flow, now, lately=WEEK, most=MOST_LOOKED_AT)


def _who_came(session: Session, slug: str, flow: Flow, now: datetime) -> Newcomers:
    recent = (EnrollmentRow.flow == slug, EnrollmentRow.entered_at >= now - WEEK)
    count = _count(session, recent)
    some = _seen(session, _enrollments(session, recent), now)
    return Newcomers(count, some, whole=count <= MOST_LOOKED_AT)


def _count(session: Session, where: Sequence[object]) -> int:
    query = select(func.count()).select_from(EnrollmentRow)
    return session.execute(query.where(*where)).scalar_one()  # type: ignore[arg-type]


def _enrollments(session: Session, where: Sequence[object]) -> Sequence[EnrollmentRow]:
    query = select(EnrollmentRow).order_by(EnrollmentRow.id.desc()).limit(MOST_LOOKED_AT)
    return session.execute(query.where(*where)).scalars().all()  # type: ignore[arg-type]


def _seen(session: Session, rows: Sequence[EnrollmentRow], now: datetime) -> list[Snapshot]:
    ids = {row.prospect_id for row in rows}
    if not ids:
        return []
    people = session.execute(select(ProspectRow).where(ProspectRow.id.in_(ids))).scalars().all()
    return snapshots(session, people, now)


def _mails(
    people: Sequence[Snapshot],
    where: Callable[[Snapshot], tuple[Flow, Place]],
    count: int,
    now: datetime,
) -> int:
    """The mails of the next week for `count` people, of whom these were looked at."""
    found = 0
    for seen in people:
        flow, place = where(seen)
        found += mails_until(seen, flow, place, now=now, until=now + WEEK)
    return round(found * count / len(people)) if people else 0


def _latest(session: Session, slug: str) -> FlowVersionRow | None:
    newest = select(FlowVersionRow).where(FlowVersionRow.flow == slug)
    return session.execute(
        newest.order_by(FlowVersionRow.version.desc()).limit(1)
    ).scalar_one_or_none()
