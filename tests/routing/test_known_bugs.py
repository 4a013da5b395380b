"""What went wrong in other systems, by the thread in which it was told, does not go wrong here."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import team
from prospects.ids import ProspectId
from prospects.member import Role
from routing import clocks, offers
from routing.availability import deadline
from routing.lives import DeclineReason, HandoffState, NoticeKind
from routing.rows import HandoffRow, NoticeRow, OfferRow
from routing.rules import Clock
from tests.routing.office import (
    arrive,
    handoff,
    look,
    offered,
    ref,
    rules,
    staff,
    three_reps,
    who,
)
from tests.routing.office import offers as offers_of
from tests.routing.test_choose import OFFICE, member

MINUTE = timedelta(minutes=1)


def given(session: Session) -> Counter[str]:
    """How many leads each colleague has, by name."""
    names = {each.id: each.name for each in team.members(session)}
    rows = session.execute(select(HandoffRow.rep_id)).scalars()
    return Counter(names[each] for each in rows if each)


def test_odoo_259775_ties_do_not_fall_to_the_same_rep_in_every_run(
    session: Session, now: datetime
) -> None:
    """All 30 leads went to the most senior member, because each run broke the tie alike."""
    three_reps(session, now)
    for n in range(30):
        offered(session, now + n * MINUTE, f"p@firm{n}.example")
    assert given(session) == {"ann": 10, "bob": 10, "cid": 10}


def test_salesforce_round_robin_21_a_bulk_of_leads_does_not_go_to_one_rep(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    look(session, now, *arrive(session, now, *(f"p@firm{n}.example" for n in range(30))))
    assert given(session) == {"ann": 10, "bob": 10, "cid": 10}


def test_cal_id_1427_weights_show_in_what_each_gets(session: Session, now: datetime) -> None:
    three_reps(session, now)
    staff(session, now, {"name": "ann", "weight": 4}, {"name": "bob", "weight": 1.5})
    look(session, now, *arrive(session, now, *(f"p@firm{n}.example" for n in range(26))))
    assert given(session) == {"ann": 16, "bob": 6, "cid": 4}


def test_odoo_70172_nobody_pays_for_a_holiday_and_nobody_is_flooded_after_it(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    staff(
        session, now, {"name": "cid", "absences": [{"from": "2026-03-01", "until": "2026-03-08"}]}
    )
    look(session, now, *arrive(session, now, *(f"p@away{n}.example" for n in range(20))))
    assert given(session) == {"ann": 10, "bob": 10}
    back = now + timedelta(days=6)
    look(session, back, *arrive(session, back, *(f"p@back{n}.example" for n in range(12))))
    assert given(session) == {"ann": 14, "bob": 14, "cid": 4}


def test_chatwoot_10376_what_comes_while_everybody_is_full_is_somebodys(
    session: Session, now: datetime
) -> None:
    """The old items were never picked up; elsewhere they waited in limbo or were not routed at all."""
    three_reps(session, now)
    full = ({"name": name, "capacity": {"open": 1}} for name in ("ann", "bob", "cid"))
    staff(session, now, *full)
    look(session, now, *arrive(session, now, *(f"p@firm{n}.example" for n in range(5))))
    assert given(session) == {"ann": 1, "bob": 1, "cid": 1, "max": 2}


def test_suitecrm_8935_who_has_left_gets_no_lead_and_loses_the_offer(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    staff(session, now, {"name": "ann", "active": False})
    second = offered(session, now, "x@other.example")
    assert second.rep_id == who(session, "bob").id
    clocks.tick(session, [str(ref(row))], now + 15 * MINUTE)
    session.flush()
    assert row.rep_id == who(session, "cid").id


def test_cal_com_17029_a_known_accounts_owner_is_not_part_of_the_turn(
    session: Session, now: datetime
) -> None:
    three_reps(
        session,
        now,
        rules=[{"name": "known", "to": "account_owner"}, {"name": "all", "to": "team:all"}],
    )
    row = offered(session, now)
    offers.accept(session, ref(row), who(session, "ann"), now)
    offers.reassign(session, ref(row), to=who(session, "cid"), reason="x", by="max", now=now)
    (colleague,) = arrive(session, now, "b@firm.example")
    look(session, now, colleague)
    assert session.execute(select(func.count()).select_from(HandoffRow)).scalar_one() == 1
    assert offered(session, now, "x@other.example").rep_id == who(session, "bob").id


@pytest.mark.parametrize("day", ["2026-03-27", "2026-10-23"])
def test_grafana_oncall_3261_a_clock_is_not_an_hour_off_when_the_clocks_change(day: str) -> None:
    friday = datetime.fromisoformat(f"{day}T16:00").replace(tzinfo=UTC)
    ann = member("ann", hours=OFFICE)
    end = deadline(ann, friday, timedelta(hours=8), Clock.BUSINESS).astimezone(UTC)
    offset = {3: 2, 10: 1}[end.month]
    assert (end.hour + offset, end.minute) == (17, 0)


def test_zammad_3140_who_has_answered_is_not_reminded_or_passed_over(
    session: Session, now: datetime
) -> None:
    lanes = {"fast": {"accept_within": "15m", "clock": "real", "remind": ["5m"]}}
    three_reps(session, now, lanes=lanes)
    row = offered(session, now)
    offers.accept(session, ref(row), who(session, "ann"), now + MINUTE)
    for minutes in (5, 15, 60):
        clocks.tick(session, [str(ref(row))], now + minutes * MINUTE)
    assert (row.state, row.rep_id) == (HandoffState.ACCEPTED, who(session, "ann").id)
    kinds = session.execute(select(NoticeRow.kind)).scalars().all()
    assert kinds == [NoticeKind.OFFERED]


def test_zammad_4353_a_lane_that_was_taken_away_reminds_nobody(
    session: Session, now: datetime
) -> None:
    lanes = {"fast": {"accept_within": "15m", "clock": "real", "remind": ["5m"]}}
    three_reps(session, now, lanes=lanes)
    row = offered(session, now)
    rules(session, now, fallback="max@us.example")
    clocks.tick(session, [str(ref(row))], now + 5 * MINUTE)
    kinds = session.execute(select(NoticeRow.kind)).scalars().all()
    assert kinds == [NoticeKind.OFFERED]
    clocks.tick(session, [str(ref(row))], now + 15 * MINUTE)
    session.flush()
    assert row.rep_id == who(session, "bob").id


def test_odoo_115893_who_gets_a_lead_is_told(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    told = session.execute(select(NoticeRow.member_id)).scalars().all()
    assert told == [row.rep_id]


def test_sentry_74465_many_at_once_are_one_notice(session: Session, now: datetime) -> None:
    three_reps(session, now)
    look(session, now, *arrive(session, now, *(f"p{n}@firm.example" for n in range(30))))
    kinds = session.execute(select(NoticeRow.kind)).scalars().all()
    assert sorted(kinds) == [NoticeKind.JOINED, NoticeKind.OFFERED]


def test_cordys_crm_two_reps_cannot_swap_a_lead_between_them(
    session: Session, now: datetime
) -> None:
    """Its cooldown looks at the last owner only."""
    three_reps(session, now)
    staff(session, now, {"name": "cid", "active": False})
    row = offered(session, now)
    for name in ("ann", "bob"):
        rep = who(session, name)
        offers.decline(session, ref(row), rep, reason=DeclineReason.NO_TIME, note=None, now=now)
    assert row.rep_id == who(session, "max").id
    asked = session.execute(select(OfferRow.rep_id)).scalars().all()
    assert len(set(asked)) == len(asked) == 3


def test_erpnext_34423_a_lead_given_away_is_not_shown_with_two_owners(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    offers.accept(session, ref(row), who(session, "ann"), now)
    offers.reassign(session, ref(row), to=who(session, "bob"), reason="x", by="max", now=now)
    offers.accept(session, ref(row), who(session, "bob"), now + MINUTE)
    assert handoff(session, ProspectId(row.prospect_id)).rep_id == who(session, "bob").id
    assert [each.state for each in offers_of(session, row)] == ["accepted", "accepted"]


def test_omni_channel_a_lead_never_stays_with_who_let_it_pass(
    session: Session, now: datetime
) -> None:
    """There, a declined item stays the decliner's until it is routed again, and may sit for ever."""
    three_reps(session, now)
    staff(session, now, *({"name": name, "active": False} for name in ("bob", "cid")))
    staff(session, now, {"name": "adm", "roles": [Role.ADMIN]})
    row = offered(session, now)
    clocks.tick(session, [str(ref(row))], now + 15 * MINUTE)
    session.flush()
    assert row.rep_id == who(session, "max").id
