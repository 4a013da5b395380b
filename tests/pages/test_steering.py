"""A manager's five minutes: what is stuck and why, solved in bulk with a reason, and taken back."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import team
from prospects.member import Role
from routing import clocks, offers
from routing.intervention_rows import InterventionRow
from routing.rows import HandoffRow
from tests.pages.conftest import Visitor
from tests.routing import office
from tests.routing.test_interventions import promised

DAY = timedelta(days=1)
Visitors = Callable[[], Visitor]


@pytest.fixture
def boss(hire: Callable[..., str], visitor: Visitors, database: Database, now: datetime) -> Visitor:
    """Max, who manages ann, bob and cid."""
    perform(database, lambda s: office.three_reps(s, now - 5 * DAY))
    hire("max@us.example", Role.MANAGER, name="Max Mayer")
    return visitor().sign_in("max@us.example")


def arrive(session: Session, at: datetime, email: str) -> str:
    return str(office.ref(office.offered(session, at, email)))


def stuck_leads(session: Session, now: datetime) -> dict[str, str]:
    """One that everybody let pass, one about to lapse, one taken and silent."""
    held = arrive(session, now - 4 * DAY, "hal@held.example")
    for days in (3, 2, 1):
        clocks.tick(session, [held], now - days * DAY)
        session.flush()
    clocks.tick(session, [held], now + 9 * DAY)
    lapsing = arrive(session, now - timedelta(minutes=13), "lea@lapsing.example")
    silent = arrive(session, now - 4 * DAY, "sid@silent.example")
    ref = clocks.read_ref(silent)
    assert ref
    rep = session.get_one(HandoffRow, (ref.prospect_id, ref.handoff_id)).rep_id
    taker = next(each for each in team.members(session) if each.id == rep)
    offers.accept(session, ref, taker, now - 4 * DAY)
    arrive(session, now, "fay@fresh.example")
    return {"held": held, "lapsing": lapsing, "silent": silent}


def ask(boss: Visitor, act: str, *leads: str) -> str:
    return boss.see(f"/stuck/act?act={act}" + "".join(f"&lead={each}" for each in leads))


def do(boss: Visitor, act: str, *leads: str, **fields: str) -> str:
    """The act is asked about, answered and done; the page after it."""
    found = re.search(r'name="batch" value="([^"]+)"', ask(boss, act, *leads))
    assert found
    told = {"act": act, "lead": list(leads), "batch": found[1], "reason": "ill", **fields}
    answer = boss.send("/you", "/stuck/act", **told)
    assert answer.status_code == 303, answer.text
    return boss.see("/stuck")


def test_an_empty_page_says_what_will_stand_here(boss: Visitor) -> None:
    assert "Nothing is stuck" in boss.see("/stuck")


def test_each_lead_stands_under_its_cause_and_what_is_in_time_does_not(
    boss: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda s: stuck_leads(s, now))
    page = boss.see("/stuck")
    where = [
        page.index(each)
        for each in ("Nobody took it", "Hal", "About to lapse", "Lea", "not a word since", "Sid")
    ]
    assert where == sorted(where)
    assert "Everybody was asked, and nobody took it. ann let it run out, bob let it run out" in page
    assert "2 min left" in page
    assert "Fay" not in page


def test_the_cause_says_who_is_away_and_until_when(
    boss: Visitor, database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        leads = stuck_leads(session, now)
        away = [{"from": "2026-03-03", "until": "2026-03-08"}]
        everybody = [{"email": each.email, "absences": away} for each in team.members(session)]
        team.save(session, everybody, now)
        assert leads

    perform(database, work)
    page = boss.see("/stuck")
    assert "(away until Monday 9 March) has not answered yet" in page
    assert "(away until Monday 9 March) took it" in page


def test_several_are_given_away_at_once_and_taken_back_at_once(
    boss: Visitor, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    cid = perform(database, lambda s: str(office.who(s, "cid").id))
    page = do(boss, "give", leads["held"], leads["silent"], to=cid)
    assert "2 leads were given to somebody else" in page
    assert "Hal" not in page
    batch = re.search(r'name="batch" value="([^"]+)"', page)
    assert batch
    boss.send("/stuck", "/stuck/undo", batch=batch[1])
    back = boss.see("/stuck")
    assert "2 leads stand as before" in back
    assert "Hal" in back
    assert 'action="/stuck/undo"' not in back


def test_one_that_refuses_keeps_no_other_back(
    boss: Visitor, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    page = do(boss, "extend", leads["held"], leads["lapsing"], span="1h")
    assert "1 lead was given more time" in page
    assert "Not done to 1 lead: No clock runs on this lead" in page
    assert "Lea" not in page


@pytest.mark.parametrize("act", ["take_over", "withdraw"])
def test_a_lead_is_taken_over_or_withdrawn_and_is_stuck_no_more(
    boss: Visitor, database: Database, now: datetime, act: str
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    assert "Sid" not in do(boss, act, leads["silent"])
    assert ("Sid" in boss.see("/today")) == (act == "take_over")


def test_the_same_form_sent_twice_is_one_act(
    boss: Visitor, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    batch = "01900000-0000-7000-8000-000000000001"
    fields = {
        "act": "extend",
        "lead": leads["lapsing"],
        "span": "4h",
        "reason": "x",
        "batch": batch,
    }
    for _ in range(2):
        boss.send("/you", "/stuck/act", **fields)
    with reading(database) as session:
        assert len(session.execute(select(InterventionRow)).all()) == 1


def test_without_a_reason_nothing_is_done_and_nothing_typed_is_lost(
    boss: Visitor, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    wrong = boss.send("/you", "/stuck/act", act="extend", lead=leads["lapsing"], span="4h")
    assert wrong.status_code == 422
    assert "The reason is missing" in wrong.text
    assert re.search(r'value="4h"[^>]* checked', wrong.text)
    nobody = boss.send("/you", "/stuck/act", act="give", lead=leads["held"], to="?", reason="x")
    assert "Choose a colleague" in nobody.text


@pytest.mark.parametrize("query", ["act=give", "act=sell&lead=x", "act=give&lead=x", ""])
def test_nothing_ticked_is_said(boss: Visitor, query: str) -> None:
    assert boss.client.get(f"/stuck/act?{query}").headers["Location"] == "/stuck"
    assert "Tick at least one lead" in boss.see("/stuck")


def test_a_rep_steers_nothing(
    boss: Visitor, hire: Callable[..., str], visitor: Visitors, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    rep = visitor().sign_in(hire("ann@us.example", Role.REP))
    rep.see(f"/stuck/act?act=give&lead={leads['held']}", 403)
    for path in ("/stuck/act", "/stuck/undo"):
        assert rep.send("/you", path, act="withdraw", lead=leads["held"]).status_code == 403


def test_a_promise_that_is_late_stands_first(
    boss: Visitor, database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        leads = stuck_leads(session, now)
        promised(
            session, leads["lapsing"], now - timedelta(minutes=10), due=now - timedelta(minutes=1)
        )

    perform(database, work)
    page = boss.see("/stuck")
    assert page.index("Promises overdue") < page.index("Nobody took it")
    assert "promised: prices" in page


def test_the_way_to_each_act_stands_on_the_lead_itself_for_who_may(
    boss: Visitor, hire: Callable[..., str], visitor: Visitors, database: Database, now: datetime
) -> None:
    leads = perform(database, lambda s: stuck_leads(s, now))
    lead = f"/handoffs/{leads['silent']}"
    page = boss.see(lead)
    assert f"/stuck/act?act=withdraw&amp;lead={leads['silent']}" in page
    do(boss, "withdraw", leads["silent"])
    assert "What you can do as a manager" not in boss.see(lead)
