"""One person in one flow, as a value; and who may enter. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from nurture.advance import Place
from nurture.flow import Flow
from prospects.conditions import Sight, look
from prospects.ids import EnrollmentId, ProspectId
from prospects.kinds import IMPORTED, OF_INTEREST, Kind
from prospects.values import Activity, Lifecycle, Snapshot


class EnrollmentState(StrEnum):
    """active ⇄ paused | held (a rep works the person) | parked → finished | exited."""

    ACTIVE = "active"
    PAUSED = "paused"
    HELD = "held"
    PARKED = "parked"
    FINISHED = "finished"
    EXITED = "exited"


RUNNING = frozenset({EnrollmentState.ACTIVE, EnrollmentState.HELD})
"""Looked at in every reaction."""
OVER = frozenset({EnrollmentState.FINISHED, EnrollmentState.EXITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """One person in one flow's version; `entry` names what let them in.

    `whose` is under whose id it is written: of people who were merged, one of them.
    """

    id: EnrollmentId
    whose: ProspectId
    flow: str
    version: int
    state: EnrollmentState
    reason: str | None
    entry: str
    entered_at: datetime
    left_at: datetime | None
    place: Place
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """A flow in one version. What was learned before `entering_since` lets nobody in.

    `belongs` says who is in the segment that the flow enters by; nobody is in one that is not there.
    """

    flow: Flow
    version: int
    entering_since: datetime
    belongs: Callable[[Sight], bool] | None = None


def entry(seen: Snapshot, published: Published, past: Sequence[Enrollment]) -> str | None:
    """What lets this person into a flow now, as a key; None if nothing does.

    `past`: all their enrollments in this flow. Nobody is in one flow twice at a time, and what
    happened while they were in it, or before they may come again, lets them in neither then nor
    later.
    """
    if seen.lifecycle is Lifecycle.DISQUALIFIED:
        return None
    since = _open_since(published, past)
    used = {each.entry for each in past}
    if since is None:
        return None
    # What they did while sales were selling to them lets them in no more once that is over.
    since = max([since, *(each.learned_at for each in seen.activities if each.kind is Kind.DEAL)])
    reasons = _reasons(seen, published)
    return next((key for key, at in reasons if at >= since and key not in used), None)


def _open_since(published: Published, past: Sequence[Enrollment]) -> datetime | None:
    """Since when something may let them in; None while nothing may."""
    if not past:
        return published.entering_since
    again = published.flow.enter.again
    if again == "never" or any(each.state not in OVER for each in past):
        return None
    gap = again if isinstance(again, timedelta) else timedelta()
    ends = (max(each.entered_at + gap, each.left_at or each.entered_at) for each in past)
    return max(published.entering_since, *ends)


def _reasons(seen: Snapshot, published: Published) -> Iterator[tuple[str, datetime]]:
    """Everything that fits the flow's `enter`, as (key, when we learned it)."""
    enter = published.flow.enter
    if enter.stage is not None:
        newest = _newest_evidence(seen, enter.stage)
        if newest is not None:
            yield f"stage:{enter.stage}:{newest.id}", newest.learned_at
        return
    if enter.segment is not None:
        newest = _newest_in_segment(seen, published)
        if newest is not None:
            yield f"segment:{enter.segment}:{newest.id}", newest.learned_at
        return
    kind = Kind.VERDICT if enter.verdict else enter.activity
    for each in seen.activities:
        if enter.verdict and each.body.get("verdict") != enter.verdict:
            continue
        if enter.fits(each, kind, seen.stages) and not _of_old(each):
            yield f"activity:{each.id}", each.learned_at


def _newest_in_segment(seen: Snapshot, published: Published) -> Activity | None:
    """The newest act of somebody in the segment: who was in it before the flow must do something more."""
    if published.belongs is None or not published.belongs(look(seen)):
        return None
    acts = (
        each
        for each in seen.activities
        if each.kind in OF_INTEREST and not each.suspect_robot and not _of_old(each)
    )
    return max(acts, key=lambda each: each.learned_at, default=None)


def _newest_evidence(seen: Snapshot, stage: str) -> Activity | None:
    """The newest act that speaks for a claim of this stage; a claim itself is restated at every look."""
    if seen.claim is None or seen.claim.stage != stage:
        return None
    behind = {each for reason in seen.claim.reasons for each in reason.activities}
    acts = (each for each in seen.activities if each.id in behind and not _of_old(each))
    return max(acts, key=lambda each: each.learned_at, default=None)


def _of_old(activity: Activity) -> bool:
    """Whether it came in a file of the past that was to ring no flow."""
    return activity.body.get(IMPORTED) is True
