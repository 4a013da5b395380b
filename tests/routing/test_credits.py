"""Passing on costs less than silence: turns that come back, in exact fractions."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from prospects import team
from routing import clocks, going_away, offers, turns
from routing.lives import DeclineReason
from routing.pointers import Pointers, weight
from routing.rows import HandoffRow
from tests.routing.office import offered, ref, staff, three_reps, who
from tests.routing.test_pointers import give, rep

MINUTE = timedelta(minutes=1)


def levels(session: Session) -> dict[str, Fraction]:
    locked = turns.lock(session, ["all"])["all"]
    reps = {name: who(session, name) for name in ("ann", "bob", "cid")}
    return {name: locked.of[each.id].level for name, each in reps.items() if each.id in locked.of}


def pass_on(session: Session, row: HandoffRow, name: str, now: datetime, why: str) -> None:
    rep_ = who(session, name)
    offers.decline(session, ref(row), rep_, reason=DeclineReason(why), note=None, now=now)
    session.flush()


def holder(session: Session, row: HandoffRow) -> str:
    return next(each.name for each in team.members(session) if each.id == row.rep_id)


@pytest.mark.parametrize(
    ("why", "level"),
    [("not_my_area", 0), ("bad_data", 0), ("conflict", 0), ("no_time", Fraction(1, 2))],
)
def test_a_turn_passed_on_comes_back_and_half_of_it_for_want_of_time(
    session: Session, now: datetime, why: str, level: Fraction
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    assert levels(session) == {"ann": 1}
    pass_on(session, row, "ann", now + MINUTE, why)
    assert levels(session) == {"ann": level, "bob": 1}


def test_who_passed_on_comes_after_those_who_waited_longer_and_before_those_who_had_a_lead(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    first = offered(session, now)
    pass_on(session, first, "ann", now + MINUTE, "bad_data")
    later = now + 2 * MINUTE
    got = [holder(session, offered(session, later, f"p@n{n}.example")) for n in range(4)]
    assert (holder(session, first), got) == ("bob", ["cid", "ann", "bob", "cid"])


def test_silence_costs_the_turn(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    assert list(clocks.tick(session, [str(ref(row))], now + 15 * MINUTE)) == []
    assert levels(session) == {"ann": 1, "bob": 1}


def test_who_was_away_has_the_turn_back(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    absence = {"from": now.date().isoformat(), "until": "2026-03-20"}
    staff(session, now, {"name": "ann", "absences": [absence]})
    going_away.let_go(session, [who(session, "ann")], now)
    assert list(clocks.tick(session, [str(ref(row))], now)) == []
    assert levels(session) == {"ann": 0, "bob": 1}


def test_a_lead_put_off_and_passed_on_afterwards_gives_the_turn_back_once(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    until = now + 60 * MINUTE
    offers.snooze(session, ref(row), who(session, "ann"), until=until, now=now)
    assert list(clocks.tick(session, [str(ref(row))], until)) == []
    assert levels(session) == {"ann": 1}
    pass_on(session, row, "ann", until + MINUTE, "conflict")
    assert levels(session) == {"ann": 0, "bob": 1}


def test_what_a_manager_gave_took_no_turn_and_gives_none_back(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    cid = who(session, "cid")
    offers.reassign(session, ref(row), to=cid, reason="she knows them", by="max", now=now)
    pass_on(session, row, "cid", now + MINUTE, "bad_data")
    assert levels(session) == {"ann": 1, "bob": 1}


weights = st.lists(st.sampled_from([0.1, 0.3, 1, 2, 7]), min_size=2, max_size=6)


@given(weights, st.integers(0, 30), st.sampled_from([Fraction(1), Fraction(1, 2)]))
def test_giving_back_is_exact_and_floods_nobody(
    written: list[float], before: int, share: Fraction
) -> None:
    reps = [rep(n, each) for n, each in enumerate(written)]
    pointers, _ = give(Pointers("t"), reps, before)
    chosen = pointers.next(reps)
    stood = pointers.level(chosen)
    had = pointers.after(chosen, reps)
    back = had.give_back(chosen, share)
    assert back.floor == had.floor
    assert back.turn == had.turn
    assert back.level(chosen) == max(had.floor, stood + (1 - share) / weight(chosen))
    others = [each for each in reps if each is not chosen]
    assert [back.level(each) for each in others] == [had.level(each) for each in others]
    assert back.next(reps) in others or back.level(chosen) < min(map(back.level, others))
    spread = max(map(back.level, reps)) - min(map(back.level, reps))
    assert spread <= max(1 / weight(each) for each in reps)
