"""The page of a company: who is who, what is not known, what comes next, and whose it is."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages.company_views import gap, named
from prospects.ids import new_id
from prospects.kinds import Verdict
from prospects.member import Role
from prospects.rows import AssessmentRow, OpportunityRow, ProspectRow
from prospects.store import table_of
from routing import offers
from routing.confirm import confirm
from routing.finding import Channel, Decider, Promised, RepFinding
from tests.pages.conftest import Visitor
from tests.routing import office

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]
HOUR = timedelta(hours=1)


@pytest.fixture
def company(database: Database, now: datetime) -> str:
    """A company where ann talked to Ida, who named Bo and somebody we do not know as deciders."""

    def arrive(session: Session) -> UUID:
        office.three_reps(session, now)
        office.arrive(session, now - HOUR, "bo@firm.example", warm=False)
        row = office.offered(session, now)
        ref, ann = office.ref(row), office.who(session, "ann")
        offers.accept(session, ref, ann, now)
        finding = RepFinding(
            verdict=Verdict.CONFIRMED,
            spoke_with="Ida",
            channel=Channel.CALL,
            at=now,
            fact="They want to start in May.",
            deciders=(
                Decider(name="bo", role="champion", stance="for"),
                Decider(name="Ole Brandt", role="Owner", stance="neutral"),
            ),
            promises=(Promised(what="prices", due_at=now + HOUR),),
        )
        confirm(session, ref, ann, finding, now=now, secret=office.SECRET)
        account = session.get_one(ProspectRow, row.prospect_id).account_id
        assert account
        deal = {"id": new_id(now), "account_id": account, "product": "Two plants"}
        more = {"expected_on": date(2026, 3, 20), "state": "open", "created_at": now}
        session.execute(insert(table_of(OpportunityRow)), [{**deal, **more}])
        return account

    return f"/companies/{perform(database, arrive)}"


@pytest.fixture
def boss(hire: Hire, visitor: Visitors) -> Visitor:
    return visitor().sign_in(hire("max@us.example", Role.MANAGER, name="Max Mayer"))


def test_people_stand_with_what_reps_heard_about_them(company: str, boss: Visitor) -> None:
    page = boss.see(company)
    for said in ("Ida", "Bo", "champion", "for us", "Ole Brandt", "not in our records yet"):
        assert said in page
    assert "No champion" not in page
    assert "No decision maker" not in page


def test_the_next_step_is_what_is_due_first_and_the_other_dates_ring_below(
    company: str, boss: Visitor
) -> None:
    page = boss.see(company)
    where = [
        page.index(each)
        for each in ("Next step", "Promised: prices", "Dates that ring", "Two plants")
    ]
    assert where == sorted(where)
    assert "checked with the buyer" in page


def test_the_history_is_one_of_all_its_people(company: str, boss: Visitor) -> None:
    page = boss.see(company)
    assert "Bo: Sent the form" in page
    assert "Ida: Sent the form" in page
    assert "They want to start in May." in page


def test_what_is_said_on_the_page_goes_before_what_was_heard(
    company: str, boss: Visitor, database: Database, hire: Hire, visitor: Visitors
) -> None:
    bo = perform(database, lambda s: _person(s, "Bo"))
    sent = boss.send(company, f"{company}/people/{bo}", stake="blocker", stance="against")
    assert sent.status_code == 303
    page = boss.see(company)
    assert "trouble maker" in page
    assert "as Max Mayer says" in page
    assert "No champion is known. Ask who there wants this most." in page
    boss.send(company, f"{company}/people/{bo}", stake="", stance="")
    assert "trouble maker</span>" not in boss.see(company)
    wrong = boss.send(company, f"{company}/people/{bo}", stake="king")
    assert wrong.status_code == 400


def test_a_rep_sees_the_company_they_work_with_and_no_other(
    company: str, database: Database, hire: Hire, visitor: Visitors
) -> None:
    ann = visitor().sign_in(hire("ann@us.example", Role.REP))
    page = ann.see(company)
    assert "Ida" in page
    assert '<bdi class="strong">Bo</bdi>' in page, "no link to somebody she may not open"
    assert "not one of your people" in page
    assert company in ann.see(f"/people/{perform(database, lambda s: _person(s, 'Ida'))}")
    bob = visitor().sign_in(hire("bob@us.example", Role.REP))
    bob.see(company, 404)
    ida = perform(database, lambda s: _person(s, "Ida"))
    assert bob.send("/you", f"{company}/people/{ida}", stake="user").status_code == 404
    elsewhere = f"/companies/{ida}/people/{ida}"
    assert ann.send("/you", elsewhere, stake="user").status_code == 404


def test_what_is_not_known_says_what_to_ask() -> None:
    assert gap(set()) == "No decision maker is known. Ask who signs."
    assert gap({"decision_maker"}).startswith("No champion")
    assert gap({"decision_maker", "champion"}) == ""


def test_whoever_is_named_twice_is_as_the_newest_finding_says() -> None:
    newest = [{"name": "Ole", "role": "blocks it", "stance": "against"}, {"name": " "}]
    found = named([(newest, "ann"), ([{"name": "OLE", "stance": "loud"}], "bob")])
    assert [(each.stake, each.stance) for each in found.values()] == [("blocker", "against")]


def _person(session: Session, name: str) -> str:
    rows = session.query(ProspectRow).filter(ProspectRow.name == name)
    return str(rows.one().id)


def test_people_who_are_not_at_one_are_shown_as_a_conflict(
    company: str, boss: Visitor, database: Database, now: datetime
) -> None:
    def claim(session: Session) -> None:
        people = session.execute(select(ProspectRow).order_by(ProspectRow.name)).scalars().all()
        for person, stage in zip(people, ("awareness", "evaluation"), strict=True):
            person.stage, person.assessment_id = stage, new_id(now)
            session.flush()
            belief = {"prospect_id": person.id, "id": person.assessment_id, "at": now}
            told = {"stage": stage, "confidence": 0.8, "model": "points/1"}
            rest = {"points": 9, "fit": 0, "engagement": 0, "grade": "A1", "warm": False}
            session.add(AssessmentRow(**belief, **told, **rest))

    assert "How far the company is" not in boss.see(company)
    perform(database, claim)
    page = boss.see(company)
    assert "They are not at one." in page
    assert "<bdi>Evaluation</bdi>, more likely than not." in page
    said = re.findall(r"<bdi>(\w+)</bdi></a><span[^>]*><bdi>(\w+)</bdi>(.*)</span></li>", page)
    assert sorted(said) == [("Bo", "Awareness", ""), ("Ida", "Evaluation", ", as a rep found")]
