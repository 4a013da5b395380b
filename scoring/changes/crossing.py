"""Who crosses the warm line because we changed our mind, and not because of anything they did. Pure.

Only a person's own act, or time, makes them warm (invariant 14). A change of points, card or stages
that would move somebody over the line, up or down, waits until a colleague releases it; what they do
meanwhile is theirs, and takes them over at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from prospects.kinds import BUYERS_OWN, Kind
from prospects.values import Assessment, Reason, Snapshot

TERM = "rules.change"
UNDER_WAY = timedelta(minutes=1)
"""What came so shortly before the change may not have been looked at by the old rules."""


class CrossingState(StrEnum):
    """See `CrossingRow`."""

    HELD = "held"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody kept on the side of the line where they were."""

    seen: Snapshot
    assessment: Assessment
    up: bool
    points_after: float


def may_cross(seen: Snapshot, assessment: Assessment) -> bool:
    """Whether the warm line is crossed by somebody who was assessed before; a gate shuts at once, an objection too."""
    return (
        seen.profiled
        and seen.grade is not None
        and seen.warm != assessment.warm
        and assessment.gate is None
    )


def by_themselves(seen: Snapshot, changed_at: datetime, *, up: bool) -> bool:
    """Whether something came since the rules changed that may take them over the line.

    Upwards only the buyer's own acts count; downwards also what a rep found.
    """
    counts = BUYERS_OWN if up else BUYERS_OWN | {Kind.VERDICT, Kind.OUTCOME}
    return any(
        one.learned_at > changed_at - UNDER_WAY and one.kind in counts and not one.suspect_robot
        for one in reversed(seen.activities)
    )


def held(seen: Snapshot, assessment: Assessment) -> Held:
    """The assessment with the old side of the line in it, and a line that says why."""
    up = assessment.warm
    says = "Would be warm" if up else "Would be warm no longer"
    line = Reason(f"{says} by the changed rules; a colleague has to release it", TERM, 0.0)
    kept = replace(assessment, warm=seen.warm, reasons=(*assessment.reasons, line))
    return Held(seen, kept, up, assessment.points)
