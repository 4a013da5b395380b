"""One person's reaction over all their flows: whom to let in, what moves, what to pass on. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from nurture.advance import (
    Effect,
    Exit,
    Finish,
    HandOff,
    Held,
    Park,
    Place,
    Progress,
    Rest,
    Set,
    Wait,
    advance,
    enter,
)
from nurture.enrollment import RUNNING, Enrollment, EnrollmentState, Published, entry
from nurture.setting import MOST_IN_A_ROW
from nurture.upcoming import upcoming
from prospects.ids import EnrollmentId
from prospects.values import HandoffRequest, Plan, Snapshot, UpcomingMail


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one enrollment did in one reaction: effects asked for, places reached, where it is now."""

    enrollment: Enrollment
    effects: tuple[Effect, ...]
    reached: tuple[Place, ...]
    entered: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """What one person's flows did in one reaction, and what others need to know of it."""

    seen: Snapshot
    stretches: tuple[Stretch, ...]
    plan: Plan


def travel(
    seen: Snapshot,
    enrollments: Sequence[Enrollment],
    current: Collection[Published],
    *,
    versions: Mapping[tuple[str, int], Published],
    new_id: Callable[[], EnrollmentId],
    now: datetime,
) -> Journey:
    """Let this person in wherever something new does, and move them on everywhere.

    `versions` holds every flow of `current` and of `enrollments`, by (slug, version).
    """
    stretches = [
        _stretch(seen, each, versions[each.flow, each.version], now=now, entered=False)
        for each in enrollments
        if each.state in RUNNING
    ]
    for published in current:
        past = [each for each in enrollments if each.flow == published.flow.flow]
        key = entry(seen, published, past)
        if key is not None:
            begun = begin(seen, published, key, new_id(), now)
            stretches.append(_stretch(seen, begun, published, now=now, entered=True))
    return Journey(seen, tuple(stretches), _plan(seen, stretches, versions, now))


def begin(
    seen: Snapshot, published: Published, key: str, id_: EnrollmentId, now: datetime
) -> Enrollment:
    """Somebody at the first step of a flow; `key` names what let them in."""
    return Enrollment(
        id=id_,
        whose=seen.prospect_id,
        flow=published.flow.flow,
        version=published.version,
        state=EnrollmentState.ACTIVE,
        reason=None,
        entry=key,
        entered_at=now,
        left_at=None,
        place=enter(seen, published.flow, now),
        due_at=None,
    )


def _stretch(
    seen: Snapshot, before: Enrollment, published: Published, *, now: datetime, entered: bool
) -> Stretch:
    progress = advance(seen, published.flow, before.place, now)
    reached = (before.place, *progress.reached) if entered else progress.reached
    state, reason, due_at = _rest(_unless_circling(seen, progress))
    over = state in (EnrollmentState.FINISHED, EnrollmentState.EXITED)
    after = replace(
        before,
        place=progress.place,
        state=state,
        reason=reason,
        due_at=due_at,
        left_at=now if over else None,
    )
    return Stretch(after, progress.effects, reached, entered)


def _unless_circling(seen: Snapshot, progress: Progress) -> Rest:
    """How the stretch came to rest; who has set something in too many looks in a row is parked."""
    sets = any(isinstance(effect, Set) for effect in progress.effects)
    if sets and seen.set_depth >= MOST_IN_A_ROW:
        return Park(
            f"more than {MOST_IN_A_ROW} looks in a row set something: flows set one another off"
        )
    return progress.rest


def _rest(rest: Rest) -> tuple[EnrollmentState, str | None, datetime | None]:
    match rest:
        case Wait(until):
            return EnrollmentState.ACTIVE, None, until
        case Held(until):
            return EnrollmentState.HELD, None, until
        case Exit(reason):
            return EnrollmentState.EXITED, reason, None
        case Park(reason):
            return EnrollmentState.PARKED, reason, None
        case Finish():
            return EnrollmentState.FINISHED, None, None
        case _:
            assert_never(rest)


def _plan(
    seen: Snapshot,
    stretches: Sequence[Stretch],
    versions: Mapping[tuple[str, int], Published],
    now: datetime,
) -> Plan:
    running = [each.enrollment for each in stretches if each.enrollment.state in RUNNING]
    dues = [each.due_at for each in running if each.due_at is not None]
    requests = (
        _request(seen, each.enrollment, effect)
        for each in stretches
        for effect in each.effects
        if isinstance(effect, HandOff)
    )
    mails: list[UpcomingMail] = []
    for each in running:
        flow = versions[each.flow, each.version].flow
        held = each.due_at if each.state is EnrollmentState.HELD else None
        mails.extend(upcoming(seen.prospect_id, flow, each.place, now=now, held_until=held))
    return Plan(
        prospect_id=seen.prospect_id,
        request=next(requests, None),
        upcoming=tuple(sorted(mails, key=lambda mail: mail.at)[:3]),
        wake_at=min(dues, default=None),
        enrolled=bool(running),
    )


def _request(seen: Snapshot, enrollment: Enrollment, effect: HandOff) -> HandoffRequest:
    return HandoffRequest(
        prospect_id=seen.prospect_id,
        enrollment_id=enrollment.id,
        flow=enrollment.flow,
        step=effect.step,
        visit=effect.visit,
        lane=effect.lane,
    )
