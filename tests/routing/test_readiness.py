"""Who is ready for sales: by what they did themselves, and never by what we changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from prospects.ids import ActivityId, EnrollmentId, ProspectId
from prospects.kinds import Kind
from prospects.values import Activity, HandoffRequest, Lifecycle, Person, Snapshot
from routing.lifecycle import lifecycle
from routing.lives import HandoffState
from routing.readiness import is_ready

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHO = ProspectId(UUID(int=1))
ASKED = HandoffRequest(
    prospect_id=WHO, enrollment_id=EnrollmentId(UUID(int=2)), flow="f", step="s", visit=1, lane=None
)


def act(kind: Kind, hours_ago: float, *, robot: bool = False) -> Activity:
    at = NOW - hours_ago * HOUR
    return Activity(ActivityId(uuid4()), kind, at, at, "test", {}, robot)


def person(*acts: Activity, warm: bool = True) -> Snapshot:
    return Snapshot(
        prospect_id=WHO,
        as_of=NOW,
        person=Person(),
        company=None,
        activities=acts,
        lifecycle=Lifecycle.NURTURING,
        stages=(),
        warm=warm,
    )


def ready(seen: Snapshot, request: HandoffRequest | None = None) -> bool:
    return is_ready(seen, request)


def test_who_is_warm_by_their_own_act_or_asked_for_by_a_flow_is_ready() -> None:
    assert ready(person(act(Kind.FORM, 1)))
    assert not ready(person(act(Kind.FORM, 1), warm=False))
    assert ready(person(act(Kind.FORM, 1), warm=False), ASKED)


def test_a_robots_act_and_ours_are_not_their_own() -> None:
    assert not ready(person(act(Kind.FORM, 1, robot=True)))
    assert not ready(person(act(Kind.MAIL_SENT, 1)))


def test_after_a_finding_or_an_outcome_they_must_do_something_more() -> None:
    for after_contact in (Kind.VERDICT, Kind.OUTCOME):
        assert not ready(person(act(Kind.FORM, 3), act(after_contact, 2)), ASKED)
        assert not ready(person(act(after_contact, 2), act(Kind.FORM, 1, robot=True)), ASKED)
        assert ready(person(act(after_contact, 2), act(Kind.FORM, 1)))


@pytest.mark.parametrize("place", [Lifecycle.WON, Lifecycle.DISQUALIFIED])
def test_a_customer_whoever_is_out_and_whom_a_gate_stops_are_not_ready(place: Lifecycle) -> None:
    seen = person(act(Kind.FORM, 1))
    assert not ready(replace(seen, lifecycle=place), ASKED)
    assert not ready(replace(seen, gate="rival"), ASKED)


@pytest.mark.parametrize(
    ("before", "handoff", "warm", "enrolled", "then"),
    [
        (Lifecycle.INQUIRY, None, False, False, Lifecycle.INQUIRY),
        (Lifecycle.INQUIRY, None, False, True, Lifecycle.NURTURING),
        (Lifecycle.NURTURING, None, False, False, Lifecycle.NURTURING),
        (Lifecycle.WARM, None, False, False, Lifecycle.NURTURING),
        (Lifecycle.INQUIRY, None, True, False, Lifecycle.WARM),
        (Lifecycle.RECYCLED, None, True, True, Lifecycle.RECYCLED),
        (Lifecycle.LOST, HandoffState.OFFERED, True, True, Lifecycle.OFFERED),
        (Lifecycle.WARM, HandoffState.HELD, False, False, Lifecycle.WARM),
    ],
)
def test_our_place_with_somebody_follows_from_the_last_one_and_what_is_known(
    before: Lifecycle,
    handoff: HandoffState | None,
    warm: bool,
    enrolled: bool,
    then: Lifecycle,
) -> None:
    assert lifecycle(before, handoff=handoff, warm=warm, enrolled=enrolled) is then
