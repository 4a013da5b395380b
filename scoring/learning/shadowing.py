"""What the approved model would say of everybody who is assessed, kept beside what the active one says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from prospects.store import among, on_sqlite, table_of, upsert
from prospects.values import Assessment, Snapshot
from scoring.assess import assess
from scoring.learning.rows import ShadowRow, ShadowTallyRow
from scoring.rules import ScoringRules

STEPS = 2
"""A grade that moves by so many letters or digits is another grade to whoever works with it."""
SLOTS = 16
COUNTED = ("people", "moved", "warmer", "colder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """What would change for those who were scored by both: how many there are, grades that move far, warmth."""

    people: int
    moved: int
    warmer: int
    colder: int

    @property
    def share(self) -> float:
        """The share of people whose grade moves by two steps or more."""
        return self.moved / self.people if self.people else 0.0


def note(
    session: Session,
    believed: Sequence[tuple[Snapshot, Assessment]],
    shadow: ScoringRules | None,
    now: datetime,
) -> None:
    """Score these people, who are locked, by the shadow's rules as well; nothing without a shadow."""
    if shadow is None or shadow.card is None:
        return
    rows = [
        _row(seen, one, assess(seen, shadow, now, told=False), shadow.scorer, now)
        for seen, one in believed
        if one.grade
    ]
    keep(session, shadow.scorer, [row for row in rows if row["grade"]])


def keep(session: Session, model_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what this model says of these people over what was there, and count what that changes.

    Three statements however many they are. Nobody else may be about to write of the same people.
    """
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: row["prospect_id"])
    before = _counted(_kept(session, model_id, [row["prospect_id"] for row in ordered]))
    upsert(session, ShadowRow, ordered, on=["prospect_id"])
    after = _counted(ordered)
    changed = {name: after[name] - before[name] for name in COUNTED}
    if any(changed.values()):
        # Each slot is a row that is locked until the batch is committed: of several, batches seldom meet.
        slot = ordered[0]["prospect_id"].int % SLOTS
        session.execute(
            _adding(on_sqlite(session)), {"model_id": model_id, "slot": slot, **changed}
        )


def churn(session: Session, model_id: str) -> Churn:
    """What this model would have changed so far; counted as it was written, so nobody is read for it."""
    row = table_of(ShadowTallyRow).c
    sums = [func.coalesce(func.sum(row[name]), 0) for name in COUNTED]
    found = session.execute(select(*sums).where(row.model_id == model_id)).one()
    return Churn(**dict(zip(COUNTED, map(int, found), strict=True)))


def _counted(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts["people"] += 1
        counts["moved"] += moves_far(row["grade"], row["was_grade"])
        counts["warmer"] += row["warm"] and not row["was_warm"]
        counts["colder"] += row["was_warm"] and not row["warm"]
    return counts


def moves_far(grade: str, was: str) -> bool:
    """Whether a grade (A1 to D4) moves by so many letters or digits that it is another one."""
    return any(abs(ord(one) - ord(other)) >= STEPS for one, other in zip(grade, was, strict=True))


def _kept(session: Session, model_id: str, people: Sequence[UUID]) -> Iterator[Mapping[str, Any]]:
    columns = (getattr(ShadowRow, name) for name in ("grade", "was_grade", "warm", "was_warm"))
    query = select(*columns).where(
        among(session, ShadowRow.prospect_id, people), ShadowRow.model_id == model_id
    )
    for row in session.execute(query):
        yield row._asdict()


@cache
def _adding(sqlites: bool) -> Executable:
    table = table_of(ShadowTallyRow)
    statement = (sqlite if sqlites else postgresql).insert(table)
    sums = {name: table.c[name] + statement.excluded[name] for name in COUNTED}
    adding: Executable = statement.on_conflict_do_update(
        index_elements=["model_id", "slot"], set_=sums
    )
    return adding


def _row(
    seen: Snapshot, was: Assessment, by_it: Assessment, model_id: str, now: datetime
) -> dict[str, Any]:
    return {
        "prospect_id": seen.prospect_id,
        "model_id": model_id,
        "points": by_it.points,
        "grade": by_it.grade,
        "score": by_it.score,
        "warm": by_it.warm,
        "was_points": was.points,
        "was_grade": was.grade,
        "was_warm": was.warm,
        "at": now,
    }


def furthest(session: Session, model_id: str, limit: int = 50) -> Sequence[ShadowRow]:
    """Those for whom a model would change most: first who would cross the warm line, then by points."""
    # The very order of `ix_shadow_furthest`.
    stays, moved = ShadowRow.warm == ShadowRow.was_warm, ShadowRow.points - ShadowRow.was_points
    query = (
        select(ShadowRow)
        .where(ShadowRow.model_id == model_id)
        .order_by(stays, func.abs(moved).desc(), ShadowRow.prospect_id)
    )
    return session.execute(query.limit(limit)).scalars().all()
