"""What comes next for one person: waits, races, handoffs, and never a step skipped or doubled."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from nurture.advance import Exit, Finish, Held, Mail, Park, Place, Progress, Wait, advance, enter
from nurture.flow import Flow
from nurture.holding import business_days_after, held_until
from nurture.upcoming import upcoming
from prospects.ids import ProspectId
from prospects.values import Activity, Lifecycle
from tests.nurture.flows_for_tests import CONSIDERED, activity, flow, person

ADA = ProspectId(UUID(int=1))
NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAIT_FOR = {
    "first": [
        {"activity": "reply", "then": "thanks"},
        {
            "activity": "click",
            "where": {"field": "url", "op": "contains", "value": "/pricing"},
            "then": "price",
        },
    ],
    "within": "5d",
    "else": "nudge",
}
RACE = [
    {"id": "look", "wait_for": WAIT_FOR},
    {"id": "thanks", "mail": {"template": "thanks"}, "next": "end"},
    {"id": "price", "mail": {"template": "price"}, "next": "end"},
    {"id": "nudge", "mail": {"template": "nudge"}},
    {"id": "end", "exit": {"reason": "done"}},
]


class Walk:
    """One person in one flow; activities become known as they happen."""

    def __init__(self, steps: Any, *known: Activity, **more: Any) -> None:
        self.flow: Flow = steps if isinstance(steps, Flow) else flow(steps)
        self.more = more
        self.history = list(known)
        self.place: Place = enter(self.see(NOW), self.flow, NOW)

    def see(self, now: datetime) -> Any:
        return person(now, *self.history, **self.more)

    def at(self, now: datetime, *news: Activity) -> Progress:
        self.history.extend(news)
        progress = advance(self.see(now), self.flow, self.place, now)
        self.place = progress.place
        return progress


def mailed(progress: Progress) -> list[str]:
    return [each.template for each in progress.effects if isinstance(each, Mail)]


def test_a_wait_ends_to_the_second_and_not_before() -> None:
    walk = Walk([{"id": "pause", "wait": "2d"}, {"id": "hi", "mail": {"template": "hi"}}])
    assert walk.at(NOW).rest == Wait(NOW + 2 * DAY)
    assert walk.at(NOW + 2 * DAY - timedelta(seconds=1)).effects == ()
    done = walk.at(NOW + 2 * DAY)
    assert mailed(done) == ["hi"]
    assert done.rest == Finish()


def test_the_first_thing_that_happens_wins_the_race() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    progress = walk.at(
        NOW + 2 * DAY,
        activity("reply", NOW + 2 * HOUR),
        activity("click", NOW + HOUR, url="https://acme.example/pricing"),
    )
    assert mailed(progress) == ["price"]


def test_something_else_does_not_end_the_wait() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    progress = walk.at(NOW + DAY, activity("click", NOW + HOUR, url="https://acme.example/blog"))
    assert progress.rest == Wait(NOW + 5 * DAY)


def test_what_was_known_before_does_not_end_the_wait() -> None:
    walk = Walk(RACE, activity("reply", NOW - timedelta(seconds=5)))
    assert walk.at(NOW).rest == Wait(NOW + 5 * DAY)


def test_a_senders_clock_that_cuts_seconds_off_does_not_lose_the_answer() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    late = activity("reply", NOW - timedelta(seconds=1), learned=NOW + HOUR)
    assert mailed(walk.at(NOW + HOUR, late)) == ["thanks"]


def test_an_old_thing_that_is_learned_late_does_not_end_the_wait() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    old = activity("reply", NOW - 30 * DAY, learned=NOW + HOUR)
    assert walk.at(NOW + HOUR, old).rest == Wait(NOW + 5 * DAY)


def test_when_nothing_happens_the_wait_ends_by_itself() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    assert mailed(walk.at(NOW + 5 * DAY)) == ["nudge"]


def test_an_answer_in_time_counts_even_if_we_look_late_and_one_too_late_does_not() -> None:
    in_time, too_late = Walk(RACE), Walk(RACE)
    in_time.at(NOW)
    too_late.at(NOW)
    assert mailed(in_time.at(NOW + 9 * DAY, activity("reply", NOW + 4 * DAY))) == ["thanks"]
    assert mailed(too_late.at(NOW + 9 * DAY, activity("reply", NOW + 6 * DAY))) == ["nudge"]


def test_a_robots_click_ends_no_wait() -> None:
    walk = Walk(RACE)
    walk.at(NOW)
    click = activity("click", NOW + HOUR, url="/pricing")
    robot = Activity(click.id, click.kind, click.happened_at, NOW, "t", click.body, True)
    assert walk.at(NOW + DAY, robot).effects == ()


def test_one_click_ends_one_wait_only() -> None:
    steps = [
        {
            "id": "one",
            "wait_for": {"first": [{"activity": "click", "then": "two"}], "within": "5d"},
        },
        {
            "id": "two",
            "wait_for": {"first": [{"activity": "click", "then": "end"}], "within": "5d"},
        },
        {"id": "end", "mail": {"template": "end"}},
    ]
    walk = Walk(steps)
    walk.at(NOW)
    progress = walk.at(NOW + HOUR, activity("click", NOW + HOUR))
    assert walk.place.step == "two"
    assert progress.effects == ()
    assert mailed(walk.at(NOW + 2 * HOUR, activity("click", NOW + 2 * HOUR))) == ["end"]


def test_exits_are_looked_at_before_each_step() -> None:
    walk = Walk(
        flow(
            [{"id": "a", "mail": {"template": "a"}}],
            exits=[{"if": {"field": "warm", "op": "eq", "value": True}, "reason": "warm"}],
        ),
        warm=True,
    )
    progress = walk.at(NOW)
    assert progress.rest == Exit("warm")
    assert progress.effects == ()


def test_who_is_no_buyer_leaves_every_flow() -> None:
    walk = Walk(RACE, lifecycle=Lifecycle.DISQUALIFIED)
    assert walk.at(NOW).rest == Exit("disqualified")


HAND_OFF = [{"id": "go", "hand_off": {"lane": "fast"}}, {"id": "hi", "mail": {"template": "hi"}}]


def verdict(at: datetime, verdict: str = "earlier") -> Activity:
    return activity("verdict", at, handoff="h", verdict=verdict, stage_found="awareness")


def test_a_handoff_is_asked_for_once_and_holds_until_the_verdict() -> None:
    walk = Walk(HAND_OFF)
    first = walk.at(NOW)
    assert [type(each).__name__ for each in first.effects] == ["HandOff"]
    assert isinstance(first.rest, Held)
    assert walk.at(NOW + HOUR).effects == ()
    assert mailed(walk.at(NOW + DAY, verdict(NOW + DAY))) == ["hi"]


def test_an_older_verdict_does_not_answer_a_new_handoff() -> None:
    walk = Walk(HAND_OFF, verdict(NOW - DAY))
    walk.at(NOW)
    assert walk.at(NOW + HOUR).effects == ()


def test_a_call_in_vain_is_no_verdict() -> None:
    walk = Walk(HAND_OFF)
    walk.at(NOW)
    assert walk.at(NOW + HOUR, verdict(NOW + HOUR, "not_reached")).effects == ()


def test_a_handoff_without_a_verdict_holds_three_business_days() -> None:
    walk = Walk(HAND_OFF)
    friday = NOW + 3 * DAY
    walk.at(NOW)
    assert walk.at(friday - timedelta(seconds=1)).effects == ()
    assert mailed(walk.at(friday)) == ["hi"]


@pytest.mark.parametrize(
    ("start", "zone", "end"),
    [
        # a Thursday: Friday, Monday, Tuesday
        (datetime(2026, 3, 5, 10, tzinfo=UTC), "UTC", datetime(2026, 3, 10, 10, tzinfo=UTC)),
        # a Saturday: Monday, Tuesday, Wednesday
        (datetime(2026, 3, 7, 10, tzinfo=UTC), "UTC", datetime(2026, 3, 11, 10, tzinfo=UTC)),
        # Friday 23:30 UTC is Saturday in Berlin
        (
            datetime(2026, 3, 6, 23, 30, tzinfo=UTC),
            "Europe/Berlin",
            datetime(2026, 3, 10, 23, 30, tzinfo=UTC),
        ),
        # over the night clocks go forward in Berlin: the same hour on the wall
        (
            datetime(2026, 3, 27, 10, tzinfo=UTC),
            "Europe/Berlin",
            datetime(2026, 4, 1, 9, tzinfo=UTC),
        ),
    ],
)
def test_business_days_are_counted_in_the_persons_zone(
    start: datetime, zone: str, end: datetime
) -> None:
    assert business_days_after(start, 3, ZoneInfo(zone)) == end


def test_an_open_handoff_holds_every_flow_and_its_verdict_frees_them() -> None:
    walk = Walk([{"id": "hi", "mail": {"template": "hi"}}])
    offered = activity("offered", NOW - HOUR, handoff="h", rep="r")
    accepted = activity("accepted", NOW - HOUR / 2, handoff="h", rep="r")
    assert isinstance(walk.at(NOW, offered, accepted).rest, Held)
    assert mailed(walk.at(NOW + HOUR, verdict(NOW + HOUR))) == ["hi"]


def test_the_hold_ends_with_the_first_reps_own_working_days() -> None:
    ends = NOW + 6 * DAY
    first = activity(
        "offered", NOW, handoff="h", rep="r", quiet_until=ends.isoformat().replace("+00:00", "Z")
    )
    later = (NOW + 20 * DAY).isoformat()
    second = activity("offered", NOW + DAY, handoff="h", rep="s", quiet_until=later)
    seen = person(NOW + DAY, first, second)
    assert held_until(seen, NOW + DAY) == ends
    assert held_until(seen, ends) is None
    walk = Walk(HAND_OFF)
    walk.at(NOW)
    assert walk.at(NOW + 4 * DAY, first).effects == ()
    assert mailed(walk.at(ends)) == ["hi"]


def test_an_offer_passed_on_from_rep_to_rep_does_not_hold_for_ever() -> None:
    offers = [
        each
        for day in range(6)
        for each in (
            activity("offered", NOW + day * DAY, handoff="h", rep=str(day)),
            activity("offer_expired", NOW + day * DAY + 23 * HOUR, handoff="h", rep=str(day)),
        )
    ]
    seen = person(NOW + 2 * DAY, *offers[:5])
    assert held_until(seen, NOW + 2 * DAY) == NOW + 3 * DAY
    assert held_until(person(NOW + 5 * DAY, *offers[:11]), NOW + 5 * DAY) is None


def test_accepting_does_not_lengthen_the_three_business_days() -> None:
    offered = activity("offered", NOW, handoff="h", rep="r")
    accepted = activity("accepted", NOW + DAY, handoff="h", rep="r")
    seen = person(NOW + DAY, offered, accepted)
    assert held_until(seen, NOW + DAY) == NOW + 3 * DAY
    assert held_until(seen, NOW + 3 * DAY) is None


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../etc/passwd", "Europe/Berlin\x00", "x" * 300]
)
def test_a_zone_that_is_none_counts_as_utc(zone: str) -> None:
    walk = Walk(HAND_OFF, zone=zone)
    assert walk.at(NOW).rest == Held(NOW + 3 * DAY)


def test_a_step_that_is_gone_parks_instead_of_losing_the_person() -> None:
    walk = Walk(HAND_OFF)
    walk.flow = flow([{"id": "other", "wait": "1d"}])
    assert isinstance(walk.at(NOW).rest, Park)


def test_a_circle_that_spins_is_parked() -> None:
    steps = [{"id": "a", "mail": {"template": "a"}, "next": "a"}]
    # Such a flow is refused when it is read; this one came in another way.
    spinning = Flow.model_validate({"flow": "f", "enter": {"activity": "form"}, "steps": steps})
    walk = Walk(spinning)
    progress = walk.at(NOW)
    assert isinstance(progress.rest, Park)
    assert len(progress.effects) == 50


def test_the_next_mails_are_foretold_as_if_nothing_happened() -> None:
    found = upcoming(ADA, flow([*CONSIDERED["steps"]]), Walk(CONSIDERED["steps"]).place, now=NOW)
    assert [(mail.step, mail.at) for mail in found] == [("hello", NOW), ("nudge", NOW + 7 * DAY)]


def test_a_newsletter_in_a_circle_foretells_three_mails() -> None:
    steps = [{"id": "a", "mail": {"template": "a"}}, {"id": "b", "wait": "7d", "next": "a"}]
    found = upcoming(ADA, flow(steps), Walk(steps).place, now=NOW)
    assert [mail.at for mail in found] == [NOW, NOW + 7 * DAY, NOW + 14 * DAY]
