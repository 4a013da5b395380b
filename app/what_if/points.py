"""What other scoring rules would make of some of today's people, before anything is saved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.store import among
from prospects.values import Snapshot
from scoring.assess import assess
from scoring.changes.crossing import may_cross
from scoring.colleagues_seen import with_colleagues
from scoring.rules import ScoringRules

MOST = 1_000
"""People who are looked at; all there are, if they are fewer."""
NEAR = 400
"""Of each side of the line, those nearest to it."""
REACH = 20_000
"""The newest of each side among whom the nearest are sought: no index knows how near somebody is."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Crosser:
    """Somebody who would cross the warm line, with points 0–100 by the rules in force and by the others."""

    seen: Snapshot
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many were looked at, whether these were all; who would become warm and who cool, most points first; how many have each grade by either rules."""

    looked: int
    everybody: bool
    up: Sequence[Crosser] = ()
    down: Sequence[Crosser] = ()
    moved: int = 0
    grades_before: Mapping[str, int] = field(default_factory=dict)
    grades_after: Mapping[str, int] = field(default_factory=dict)


def foresee(session: Session, rules: ScoringRules, others: ScoringRules, now: datetime) -> Foreseen:
    """Judge some people by the rules in force and by others; nothing is changed."""
    ids, everybody = _some(session, rules)
    found = [
        (seen, assess(seen, rules, now, told=False), assess(seen, others, now, told=False))
        for start in range(0, len(ids), BATCH)
        for seen in _seen(session, ids[start : start + BATCH], rules, now)
    ]
    # As the look at everybody will judge it, so that the list of who waits says the same.
    crossing = [each for each in found if may_cross(each[0], each[2])]
    crossers = [(Crosser(seen, b.points, a.points), a.warm) for seen, b, a in crossing]
    crossers.sort(key=lambda each: (-each[0].after, each[0].seen.prospect_id))
    return Foreseen(
        looked=len(found),
        everybody=everybody,
        up=[each for each, warm in crossers if warm],
        down=[each for each, warm in crossers if not warm],
        moved=sum(before.grade != after.grade for _, before, after in found),
        grades_before=Counter(before.grade for _, before, _ in found),
        grades_after=Counter(after.grade for _, _, after in found),
    )


def _some(session: Session, rules: ScoringRules) -> tuple[list[UUID], bool]:
    """Whom to look at: everybody, or those nearest the line on both sides and the newest."""
    known = (
        ProspectRow.grade.is_not(None),
        ProspectRow.erased_at.is_(None),
        ProspectRow.absorbed_by.is_(None),
        ProspectRow.unprofiled_at.is_(None),
    )
    newest = select(ProspectRow.id).where(*known).order_by(ProspectRow.id.desc()).limit(MOST + 1)
    ids = list(session.execute(newest).scalars())
    if len(ids) <= MOST:
        return ids, True
    line = rules.scoring.warm
    chosen: dict[UUID, None] = {}
    for warm, at in ((False, line.points), (True, line.leave_points)):
        side = (
            select(ProspectRow.id, ProspectRow.points)
            .where(ProspectRow.warm.is_(warm), *known)
            .order_by(ProspectRow.id.desc())
            .limit(REACH)
            .subquery()
        )
        nearest = select(side.c.id).order_by(func.abs(side.c.points - at), side.c.id).limit(NEAR)
        chosen |= dict.fromkeys(session.execute(nearest).scalars())
    chosen |= dict.fromkeys(ids)
    return list(chosen)[:MOST], False


def _seen(
    session: Session, ids: Sequence[UUID], rules: ScoringRules, now: datetime
) -> list[Snapshot]:
    query = select(ProspectRow).where(among(session, ProspectRow.id, ids))
    rows = session.execute(query.order_by(ProspectRow.id)).scalars().all()
    return with_colleagues(session, snapshots(session, rows, now), rules, now)
