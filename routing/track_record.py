"""How often claims like this one held: the same stage, as sure, as reps found when they asked the buyer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from prospects.kinds import Verdict
from prospects.sureness import sure
from routing.compose import Track
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow

LOOKED_AT = 200
"""Of a stage's newest findings, so many are looked at; there are few stages, and each look is the end of an index."""
COUNTED = 50
OWN_FROM = 10
"""With so many findings about its own claims, a model is judged by those alone."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as far as others are like it."""

    stage: str
    confidence: float
    model: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """What reps found of claims, the newest first, by stage; ask it of as many claims as there are."""

    found: Mapping[str, Sequence[Any]]

    def of(self, claim: Claimed) -> Track | None:
        """How such claims fared; None if none was ever checked."""
        band = sure(claim.confidence)
        such = [row for row in self.found.get(claim.stage, ()) if sure(row.confidence or 0) == band]
        own = [row for row in such if row.model == claim.model]
        rows = (own if len(own) >= OWN_FROM else such)[:COUNTED]
        if not rows:
            return None
        return Track(
            of=len(rows),
            confirmed=sum(row.verdict == Verdict.CONFIRMED for row in rows),
            won=sum(row.state == HandoffState.WON for row in rows),
        )


def records(session: Session, stages: Iterable[str | None]) -> Records:
    """What was found where one of these stages had been claimed."""
    wanted = sorted({each for each in stages if each})
    return Records({stage: _newest(session, stage) for stage in wanted})


def _newest(session: Session, stage: str) -> Sequence[Any]:
    same = and_(
        HandoffRow.prospect_id == ConfirmationRow.prospect_id,
        HandoffRow.id == ConfirmationRow.handoff_id,
    )
    return session.execute(
        select(
            ConfirmationRow.verdict,
            ConfirmationRow.claimed_confidence.label("confidence"),
            ConfirmationRow.claimed_model.label("model"),
            HandoffRow.state,
        )
        .join(HandoffRow, same)
        .where(ConfirmationRow.claimed == stage, ConfirmationRow.superseded_at.is_(None))
        .order_by(ConfirmationRow.recorded_at.desc())
        .limit(LOOKED_AT)
    ).all()
