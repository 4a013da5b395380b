"""Reads how a person's score and stage came about: the newest beliefs, in one query."""

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages.course import Belief, Course, course
from prospects import percentages
from prospects.contact import Veil
from prospects.rows import AssessmentRow, ProspectRow
from prospects.values import Reason
from scoring.current import ladder
from scoring.saying import told

MOST = 40
"""Beliefs that are shown; a page draws no more on a phone."""
OF_ANYBODY = "card.intercept"


def read(
    session: Session, row: ProspectRow, veil: Veil, now: datetime, zone: tzinfo
) -> Course | None:
    """The course of one person; None where nothing was believed yet."""
    query = select(AssessmentRow).where(AssessmentRow.prospect_id == row.id)
    newest = session.scalars(query.order_by(AssessmentRow.id.desc()).limit(MOST + 1)).all()
    stages = {stage.slug: stage.name for stage in ladder(session)}
    hides = {each.model_id for each in percentages.open_rows(session)}
    beliefs = [_belief(each, veil, hides) for each in newest[:MOST]][::-1]
    return course(beliefs, stages, now, zone, more=len(newest) > MOST)


def _belief(row: AssessmentRow, veil: Veil, hides: Collection[str]) -> Belief:
    by_card = row.logit is not None
    is_hidden = (row.scored_by or row.model) in hides
    return Belief(
        at=row.at,
        points=row.points,
        score=None if is_hidden else row.score,
        grade=row.grade,
        stage=row.stage,
        warm=row.warm,
        scorer=row.scored_by or row.model,
        by_card=by_card,
        lines=_lines(row, veil, by_card=by_card),
    )


def _lines(row: AssessmentRow, veil: Veil, *, by_card: bool) -> Mapping[str, Reason]:
    lines = [
        Reason(veil(str(each.get("text", ""))), str(each.get("term", "")), float(each["value"]))
        for each in row.reasons or ()
    ]
    return {
        each.term: each for each in (told(lines) if by_card else lines) if each.term != OF_ANYBODY
    }
