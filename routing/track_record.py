"""What became of the last leads that were claimed to be as far: how often reps found it so, how many ordered."""

from collections.abc import Iterable

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from prospects.kinds import Verdict
from routing.compose import Track
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow

LOOKED_AT = 10


def track_records(session: Session, stages: Iterable[str | None]) -> dict[str, Track]:
    """The track record of each of these claims; one that no rep has checked yet has none."""
    found = {stage: _track(session, stage) for stage in {each for each in stages if each}}
    return {stage: track for stage, track in found.items() if track.of}


def _track(session: Session, stage: str) -> Track:
    # One look at the end of an index for each stage; there are few of them.
    rows = session.execute(
        select(ConfirmationRow.verdict, HandoffRow.state)
        .join(
            HandoffRow,
            and_(
                HandoffRow.prospect_id == ConfirmationRow.prospect_id,
                HandoffRow.id == ConfirmationRow.handoff_id,
            ),
        )
        .where(ConfirmationRow.claimed == stage, ConfirmationRow.superseded_at.is_(None))
        .order_by(ConfirmationRow.recorded_at.desc())
        .limit(LOOKED_AT)
    ).all()
    return Track(
        of=len(rows),
        confirmed=sum(verdict == Verdict.CONFIRMED for verdict, _ in rows),
        won=sum(state == HandoffState.WON for _, state in rows),
    )
