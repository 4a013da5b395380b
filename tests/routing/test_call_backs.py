"""`Call me Thursday at two`: it rings then and once, and until then nobody asks what was found."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.faults import FaultyError
from prospects.kinds import Verdict
from prospects.message import MessageRow
from prospects.topics import Topic
from routing import call_backs, clocks, offers
from routing.call_backs import plan, standing
from routing.confirm import confirm
from routing.finding import Channel, RepFinding
from routing.lives import NoticeKind
from routing.refusals import NotAcceptedError, NotYoursError
from routing.rows import HandoffRow, NoticeRow
from tests.routing.office import SECRET, offered, ref, three_reps, who
from tests.routing.test_interventions import promised

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def row(session: Session, now: datetime) -> HandoffRow:
    """A lead ann has taken."""
    three_reps(session, now)
    row = offered(session, now)
    offers.accept(session, ref(row), who(session, "ann"), now)
    return row


def at_of(session: Session, row: HandoffRow) -> datetime | None:
    found = standing(session, [row]).get(row.id)
    return found.at if found else None


def rung(session: Session, kind: NoticeKind = NoticeKind.CALL_BACK) -> int:
    query = select(func.count()).select_from(NoticeRow).where(NoticeRow.kind == kind)
    return session.execute(query).scalar_one()


def tick(session: Session, row: HandoffRow, now: datetime) -> None:
    assert list(clocks.tick(session, [str(ref(row))], now)) == []
    session.flush()


def tried(session: Session, row: HandoffRow, now: datetime) -> None:
    finding = RepFinding(verdict=Verdict.NOT_REACHED, channel=Channel.CALL, at=now)
    confirm(session, ref(row), who(session, "ann"), finding, now=now, secret=SECRET)


def test_it_rings_at_that_time_and_once(session: Session, now: datetime, row: HandoffRow) -> None:
    plan(session, ref(row), who(session, "ann"), at=now + 2 * DAY, now=now)
    due = session.execute(
        select(MessageRow.due_at).where(MessageRow.topic == Topic.HANDOFF)
    ).scalars()
    assert now + 2 * DAY in list(due)
    tick(session, row, now + 2 * DAY - HOUR)
    assert rung(session) == 0
    for _ in range(2):
        tick(session, row, now + 2 * DAY)
    assert rung(session) == 1


def test_until_then_nobody_asks_and_afterwards_there_is_a_working_day(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    before = row.confirm_by
    assert before is not None
    plan(session, ref(row), who(session, "ann"), at=before + DAY, now=now)
    tick(session, row, before)
    assert rung(session, NoticeKind.UNCONFIRMED) == 0
    assert row.confirm_by == before + 2 * DAY
    tick(session, row, before + 2 * DAY)
    assert rung(session, NoticeKind.UNCONFIRMED) == 1


def test_a_call_back_soon_takes_no_time_away(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    before = row.confirm_by
    plan(session, ref(row), who(session, "ann"), at=now + HOUR, now=now)
    assert row.confirm_by == before


def test_the_last_time_that_was_set_counts_and_each_rings_by_itself(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    plan(session, ref(row), ann, at=now + HOUR, now=now)
    tick(session, row, now + HOUR)
    plan(session, ref(row), ann, at=now + 3 * HOUR, now=now + HOUR)
    assert at_of(session, row) == now + 3 * HOUR
    tick(session, row, now + 2 * HOUR)
    assert rung(session) == 1
    tick(session, row, now + 3 * HOUR)
    assert rung(session) == 2


def test_a_try_at_that_time_ends_it_and_an_earlier_one_does_not(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    plan(session, ref(row), who(session, "ann"), at=now + HOUR, now=now)
    tried(session, row, now)
    assert at_of(session, row) == now + HOUR
    tried(session, row, now + HOUR)
    assert at_of(session, row) is None


def test_a_finding_ends_it_and_so_does_the_buyers_no(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    plan(session, ref(row), ann, at=now + HOUR, now=now)
    call_backs.drop(session, ref(row), ann, now)
    assert at_of(session, row) is None
    tick(session, row, now + HOUR)
    assert rung(session) == 0
    plan(session, ref(row), ann, at=now + 2 * HOUR, now=now)
    finding = RepFinding(
        verdict=Verdict.CONFIRMED, spoke_with="Ida", channel=Channel.CALL, at=now, fact="May."
    )
    confirm(session, ref(row), ann, finding, now=now, secret=SECRET)
    assert at_of(session, row) is None


def test_a_checked_lead_can_be_called_again_too(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    ann = promised(session, str(ref(row)), now, due=now + DAY)
    plan(session, ref(row), ann, at=now + HOUR, now=now)
    tick(session, row, now + HOUR)
    assert rung(session) == 1


def test_whoever_has_the_lead_by_then_is_rung(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    plan(session, ref(row), who(session, "ann"), at=now + HOUR, now=now)
    bob = who(session, "bob")
    offers.reassign(session, ref(row), to=bob, reason="ann is ill", by="max", now=now)
    offers.accept(session, ref(row), bob, now)
    tick(session, row, now + HOUR)
    told = session.execute(
        select(NoticeRow.member_id).where(NoticeRow.kind == NoticeKind.CALL_BACK)
    ).scalar_one()
    assert told == bob.id


def test_only_a_lead_in_hand_is_called_back_and_only_by_its_rep(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    with pytest.raises(NotYoursError):
        plan(session, ref(row), who(session, "bob"), at=now + HOUR, now=now)
    other = offered(session, now, "b@two.example")
    rep = who(session, "bob")
    with pytest.raises(NotAcceptedError):
        plan(session, ref(other), rep, at=now + HOUR, now=now)


@pytest.mark.parametrize("ahead", [timedelta(0), -HOUR, 61 * DAY])
def test_a_time_that_is_over_or_far_is_refused(
    session: Session, now: datetime, row: HandoffRow, ahead: timedelta
) -> None:
    with pytest.raises(FaultyError):
        plan(session, ref(row), who(session, "ann"), at=now + ahead, now=now)
