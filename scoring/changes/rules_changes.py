"""Changes of rules as people look at them and decide: what became of each, and whom it would take over the warm line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from prospects import audit
from prospects import waiting as waiting_work
from prospects.rows import ProspectRow
from prospects.topics import Topic
from scoring.changes import releases
from scoring.changes.crossing import CrossingState
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.models import By

MOST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of those a change would take over the line still wait, upwards and downwards, and how many were let over."""

    up: int = 0
    down: int = 0
    released: int = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self.up + self.down


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of those who wait goes on: below this one."""

    points: float
    prospect_id: UUID


def changes(session: Session, *, below: int | None = None, limit: int = 20) -> list[RulesChangeRow]:
    """The changes, the newest first."""
    query = select(RulesChangeRow).order_by(RulesChangeRow.version.desc()).limit(limit)
    if below is not None:
        query = query.where(RulesChangeRow.version < min(below, MOST_VERSION))
    return list(session.execute(query).scalars())


def change(session: Session, version: int) -> RulesChangeRow | None:
    """One change by the version it made."""
    if not 0 <= version <= MOST_VERSION:
        return None
    return session.get(RulesChangeRow, version, populate_existing=True)


def tallies(session: Session, versions: Sequence[int]) -> dict[int, Tally]:
    """How many each of these changes concerns; who was merged into somebody waits no longer."""
    key = (CrossingRow.version, CrossingRow.state, CrossingRow.up)
    query = select(*key, func.count()).where(CrossingRow.version.in_(versions)).group_by(*key)
    # An index counts them all, and another knows the few that were merged.
    merged = query.join(ProspectRow, ProspectRow.id == CrossingRow.prospect_id).where(
        ProspectRow.absorbed_by.is_not(None), CrossingRow.state == CrossingState.HELD
    )
    counts: Counter[tuple[int, str, bool]] = Counter()
    for statement, sign in ((query, 1), (merged, -1)):
        for version, state, up, number in session.execute(statement):
            counts[version, state, up] += sign * number
    held, released = CrossingState.HELD, CrossingState.RELEASED
    return {
        each: Tally(
            up=counts[each, held, True],
            down=counts[each, held, False],
            released=counts[each, released, True] + counts[each, released, False],
        )
        for each in versions
    }


def waiting(
    session: Session, version: int, *, up: bool, below: Place | None, limit: int
) -> list[CrossingRow]:
    """Who waits to cross upwards or downwards, those with most points by the new rules first."""
    points, who = CrossingRow.points_after, CrossingRow.prospect_id
    query = select(CrossingRow).join(ProspectRow, ProspectRow.id == CrossingRow.prospect_id)
    query = query.where(
        CrossingRow.version == version,
        CrossingRow.state == CrossingState.HELD,
        CrossingRow.up.is_(up),
        ProspectRow.absorbed_by.is_(None),
    )
    if below is not None:
        same = and_(points == below.points, who > below.prospect_id)
        query = query.where(or_(points < below.points, same))
    return list(session.execute(query.order_by(points.desc(), who).limit(limit)).scalars())


def release(session: Session, version: int, now: datetime, *, by: By, pace: int | None) -> None:
    """Let them over the line, all or so many an hour, and say who did. Raises releases.NotWaitingError."""
    releases.release(session, version, by.member, now, pace=pace)
    detail = {"pace": pace} if pace else {}
    audit.note(session, "crossings released", str(version), now, who=by.name, **detail)


def keep(session: Session, version: int, now: datetime, *, by: By) -> None:
    """Let them be where they are, and say who did. Raises releases.NotWaitingError."""
    releases.keep(session, version, by.member, now)
    audit.note(session, "crossings kept", str(version), now, who=by.name)


def stop(session: Session, version: int, now: datetime, *, by: By) -> None:
    """Let no more of them over, and say who did. Raises releases.NotWaitingError where nobody is being let over."""
    then: dict[str, object] = {"state": State.WAITING, "pace": None}
    releases.decide(session, version, then, by.member, now, if_in=(State.RELEASING,))
    waiting_work.take_back(session, Topic.RELEASE, version)
    audit.note(session, "crossings stopped", str(version), now, who=by.name)
