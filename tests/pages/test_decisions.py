"""Why this rep, and why not each other one: the pages of routing decisions."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages.decision_views import why_not
from prospects import team
from prospects.member import Role
from routing import offers
from routing.lives import DeclineReason
from tests.pages.conftest import Visitor
from tests.routing import office

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]


@pytest.fixture
def lead(database: Database, now: datetime) -> str:
    """The address of a lead that ann passed on while bob is away, so cid has it."""

    def arrive(session: Session) -> str:
        office.three_reps(session, now)
        away = [{"from": "2026-03-02", "until": "2026-03-09", "reason": "leave"}]
        team.save(session, [{"email": "bob@us.example", "absences": away}], now)
        row = office.offered(session, now)
        at = now + timedelta(minutes=1)
        reason = DeclineReason.NO_TIME
        ref, ann = office.ref(row), office.who(session, "ann")
        offers.decline(session, ref, ann, reason=reason, note=None, now=at)
        return f"/handoffs/{ref}"

    return perform(database, arrive)


@pytest.fixture
def boss(hire: Hire, visitor: Visitors) -> Visitor:
    return visitor().sign_in(hire("max@us.example", Role.MANAGER, name="Max Mayer"))


def test_an_empty_list_says_what_will_stand_here(boss: Visitor) -> None:
    assert "No lead has been given to anybody yet" in boss.see("/decisions")


def test_each_other_rep_is_told_of_with_what_stood_against_them(boss: Visitor, lead: str) -> None:
    latest = re.search(r'href="(/decisions/[^"?]+)"', boss.see("/decisions"))
    assert latest
    page = boss.see(latest[1])
    assert "away until Tuesday 10 March" in page
    assert "passed this lead on" in page
    assert page.index('<bdi class="strong">cid') < page.index('<bdi class="strong">ann')
    assert "number 2 of team <bdi>all</bdi>" in page
    assert "Other decisions about this lead" in page


def test_the_way_there_leads_from_the_lead_and_from_the_person(
    lead: str, hire: Hire, visitor: Visitors
) -> None:
    cid = visitor().sign_in(hire("cid@us.example", Role.REP))
    why = re.search(r'href="(/decisions/[^"]+)"', cid.see(lead))
    assert why
    assert "Everybody who was weighed" in cid.see(why[1])
    assert why[1] in cid.see(f"/people/{lead.split('/')[2]}")


def test_a_rep_reads_no_decision_about_somebody_elses_lead(
    lead: str, boss: Visitor, hire: Hire, visitor: Visitors
) -> None:
    why = re.search(r'href="(/decisions/[^"?]+)"', boss.see("/decisions"))
    assert why
    dan = visitor().sign_in(hire("dan@us.example", Role.REP))
    dan.see(why[1], 404)
    assert "No lead has been given" in dan.see("/decisions")


def test_an_absence_is_told_as_people_tell_it() -> None:
    today = date(2026, 3, 3)
    assert why_not("absent until 2026-03-03", today) == "away until today"
    assert why_not("absent until 2027-01-04", today) == "away until Monday 4 January 2027"
    assert why_not("absent until further notice", today) == "absent until further notice"
    assert why_not(None, today) == "free, but it was not their turn"
