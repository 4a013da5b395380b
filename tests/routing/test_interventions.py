"""What a manager does about a stuck lead: given, taken over, given time, withdrawn, and taken back in a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import team
from prospects.audit import AuditRow
from prospects.faults import FaultyError
from prospects.ids import ProspectId
from prospects.kinds import Verdict
from prospects.member import Member
from routing import clocks, offers
from routing.confirm import confirm
from routing.finding import Channel, Promised, RepFinding
from routing.finding_rows import PromiseRow
from routing.footprint import footprint
from routing.holding import hold
from routing.interventions import Order, extend, give, take_over, withdraw
from routing.lives import HandoffState
from routing.readiness import is_ready
from routing.refusals import ClosedError, MovedOnError, NoClockError, TooLateToUndoError
from routing.rows import HandoffRow
from routing.undoing import undo, undoable
from tests.routing.office import (
    SECRET,
    act,
    handoff,
    lifecycle,
    look,
    offered,
    ref,
    three_reps,
    who,
)
from tests.routing.office import offers as offers_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Act = Callable[[Session, HandoffRow, Order], bool]


@pytest.fixture
def row(session: Session, now: datetime) -> HandoffRow:
    """A handoff offered to ann for 15 minutes; bob and cid come next, max is the fallback owner."""
    three_reps(session, now)
    return offered(session, now)


def order(session: Session, now: datetime, **changes: Any) -> Order:
    boss = who(session, "max")
    whole = {"by": "Max", "reason": "she is ill", "now": now, "batch": uuid4()}
    return Order(**{**whole, "member_id": boss.id, **changes})


def give_to_bob(session: Session, row: HandoffRow, order: Order) -> bool:
    return give(session, ref(row), order, to=who(session, "bob"))


def take(session: Session, row: HandoffRow, order: Order) -> bool:
    return take_over(session, ref(row), order, actor=who(session, "max"))


def more_time(session: Session, row: HandoffRow, order: Order) -> bool:
    return extend(session, ref(row), order, until=order.now + 5 * DAY)


def end(session: Session, row: HandoffRow, order: Order) -> bool:
    return withdraw(session, ref(row), order)


ACTS = pytest.mark.parametrize("act_on", [give_to_bob, take, more_time, end])


def accepted(session: Session, row: HandoffRow, now: datetime) -> Member:
    ann = who(session, "ann")
    offers.accept(session, ref(row), ann, now)
    return ann


def promised(session: Session, lead: str, now: datetime, *, due: datetime) -> Member:
    """The lead is taken and checked by whom it was offered to, who promises prices."""
    found = clocks.read_ref(lead)
    assert found
    row = session.get_one(HandoffRow, (found.prospect_id, found.handoff_id))
    rep = next(each for each in team.members(session) if each.id == row.rep_id)
    offers.accept(session, found, rep, now)
    finding = RepFinding(
        verdict=Verdict.CONFIRMED,
        spoke_with="Ida",
        channel=Channel.CALL,
        at=now,
        fact="They want to start in May.",
        promises=(Promised(what="prices", due_at=due),),
    )
    confirm(session, found, rep, finding, now=now, secret=SECRET)
    return rep


def stands(session: Session, row: HandoffRow) -> dict[str, Any]:
    session.expire_all()
    print_ = footprint(session, hold(session, ref(row)))
    # An offer that is put back is made once more, under a number of its own.
    return {name: value for name, value in print_.items() if name != "n"}


@ACTS
def test_every_act_is_undone_within_a_minute_and_leaves_the_lead_as_it_was(
    session: Session, now: datetime, row: HandoffRow, act_on: Act
) -> None:
    for state in (HandoffState.OFFERED, HandoffState.ACCEPTED):
        if state is HandoffState.ACCEPTED:
            accepted(session, row, now)
        was, place = stands(session, row), lifecycle(session, row.prospect_id)
        told = order(session, now)
        assert act_on(session, row, told)
        assert stands(session, row) != was
        assert undo(session, ref(row), told.batch, by="Max", now=now + MINUTE)
        assert stands(session, row) == was
        assert lifecycle(session, row.prospect_id) == place
        assert not undo(session, ref(row), told.batch, by="Max", now=now + MINUTE)


@ACTS
def test_the_same_tap_twice_is_one_act_and_is_written_down_with_who(
    session: Session, now: datetime, row: HandoffRow, act_on: Act
) -> None:
    told = order(session, now)
    assert act_on(session, row, told)
    was = stands(session, row)
    assert not act_on(session, row, told)
    assert stands(session, row) == was
    assert {"Max"} == set(session.execute(select(AuditRow.who)).scalars())
    assert [each.batch for each in undoable(session, who(session, "max").id, now)] == [told.batch]


@ACTS
def test_no_act_goes_without_a_reason_or_on_a_closed_lead(
    session: Session, now: datetime, row: HandoffRow, act_on: Act
) -> None:
    with pytest.raises(FaultyError, match="reason"):
        act_on(session, row, order(session, now, reason=" "))
    end(session, row, order(session, now))
    with pytest.raises(ClosedError):
        act_on(session, row, order(session, now))


@ACTS
def test_after_a_minute_or_when_somebody_acted_meanwhile_it_stays(
    session: Session, now: datetime, row: HandoffRow, act_on: Act
) -> None:
    told = order(session, now)
    act_on(session, row, told)
    with pytest.raises(TooLateToUndoError):
        undo(session, ref(row), told.batch, by="Max", now=now + 2 * MINUTE)
    row = handoff(session, ProspectId(row.prospect_id))
    row.lane = "another"
    session.flush()
    with pytest.raises(MovedOnError):
        undo(session, ref(row), told.batch, by="Max", now=now + MINUTE)


def test_who_takes_over_owes_what_was_promised(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = promised(session, str(ref(row)), now, due=now + DAY)
    told = order(session, now + 2 * DAY)
    take(session, row, told)
    owed = select(PromiseRow.rep_id).execution_options(populate_existing=True)
    assert session.execute(owed).scalar_one() == who(session, "max").id
    assert stands(session, row)["handoff"]["state"] == HandoffState.CHECKED
    undo(session, ref(row), told.batch, by="Max", now=now + 2 * DAY)
    assert session.execute(owed).scalar_one() == ann.id


def test_a_longer_clock_is_the_one_that_counts(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    extend(session, ref(row), order(session, now), until=now + 30 * MINUTE)
    clocks.tick(session, [str(ref(row))], now + 20 * MINUTE)
    assert offers.accept(session, ref(row), who(session, "ann"), now + 20 * MINUTE)
    confirm_by = stands(session, row)["handoff"]["confirm_by"]
    until = datetime.fromisoformat(confirm_by) + DAY
    extend(session, ref(row), order(session, now), until=until)
    assert stands(session, row)["handoff"]["confirm_by"] == until.isoformat()


@pytest.mark.parametrize("after", [timedelta(), MINUTE, 40 * DAY])
def test_time_is_given_beyond_the_present_end_and_for_a_month_at_most(
    session: Session, now: datetime, row: HandoffRow, after: timedelta
) -> None:
    with pytest.raises(FaultyError, match="no more time"):
        extend(session, ref(row), order(session, now), until=now + after)


def test_where_no_clock_runs_there_is_no_time_to_give(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    offers.snooze(session, ref(row), who(session, "ann"), until=now + DAY, now=now)
    with pytest.raises(NoClockError):
        more_time(session, row, order(session, now))


def test_a_withdrawn_lead_comes_back_only_by_what_the_buyer_does(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    end(session, row, order(session, now + MINUTE))
    who_it_is = ProspectId(row.prospect_id)
    (seen,) = look(session, now + 2 * MINUTE, who_it_is)
    assert not is_ready(seen, None)
    assert handoff(session, who_it_is).id == row.id
    act(session, now + 3 * MINUTE, who_it_is)
    look(session, now + 3 * MINUTE, who_it_is)
    assert handoff(session, who_it_is).id != row.id


def test_a_held_lead_is_given_to_somebody_who_did_not_get_it(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    at = now
    while handoff(session, ProspectId(row.prospect_id)).state != HandoffState.HELD:
        at += DAY
        clocks.tick(session, [str(ref(row))], at)
        session.flush()
    assert take(session, row, order(session, at))
    assert stands(session, row)["handoff"]["state"] == HandoffState.ACCEPTED
    assert len([each for each in offers_of(session, row) if each.state == "accepted"]) == 1
