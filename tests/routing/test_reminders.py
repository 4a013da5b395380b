"""A rep is reminded of an offer once for each reminder of its lane, at work, and never while it is put off."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing import clocks, offers
from routing.lives import NoticeKind
from routing.rows import HandoffRow, NoticeRow
from tests.routing.office import offered, ref, staff, three_reps, who
from tests.routing.test_choose import OFFICE

HALF = timedelta(minutes=30)
LANES = {"slow": {"accept_within": "8h", "clock": "business", "remind": ["30m", "2h", "4h"]}}
THURSDAY = datetime(2026, 4, 2, 14, tzinfo=UTC)  # four in the afternoon in Berlin, before Easter


def waiting(session: Session) -> HandoffRow:
    """Offered to ann, who works nine to five in Berlin, until eight of her hours have passed."""
    rules = [{"name": "all", "to": "team:all", "lane": "slow"}]
    three_reps(session, THURSDAY, lanes=LANES, rules=rules, holidays=["DE"])
    staff(session, THURSDAY, {"name": "ann", "hours": OFFICE, "zone": "Europe/Berlin"})
    return offered(session, THURSDAY)


def walk(session: Session, row: HandoffRow, start: datetime, looks: int = 1) -> None:
    """The clock is looked at every half hour, so many times."""
    for turn in range(looks):
        assert list(clocks.tick(session, [str(ref(row))], start + turn * HALF)) == []


def reminded(session: Session) -> list[datetime]:
    query = select(NoticeRow.made_at).where(NoticeRow.kind == NoticeKind.REMINDER)
    return sorted(session.execute(query).scalars())


def test_reminders_of_a_lane_in_business_time_come_while_the_rep_is_at_work(
    session: Session,
) -> None:
    row = waiting(session)
    tuesday = datetime(2026, 4, 7, 7, tzinfo=UTC)  # nine in Berlin, after the holidays
    assert row.expires_at == tuesday + timedelta(hours=7)
    walk(session, row, THURSDAY, 5)
    for holiday in (3, 6):
        walk(session, row, tuesday.replace(day=holiday))
    walk(session, row, tuesday, 13)
    assert reminded(session) == [THURSDAY + HALF, tuesday + 2 * HALF, tuesday + 6 * HALF]
    assert row.rep_id == who(session, "ann").id


def test_who_put_the_offer_off_is_not_reminded_until_it_comes_again(session: Session) -> None:
    row = waiting(session)
    until = THURSDAY + timedelta(days=5, hours=19)  # Wednesday, eleven in Berlin
    offers.snooze(session, ref(row), who(session, "ann"), until=until, now=THURSDAY)
    for at in (THURSDAY + HALF, until - 48 * HALF, until - HALF, until):
        walk(session, row, at)
    assert reminded(session) == []
    walk(session, row, until, 6)
    assert reminded(session) == [until + HALF, until + 4 * HALF]


def test_reminders_that_nobody_was_there_to_send_are_told_as_one(session: Session) -> None:
    row = waiting(session)
    late = datetime(2026, 4, 7, 12, tzinfo=UTC)
    walk(session, row, late)
    assert reminded(session) == [late]
