"""What the approved model would say of everybody who is assessed, kept beside what the active one says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from prospects.store import table_of, upsert
from prospects.values import Assessment, Snapshot
from scoring.assess import assess
from scoring.learning.rows import ShadowRow
from scoring.rules import ScoringRules

STEPS = 2
"""A grade that moves by so many letters or digits is another grade to whoever works with it."""


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
    """Score these people by the shadow's rules as well; one statement for all of them, nothing without a shadow."""
    if shadow is None or shadow.card is None:
        return
    rows = [
        _row(seen, one, assess(seen, shadow, now, told=False), shadow.scorer, now)
        for seen, one in believed
        if one.grade
    ]
    rows.sort(key=lambda row: row["prospect_id"])
    upsert(session, ShadowRow, [row for row in rows if row["grade"]], on=["prospect_id"])


def churn(session: Session, model_id: str) -> Churn:
    """What this model would have changed so far."""
    row = table_of(ShadowRow).c
    far = [func.abs(_place(row.grade, n) - _place(row.was_grade, n)) >= STEPS for n in (1, 2)]
    query = select(
        func.count(),
        func.coalesce(func.sum(case((far[0] | far[1], 1), else_=0)), 0),
        func.coalesce(func.sum(case((row.warm & ~row.was_warm, 1), else_=0)), 0),
        func.coalesce(func.sum(case((row.was_warm & ~row.warm, 1), else_=0)), 0),
    ).where(row.model_id == model_id)
    people, moved, warmer, colder = session.execute(query).one()
    return Churn(people=people, moved=moved, warmer=warmer, colder=colder)


def _place(grade: Any, n: int) -> Any:
    """A to D, and 1 to 4, as numbers."""
    character = func.substr(grade, n, 1)
    return case(
        *(
            (character == each, place)
            for place, pair in enumerate(("A1", "B2", "C3"))
            for each in pair
        ),
        else_=3,
    )


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
    crosses = case((ShadowRow.warm != ShadowRow.was_warm, 0), else_=1)
    moved = func.abs(ShadowRow.points - ShadowRow.was_points)
    query = (
        select(ShadowRow)
        .where(ShadowRow.model_id == model_id)
        .order_by(crosses, moved.desc(), ShadowRow.prospect_id)
    )
    return session.execute(query.limit(limit)).scalars().all()
