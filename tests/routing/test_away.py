"""Who is away is asked for nothing, and no lead waits for their return."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import team
from prospects.hours import is_open
from prospects.kinds import Kind
from prospects.member import Member
from prospects.rows import ActivityRow
from routing import clocks, going_away, offers
from routing.availability import (
    LONGEST_QUIET,
    absent_until,
    answer_by,
    back_at,
    deadline,
    hours_of,
    outside_hours,
    quiet_until,
)
from routing.rows import DecisionRow, HandoffRow
from routing.rules import Clock
from tests.prospects.test_hours import ZONES
from tests.routing import office
from tests.routing.test_choose import OFFICE, decide, member, reasons, team_rules
from tests.routing.test_choose import office as desk
from tests.support.hours import business_time_between

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # ten in Berlin


def away(first: str, last: str) -> dict[str, Any]:
    return {"absences": [{"from": first, "until": last, "reason": "leave"}]}


@pytest.mark.parametrize(
    ("now", "until", "back"),
    [
        # away Wednesday to Friday: on Tuesday evening, whose work is done is away already
        ("2026-03-03T15:59Z", None, None),
        ("2026-03-03T16:00Z", "2026-03-06", "2026-03-09T08:00Z"),
        ("2026-03-04T12:00Z", "2026-03-06", "2026-03-09T08:00Z"),
        ("2026-03-06T22:00Z", "2026-03-06", "2026-03-09T08:00Z"),
        ("2026-03-07T12:00Z", None, None),
    ],
)
def test_who_is_away_is_back_when_they_are_at_work_again(
    now: str, until: str | None, back: str | None
) -> None:
    ann, at = member("ann", hours=OFFICE, **away("2026-03-04", "2026-03-06")), instant(now)
    assert absent_until(ann, at) == (date.fromisoformat(until) if until else None)
    assert back_at(ann, at) == (instant(back) if back else None)


def test_the_decision_says_when_they_are_back() -> None:
    bob = member("bob", hours=OFFICE, **away("2026-03-01", "2026-03-06"))
    decision = decide(desk(member("ann"), bob), team_rules("ann", "bob"))
    (weighed,) = [each for each in decision.candidates if each.member == bob]
    assert weighed.reason == "absent until 2026-03-06"
    assert weighed.back == instant("2026-03-09T08:00Z")


def test_in_a_fast_lane_nobody_is_called_from_a_public_holiday() -> None:
    fast = [{"name": "all", "to": "team:t", "lane": "fast"}]
    rules = team_rules("ann", "bob", rules=fast, holidays=["DE", "US"])
    staff = desk(member("ann", hours=OFFICE), member("bob", hours=OFFICE, zone="America/New_York"))
    easter = instant("2026-04-06T14:00Z")
    assert reasons(decide(staff, rules, now=easter)) == {
        "ann": "a public holiday where they are",
        "bob": None,
    }


def test_holidays_stop_the_clock_of_those_who_keep_them() -> None:
    ann = member("ann", hours=OFFICE)
    thursday = instant(
        "2026-04-02T14:00Z"
    )  # an hour before closing, then Good Friday to Easter Monday
    with_them = deadline(ann, thursday, 2 * HOUR, Clock.BUSINESS, holidays=["DE"])
    assert with_them == instant("2026-04-07T08:00Z")
    assert deadline(ann, thursday, 2 * HOUR, Clock.BUSINESS) == instant("2026-04-03T08:00Z")
    assert outside_hours(ann, instant("2026-04-03T10:00Z"), ["DE"]) is not None


def test_an_offer_ends_when_its_rep_goes_away() -> None:
    ann = member("ann", hours=OFFICE, **away("2026-03-04", "2026-03-20"))
    found = deadline(ann, MONDAY, 24 * HOUR, Clock.BUSINESS)
    assert found == instant("2026-03-03T23:00Z")  # midnight in Berlin
    assert deadline(ann, MONDAY, HOUR, Clock.BUSINESS) == MONDAY + HOUR


def test_a_day_off_makes_the_time_to_confirm_longer_and_a_long_leave_ends_it() -> None:
    three = 3 * DAY
    ann = member("ann", hours=OFFICE)
    assert answer_by(ann, MONDAY, three, Clock.REAL) == MONDAY + three
    off = member("ann", hours=OFFICE, **away("2026-03-04", "2026-03-04"))
    assert answer_by(off, MONDAY, three, Clock.REAL) == MONDAY + 4 * DAY
    leave = member("ann", hours=OFFICE, **away("2026-03-04", "2026-03-20"))
    assert answer_by(leave, MONDAY, three, Clock.REAL) == instant("2026-03-03T23:00Z")
    friday = MONDAY + 4 * DAY
    assert answer_by(ann, friday, three, Clock.REAL) == friday + 5 * DAY
    assert answer_by(ann, friday, 2 * HOUR, Clock.REAL) == friday + 2 * HOUR
    assert answer_by(ann, friday, 8 * HOUR, Clock.BUSINESS) == friday + 3 * DAY


def test_marketing_keeps_still_for_three_of_the_reps_own_working_days() -> None:
    part = member("ann", hours={"mon": ["09:00-17:00"], "thu": ["09:00-17:00"]})
    assert quiet_until(part, MONDAY) == MONDAY + 10 * DAY
    assert quiet_until(member("bob"), MONDAY + 4 * DAY) == MONDAY + 9 * DAY
    gone = member("cid", **away("2026-01-01", "2027-01-01"))
    assert quiet_until(gone, MONDAY) == MONDAY + LONGEST_QUIET


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


staff_hours = st.sampled_from([{}, OFFICE, {"mon-fri": ["22:00-06:00"]}, {"tue": ["08:00-12:00"]}])
leaves = st.lists(
    st.tuples(st.integers(-20, 40), st.integers(0, 25)), max_size=3
).map(
    lambda some: [
        {"from": (first := date(2026, 10, 20) + a * DAY), "until": first + b * DAY}
        for a, b in some
    ]
)  # fmt: skip
reps = st.builds(
    lambda hours, zone, absences: member("rep", hours=hours, zone=zone, absences=absences),
    staff_hours, st.sampled_from(ZONES), leaves,
)  # fmt: skip
# Around the change of the clocks, in October and November.
moments = st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 15)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC, microsecond=0)
)
places = st.sampled_from([(), ("DE",), ("US", "DE", "AU")])


@settings(deadline=None)
@given(reps, moments, st.integers(1, 80), places)
def test_a_business_clock_never_counts_more_than_it_gives_and_ends_before_a_leave_begins(
    rep: Member, now: datetime, hours: int, holidays: Sequence[str]
) -> None:
    within = hours * HOUR
    ends = deadline(rep, now, within, Clock.BUSINESS, holidays=holidays)
    assert ends > now
    if absent_until(rep, now, holidays):
        assert ends == now + within
        return
    calendar = hours_of(rep, holidays)
    worked = business_time_between(calendar, now, ends)
    assert worked <= within
    begins = [each.first for each in calendar.absences]
    at_the_door = any(
        datetime.combine(day, datetime.min.time(), calendar.zone) == ends for day in begins
    )
    assert worked == within or at_the_door
    assert not any(
        each.first
        <= (ends - timedelta(microseconds=1)).astimezone(calendar.zone).date()
        <= each.last
        for each in calendar.absences
    )


@settings(deadline=None)
@given(reps, moments, places)
def test_who_is_back_is_at_work_and_was_not_before(
    rep: Member, now: datetime, holidays: Sequence[str]
) -> None:
    back = back_at(rep, now, holidays)
    if back is None:
        return
    calendar = hours_of(rep, holidays)
    assert is_open(calendar, back)
    assert business_time_between(calendar, now, back) == timedelta(0)
    assert absent_until(rep, back, holidays) is None


def test_an_offer_in_hand_goes_on_when_an_absence_is_entered_and_nobody_is_blamed(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    row = office.offered(session, now)
    ann = _sent_away(session, "ann", now, days=3)
    assert going_away.let_go(session, [ann], now) == 1
    assert row_now(session, row).expires_at == now
    assert list(clocks.tick(session, [str(office.ref(row))], now)) == []
    assert row_now(session, row).rep_id == office.who(session, "bob").id
    decision = session.get_one(DecisionRow, (row.prospect_id, row.decision_id))
    (hers,) = [each for each in decision.candidates if each["name"] == "ann"]
    assert hers["reason"].startswith("absent until")
    (fact,) = session.execute(
        select(ActivityRow.body).where(ActivityRow.kind == Kind.OFFER_EXPIRED)
    ).scalars()
    assert fact["reason"] == "away"


def test_what_is_planned_for_later_lets_the_clock_run_until_then(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now, rules=[{"name": "all", "to": "team:all", "lane": "normal"}])
    office.staff(session, now, {"name": "ann", "hours": OFFICE, "zone": "Europe/Berlin"})
    row = office.offered(session, now)
    assert row.expires_at == now + 3 * DAY  # 24 hours of eight a day
    ann = _sent_away(session, "ann", now, days=1, ahead=1)
    assert going_away.let_go(session, [ann], now) == 1
    tonight = instant("2026-03-03T23:00Z")
    assert row_now(session, row).expires_at == tonight
    assert going_away.let_go(session, [ann], now) == 0
    assert offers.accept(session, office.ref(row), ann, tonight - HOUR)


def test_who_put_an_offer_off_and_is_away_by_then_is_not_asked_again(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    row = office.offered(session, now)
    ann = office.who(session, "ann")
    offers.snooze(session, office.ref(row), ann, until=now + HOUR, now=now)
    _sent_away(session, "ann", now, days=2)
    assert list(clocks.tick(session, [str(office.ref(row))], now + HOUR)) == []
    assert row_now(session, row).rep_id == office.who(session, "bob").id


def test_a_fallback_owner_who_is_away_comes_after_a_manager_who_is_there(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now, rules=[{"name": "none", "to": "person:max@us.example"}])
    office.staff(session, now, {"name": "zoe", "roles": ["manager"]})
    _sent_away(session, "max", now, days=2)
    row = office.offered(session, now)
    assert row.rep_id == office.who(session, "zoe").id


def _sent_away(session: Session, name: str, now: datetime, *, days: int, ahead: int = 0) -> Member:
    first = now.date() + ahead * DAY
    absence = {"from": first.isoformat(), "until": (first + days * DAY).isoformat()}
    team.save(session, [{"email": f"{name}@us.example", "absences": [absence]}], now)
    return office.who(session, name)


def row_now(session: Session, row: HandoffRow) -> HandoffRow:
    session.flush()
    session.refresh(row)
    return row
