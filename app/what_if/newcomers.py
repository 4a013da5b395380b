"""Who would have come into a flow during the last while, had it been there: by the flow's own `enter`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from nurture.enrollment import Published, entry
from nurture.flow import Enter, Flow
from nurture.proceed import enrollments_of
from prospects import configuration, segments
from prospects.conditions import Sight, compile_tree, parse
from prospects.ids import ProspectId, first_id
from prospects.kinds import BUYERS_OWN, Kind
from prospects.narrowing import narrow
from prospects.rows import ActivityRow, ProspectRow
from prospects.snapshots import snapshots, stage_order
from prospects.values import Snapshot
from scoring.assess import assess
from scoring.current import current

MOST_ACTS = 20_000
"""The newest acts that are looked through; of a while that holds more, the rest is taken to be like them."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Newcomers:
    """How many would have come, some of them as they are known now, and whether everybody was looked at."""

    count: int
    some: Sequence[Snapshot]
    whole: bool


def newcomers(
    session: Session, flow: Flow, now: datetime, *, lately: timedelta, most: int
) -> Newcomers:
    """Whoever would have entered `lately`, judged by `entry` itself for at most `most` people."""
    floor = _floor(session, now - lately)
    could = _could(session, flow.enter, floor or first_id(now - lately), now)
    count = session.execute(
        select(func.count()).select_from(ProspectRow).where(*could)
    ).scalar_one()
    if count == 0:
        return Newcomers(0, [], whole=floor is None)
    newest = select(ProspectRow).where(*could).order_by(ProspectRow.id.desc()).limit(most)
    rows = session.execute(newest).scalars().all()
    published = Published(flow, 1, now - lately, _belongs(session, flow.enter))
    found = [
        each
        for start in range(0, len(rows), BATCH)
        for each in _entering(session, rows[start : start + BATCH], published, now)
    ]
    share = count / len(rows) * (lately / (now - _made_at(floor)) if floor else 1)
    return Newcomers(round(len(found) * share), found, whole=floor is None and count <= most)


def _entering(
    session: Session, rows: Sequence[ProspectRow], published: Published, now: datetime
) -> list[Snapshot]:
    """Those of them who would have entered, assessed as they would be now."""
    rules, slug = current(session), published.flow.flow
    past = enrollments_of(session, [ProspectId(row.id) for row in rows])
    found = []
    for seen in snapshots(session, rows, now):
        known = seen.assessed(assess(seen, rules, now))
        theirs = [each for each in past[seen.prospect_id] if each.flow == slug]
        if entry(known, published, theirs) is not None:
            found.append(known)
    return found


def _could(session: Session, enter: Enter, floor: UUID, now: datetime) -> list[ColumnElement[bool]]:
    """The people of whom a fitting kind of act became known, as far as rows can say it."""
    acts = (
        select(ActivityRow.prospect_id, ActivityRow.kind, ActivityRow.suspect_robot)
        .where(ActivityRow.id >= floor)
        .order_by(ActivityRow.id.desc())
        .limit(MOST_ACTS)
        .subquery()
    )
    its = aliased(ProspectRow)
    theirs = (
        select(func.coalesce(its.absorbed_by, its.id))
        .join(acts, acts.c.prospect_id == its.id)
        .where(acts.c.kind.in_(_kinds(enter)), acts.c.suspect_robot.is_(False))
    )
    could: list[ColumnElement[bool]] = [
        ProspectRow.id.in_(theirs),
        ProspectRow.erased_at.is_(None),
        ProspectRow.absorbed_by.is_(None),
    ]
    if enter.stage is not None:
        could.append(ProspectRow.stage == enter.stage)
    if enter.segment and (condition := segments.named(session, enter.segment)):
        stages = configuration.parsed(session, "stages", stage_order)
        could.append(narrow(parse(condition), stages, now))
    return could


def _kinds(enter: Enter) -> list[str]:
    if enter.verdict:
        return [Kind.VERDICT]
    return [enter.activity] if enter.activity else sorted(BUYERS_OWN)


def _belongs(session: Session, enter: Enter) -> Callable[[Sight], bool] | None:
    condition = segments.named(session, enter.segment) if enter.segment else None
    return compile_tree(parse(condition)) if condition else None


def _floor(session: Session, since: datetime) -> UUID | None:
    """The id down to which acts are looked through; None if all of the while are."""
    query = select(ActivityRow.id).where(ActivityRow.id >= first_id(since))
    newest = query.order_by(ActivityRow.id.desc()).offset(MOST_ACTS - 1).limit(1)
    return session.execute(newest).scalar_one_or_none()


def _made_at(made: UUID) -> datetime:
    """When an id was made: its leading bits are milliseconds."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
