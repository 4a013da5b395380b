"""The life of an offer: taken, passed on, put off, run out, given to somebody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import team
from prospects.faults import FaultyError
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.member import Member
from prospects.message import MessageRow
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.topics import Topic
from prospects.values import Lifecycle
from routing import clocks, offers
from routing.forget import forget
from routing.holding import close
from routing.lives import DeclineReason, HandoffState, NoticeKind
from routing.refusals import (
    ClosedError,
    NotOfferedError,
    NotYoursError,
    OfferExpiredError,
    PassedOnError,
    RoutingError,
    SnoozedBeforeError,
)
from routing.rows import DecisionRow, HandoffRow, NoticeRow, OfferRow
from tests.routing.office import (
    handoff,
    lifecycle,
    offered,
    ref,
    staff,
    three_reps,
    who,
)
from tests.routing.office import offers as offers_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def row(session: Session, now: datetime) -> HandoffRow:
    """A handoff offered to ann for 15 minutes; bob and cid come next, max is the fallback owner."""
    three_reps(session, now)
    return offered(session, now)


def decline(session: Session, row: HandoffRow, rep: Member, now: datetime) -> None:
    offers.decline(session, ref(row), rep, reason=DeclineReason.NO_TIME, note=None, now=now)


def tick(session: Session, row: HandoffRow, now: datetime) -> None:
    assert list(clocks.tick(session, [str(ref(row))], now)) == []
    session.flush()


def test_taking_it_starts_the_second_clock_and_makes_the_rep_the_owner(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    assert offers.accept(session, ref(row), ann, now + MINUTE)
    assert (row.state, row.accepted_at) == (HandoffState.ACCEPTED, now + MINUTE)
    assert row.confirm_by == now + MINUTE + timedelta(days=3)
    assert lifecycle(session, row.prospect_id) == Lifecycle.WITH_A_REP
    assert session.get_one(ProspectRow, row.prospect_id).owner_id == ann.id
    assert session.execute(select(AccountRow.owner_id)).scalar_one() == ann.id
    due = session.execute(
        select(MessageRow.due_at).where(MessageRow.topic == Topic.HANDOFF)
    ).scalars()
    assert row.confirm_by in list(due)


def test_taking_it_twice_is_taking_it_once(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    assert offers.accept(session, ref(row), ann, now)
    assert not offers.accept(session, ref(row), ann, now + MINUTE)
    assert row.accepted_at == now


def test_the_lead_of_somebody_else_does_not_exist(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    with pytest.raises(NotYoursError):
        offers.accept(session, ref(row), who(session, "bob"), now)
    with pytest.raises(NotYoursError):
        decline(session, row, who(session, "bob"), now)


def test_too_late_is_too_late_even_before_the_clock_was_looked_at(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    late = now + 15 * MINUTE
    with pytest.raises(OfferExpiredError):
        offers.accept(session, ref(row), who(session, "ann"), late)
    tick(session, row, late)
    assert row.rep_id == who(session, "bob").id
    with pytest.raises(OfferExpiredError):
        offers.accept(session, ref(row), who(session, "ann"), late)


def test_an_offer_that_runs_out_goes_to_the_next_nobody_twice_and_at_last_to_the_fallback_owner(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    at, asked = now, [row.rep_id]
    for _ in range(3):
        assert row.expires_at is not None
        at = row.expires_at
        tick(session, row, at)
        asked.append(row.rep_id)
    assert asked == [who(session, name).id for name in ("ann", "bob", "cid", "max")]
    assert row.fallback
    assert row.expires_at is not None
    tick(session, row, row.expires_at)
    assert (row.state, row.rep_id) == (HandoffState.HELD, who(session, "max").id)
    assert row.reason == "everybody was asked, and nobody took it"
    assert lifecycle(session, row.prospect_id) == Lifecycle.WARM
    assert [each.state for each in offers_of(session, row)] == ["expired"] * 4
    kinds = session.execute(select(ActivityRow.kind)).scalars().all()
    assert kinds.count(Kind.OFFER_EXPIRED) == 4
    told = select(NoticeRow.member_id).where(NoticeRow.kind == NoticeKind.HELD)
    assert list(session.execute(told).scalars()) == [row.rep_id]


def test_a_held_lead_can_still_be_taken_by_who_answers_for_it(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    for _ in range(4):
        assert row.expires_at is not None
        at = row.expires_at
        tick(session, row, at)
    assert row.state == HandoffState.HELD
    assert offers.accept(session, ref(row), who(session, "max"), at + MINUTE)
    assert row.state == HandoffState.ACCEPTED


def test_a_look_too_many_changes_nothing(session: Session, now: datetime, row: HandoffRow) -> None:
    tick(session, row, now + MINUTE)
    tick(session, row, now + MINUTE)
    tick(session, row, now + 15 * MINUTE)
    tick(session, row, now + 15 * MINUTE)
    assert [each.state for each in offers_of(session, row)] == ["expired", "open"]
    assert list(clocks.tick(session, ["nonsense", "a/b", ""], now)) == []


def test_passing_it_on_says_why_and_asks_the_next(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    offers.decline(
        session,
        ref(row),
        who(session, "ann"),
        reason=DeclineReason.CONFLICT,
        note="my cousin",
        now=now,
    )
    assert row.rep_id == who(session, "bob").id
    first, second = offers_of(session, row)
    assert (first.state, first.reason, first.note) == ("declined", "conflict", "my cousin")
    assert (second.n, second.state) == (2, "open")
    decision = session.get_one(DecisionRow, (row.prospect_id, row.decision_id))
    reasons = {each["name"]: each["reason"] for each in decision.candidates}
    assert reasons == {"ann": "passed this lead on", "bob": None, "cid": None}
    with pytest.raises(PassedOnError):
        offers.accept(session, ref(row), who(session, "ann"), now)


def test_when_all_pass_it_on_the_fallback_owner_has_it_and_then_it_is_held(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    for name in ("ann", "bob", "cid"):
        decline(session, row, who(session, name), now)
    assert (row.rep_id, row.state) == (who(session, "max").id, HandoffState.OFFERED)
    decline(session, row, who(session, "max"), now)
    assert (row.rep_id, row.state) == (who(session, "max").id, HandoffState.HELD)


def test_a_taken_lead_is_not_passed_on_as_if_nobody_had_taken_it(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    offers.accept(session, ref(row), ann, now)
    with pytest.raises(NotOfferedError):
        decline(session, row, ann, now)
    with pytest.raises(NotOfferedError):
        offers.snooze(session, ref(row), ann, until=now + MINUTE, now=now)


def test_an_offer_put_off_comes_back_to_the_same_rep_with_a_new_clock(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    until = now + timedelta(hours=3)
    offers.snooze(session, ref(row), ann, until=until, now=now)
    tick(session, row, now + 15 * MINUTE)
    assert (row.state, row.rep_id, row.expires_at) == (HandoffState.OFFERED, ann.id, until)
    tick(session, row, until)
    assert [each.state for each in offers_of(session, row)] == ["snoozed", "open"]
    assert (row.rep_id, row.expires_at) == (ann.id, until + 15 * MINUTE)
    with pytest.raises(SnoozedBeforeError):
        offers.snooze(session, ref(row), ann, until=until + MINUTE, now=until)


def test_a_lead_put_off_can_be_taken_before_it_comes_back(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")
    offers.snooze(session, ref(row), ann, until=now + timedelta(days=1), now=now)
    assert offers.accept(session, ref(row), ann, now + timedelta(hours=2))
    tick(session, row, now + timedelta(days=1))
    assert row.state == HandoffState.ACCEPTED


@pytest.mark.parametrize("after", [timedelta(0), -MINUTE, timedelta(days=7, seconds=1)])
def test_an_offer_is_put_off_for_a_week_at_most(
    session: Session, now: datetime, row: HandoffRow, after: timedelta
) -> None:
    with pytest.raises(FaultyError) as refused:
        offers.snooze(session, ref(row), who(session, "ann"), until=now + after, now=now)
    assert refused.value.faults[0].place == "until"


def test_a_manager_gives_it_to_somebody_else_who_is_asked_like_anybody(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann, cid = who(session, "ann"), who(session, "cid")
    offers.accept(session, ref(row), ann, now)
    offers.reassign(session, ref(row), to=cid, reason="knows them", by="max", now=now + MINUTE)
    assert (row.state, row.rep_id, row.accepted_at) == (HandoffState.OFFERED, cid.id, None)
    assert row.expires_at == now + 16 * MINUTE
    decision = session.get_one(DecisionRow, (row.prospect_id, row.decision_id))
    assert decision.why == "max gave it to cid: knows them"
    told = session.execute(
        select(NoticeRow.member_id).where(NoticeRow.kind == NoticeKind.PASSED_ON)
    ).scalars()
    assert list(told) == [ann.id]
    with pytest.raises(PassedOnError):
        offers.accept(session, ref(row), ann, now + MINUTE)
    assert offers.accept(session, ref(row), cid, now + 2 * MINUTE)


def test_it_is_given_only_to_somebody_who_can_have_it_and_with_a_reason(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    staff(session, now, {"name": "eve", "roles": ["marketer"]}, {"name": "old", "active": False})
    for name, reason, places in [
        ("eve", "why not", ["to"]),
        ("old", " ", ["to", "reason"]),
        ("ann", "again", ["to"]),
    ]:
        with pytest.raises(FaultyError) as refused:
            offers.reassign(
                session, ref(row), to=who(session, name), reason=reason, by="max", now=now
            )
        assert [fault.place for fault in refused.value.faults] == places


def test_reminders_come_once_each_and_only_while_the_offer_is_open(
    session: Session, now: datetime
) -> None:
    lanes = {"fast": {"accept_within": "15m", "clock": "real", "remind": ["5m", "10m"]}}
    three_reps(session, now, lanes=lanes)
    row = offered(session, now)
    for minutes in (5, 5, 7, 10, 12):
        tick(session, row, now + minutes * MINUTE)
    query = select(func.count()).where(NoticeRow.kind == NoticeKind.REMINDER)
    assert session.execute(query).scalar_one() == 2
    due = session.execute(
        select(MessageRow.due_at).where(MessageRow.topic == Topic.HANDOFF)
    ).scalars()
    assert set(due) == {now + minutes * MINUTE for minutes in (5, 10, 15)}


def test_a_finding_that_does_not_come_is_said_to_be_overdue_once(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    offers.accept(session, ref(row), who(session, "ann"), now)
    for days in (2, 3, 4):
        tick(session, row, now + timedelta(days=days))
    query = select(NoticeRow).where(NoticeRow.kind == NoticeKind.UNCONFIRMED)
    assert session.execute(query).scalar_one().member_id == row.rep_id
    late = select(ActivityRow.happened_at).where(ActivityRow.kind == Kind.FINDING_LATE)
    assert session.execute(late).scalar_one() == row.confirm_by
    assert row.state == HandoffState.ACCEPTED


def test_a_lead_of_somebody_who_was_forgotten_is_closed(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    session.get_one(ProspectRow, row.prospect_id).erased_at = now
    session.flush()
    with pytest.raises(NotYoursError):
        offers.accept(session, ref(row), who(session, "ann"), now)
    tick(session, row, now + 15 * MINUTE)
    assert row.state == HandoffState.DISQUALIFIED
    assert [each.state for each in offers_of(session, row)] == ["withdrawn"]


def test_forgetting_somebody_frees_their_company(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    offers.accept(session, ref(row), who(session, "ann"), now)
    forget(session, ProspectId(row.prospect_id), now)
    forget(session, ProspectId(row.prospect_id), now)
    assert row.state == HandoffState.DISQUALIFIED
    again = offered(session, now, "bo@firm.example")
    assert again.state == HandoffState.OFFERED


def test_every_refusal_is_a_sentence() -> None:
    for refusal in RoutingError.__subclasses__():
        assert str(refusal()).endswith(".")
        assert "\n" not in str(refusal())
        assert refusal.code


def race(database: Database, row: HandoffRow, *works: Callable[[Session], object]) -> list[object]:
    """Do these at the same instant, each in a unit of work of its own; refusals are results."""

    def one(work: Callable[[Session], object]) -> object:
        try:
            return perform(database, work)
        except RoutingError as refused:
            return type(refused)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


@pytest.fixture
def shared(database: Database, now: datetime) -> HandoffRow:
    """The same, committed."""

    def prepare(session: Session) -> HandoffRow:
        three_reps(session, now)
        return offered(session, now)

    return perform(database, prepare)


def test_two_taps_at_the_same_instant_take_it_once(
    database: Database, now: datetime, shared: HandoffRow
) -> None:
    def take(session: Session) -> bool:
        return offers.accept(session, ref(shared), who(session, "ann"), now)

    results = race(database, shared, *[take] * 6)
    assert sorted(map(bool, results)) == [False] * 5 + [True]
    with reading(database) as session:
        assert [each.state for each in offers_of(session, shared)] == ["accepted"]
        kinds = session.execute(select(ActivityRow.kind)).scalars().all()
        assert kinds.count(Kind.ACCEPTED) == 1


def test_taking_it_while_it_runs_out_has_one_winner(
    database: Database, now: datetime, shared: HandoffRow
) -> None:
    end = now + 15 * MINUTE

    def take(session: Session) -> bool:
        return offers.accept(session, ref(shared), who(session, "ann"), end - MINUTE)

    def run_out(session: Session) -> bool:
        clocks.tick(session, [str(ref(shared))], end)
        return True

    took, _ = race(database, shared, take, run_out)
    with reading(database) as session:
        row = handoff(session, ProspectId(shared.prospect_id))
        states = [each.state for each in offers_of(session, row)]
        owners = {member.id: member.name for member in team.members(session)}
    if took is True:
        assert (row.state, owners[row.rep_id]) == (HandoffState.ACCEPTED, "ann")
        assert states == ["accepted"]
    else:
        assert took is OfferExpiredError
        assert (row.state, owners[row.rep_id]) == (HandoffState.OFFERED, "bob")
        assert states == ["expired", "open"]


def test_a_closed_lead_is_closed(session: Session, now: datetime, row: HandoffRow) -> None:
    close(session, row, HandoffState.RECYCLED, now)
    with pytest.raises(ClosedError):
        offers.accept(session, ref(row), who(session, "ann"), now)
    with pytest.raises(ClosedError):
        decline(session, row, who(session, "ann"), now)
    with pytest.raises(ClosedError):
        offers.reassign(session, ref(row), to=who(session, "bob"), reason="x", by="max", now=now)
    query = select(func.count()).select_from(OfferRow)
    assert session.execute(query).scalar_one() == 1
