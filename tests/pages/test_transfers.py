"""The account team's five minutes: a customer is asked about, the rep answers on their day, and is let go."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.member import Role
from prospects.rows import AccountRow, ProspectRow
from routing.transfer_moves import ref_of
from routing.transfer_rows import TransferRow
from tests.pages.conftest import Visitor
from tests.routing import customers, office

Crew = Callable[..., dict[str, Visitor]]


@pytest.fixture
def people(crew: Crew) -> dict[str, Visitor]:
    """Ann sells, Eva and Fin are the account team, Max manages."""
    return crew(
        ann=("Ann Arber", Role.REP),
        eva=("Eva Lind", Role.ACCOUNT_MANAGER),
        fin=("Fin Holm", Role.ACCOUNT_MANAGER),
        max=("Max Mayer", Role.MANAGER),
    )


@pytest.fixture
def customer(people: dict[str, Visitor], database: Database, now: datetime) -> str:
    """The address of a customer that Ann has won, put to Eva."""

    def work(session: Session) -> str:
        row = customers.checked(session, now)
        deal = customers.deal(session, row, now)
        return str(ref_of(customers.win(session, row, now, deal)))

    return f"/transfers/{perform(database, work)}"


def ask(person: Visitor, customer: str, text: str = "which delivery day?") -> int:
    once = re.search(r'name="once" value="([^"]+)"', person.see(customer))
    assert once
    told = person.send(customer, f"{customer}/question", question=text, once=once[1])
    return int(told.status_code)


def test_an_empty_list_says_what_will_come(people: dict[str, Visitor]) -> None:
    assert "No customer waits for you" in people["eva"].see("/transfers")
    assert "No customer yet" in people["max"].see("/transfers")


def test_eva_asks_ann_answers_on_her_day_and_eva_takes_the_customer(
    people: dict[str, Visitor], customer: str, database: Database
) -> None:
    eva, ann = people["eva"], people["ann"]
    assert customer in eva.see("/transfers")
    page = eva.see(customer)
    for told in ("Chiller, 1,200.00 EUR", "the security paper", "wants two plants by May", "Bo"):
        assert told in page
    assert ask(eva, customer) == 303
    assert "no answer yet" in eva.see(customer)
    day = ann.see("/today")
    assert "which delivery day?" in day
    assert customer in day
    assert ann.send(customer, f"{customer}/answer", answer="Thursday").status_code == 303
    assert customer not in ann.see("/today")
    assert "Thursday" in eva.see(customer)
    assert eva.send(customer, f"{customer}/acceptance").status_code == 303
    assert "with the account team" in eva.see(customer)
    with reading(database) as session:
        owner = session.execute(select(AccountRow.owner_id)).scalar_one()
        assert customers.named(session, owner) == "eva"
    person = f"/people/{customer.split('/')[2]}"
    assert "Eva Lind looks after them now." in eva.see(person)
    assert "ida@firm.example" in eva.see(person)


def test_the_rep_wins_them_with_a_deal_and_sees_how_far_they_have_come(
    people: dict[str, Visitor], database: Database, now: datetime
) -> None:
    def work(session: Session) -> tuple[str, str]:
        row = customers.checked(session, now)
        return f"/handoffs/{office.ref(row)}", str(customers.deal(session, row, now))

    lead, deal = perform(database, work)
    ann, eva = people["ann"], people["eva"]
    assert "Chiller, 1,200.00 EUR" in ann.see(f"{lead}/outcome")
    told = ann.send(f"{lead}/outcome", f"{lead}/outcome", result="won", deal=deal)
    assert told.status_code == 303
    assert "Eva Lind is asked to take them." in ann.see(lead)
    found = re.search(r'href="(/transfers/[0-9a-f-]+/[0-9a-f-]+)"', eva.see("/transfers"))
    assert found
    assert "Chiller, 1,200.00 EUR" in eva.see(found[1])
    eva.send(found[1], f"{found[1]}/acceptance")
    assert "Eva Lind looks after them now." in ann.see(lead)


def test_what_was_promised_is_eva_s_to_keep(people: dict[str, Visitor], customer: str) -> None:
    eva = people["eva"]
    eva.send(customer, f"{customer}/acceptance")
    found = re.search(rf"{customer}/promises/[0-9a-f-]+", eva.see(customer))
    assert found
    assert people["fin"].send("/you", found[0]).status_code == 404
    assert eva.send(customer, found[0]).status_code == 303
    assert ">kept<" in eva.see(customer)


def test_how_to_reach_them_and_their_history_come_with_taking(
    people: dict[str, Visitor], customer: str
) -> None:
    eva, person = people["eva"], f"/people/{customer.split('/')[2]}"
    assert "ida@firm.example" not in eva.see(customer)
    assert person not in eva.see(customer)
    eva.see(person, 404)
    eva.send(customer, f"{customer}/acceptance")
    assert person in eva.see(customer)


def test_a_number_typed_into_why_or_an_answer_is_hidden_until_they_are_taken(
    people: dict[str, Visitor], customer: str, database: Database
) -> None:
    eva, ann = people["eva"], people["ann"]
    typed = "write ida@firm.example or call 01632 960-771"
    phone = update(ProspectRow).values(phone="+441632960771")
    perform(
        database, lambda s: (s.execute(phone), s.execute(update(TransferRow).values(why=typed)))
    )
    assert ask(eva, customer, f"which one? {typed}") == 303
    assert "960-771" not in eva.see("/transfers")
    assert "960-771" in ann.see(customer), "who won them knows how to reach them"
    assert ann.send(customer, f"{customer}/answer", answer=typed).status_code == 303
    page = eva.see(customer)
    assert "960-771" not in page
    assert page.count("call (after accepting)") == 3
    eva.send(customer, f"{customer}/acceptance")
    assert "960-771" in eva.see(customer)


def test_whose_customer_it_is_decides_who_sees_asks_and_answers(
    people: dict[str, Visitor], customer: str
) -> None:
    eva, ann, fin, boss = (people[each] for each in ("eva", "ann", "fin", "max"))
    fin.see(customer, 404)
    for act in ("acceptance", "question", "answer"):
        assert fin.send("/you", f"{customer}/{act}", question="x", answer="x").status_code == 404
    for act in ("acceptance", "question"):
        assert ann.send("/you", f"{customer}/{act}", question="x").status_code == 404
    assert eva.send("/you", f"{customer}/answer", answer="x").status_code == 404
    assert ann.send("/you", f"{customer}/answer", answer="x").status_code == 409
    assert customer in boss.see("/transfers")
    ask(eva, customer)
    assert boss.send(customer, f"{customer}/answer", answer="Friday").status_code == 303
    assert "Friday" in eva.see(customer)


def test_nothing_typed_is_lost_and_the_same_form_twice_is_one_question(
    people: dict[str, Visitor], customer: str
) -> None:
    eva = people["eva"]
    assert ask(eva, customer, "  ") == 422
    long = "why " * 600
    told = eva.send(customer, f"{customer}/question", question=long)
    assert told.status_code == 422
    assert long.strip() in told.text
    assert "too long" in told.text
    # A browser counts the end of a line once and sends it as two characters.
    fits = "<b>when</b>" + "\r\nline" * 390
    once = {"question": fits, "once": "01900000-0000-7000-8000-000000000001"}
    for _ in range(2):
        assert eva.send(customer, f"{customer}/question", **once).status_code == 303
    page = eva.see(customer)
    assert page.count("&lt;b&gt;when&lt;/b&gt;") == 1


def test_a_customer_nobody_takes_is_stuck_until_a_manager_gives_them_to_somebody(
    people: dict[str, Visitor], customer: str, database: Database, now: datetime
) -> None:
    boss = people["max"]
    assert "Customers nobody has taken" not in boss.see("/stuck")

    def be_late(session: Session) -> None:
        session.execute(update(TransferRow).values(due_at=now - timedelta(hours=1)))

    perform(database, be_late)
    page = boss.see("/stuck")
    assert "Eva Lind has not taken this customer yet." in page
    assert f"{customer}/giving" in page
    giving = f"{customer}/giving"
    assert boss.send(giving, giving, to="", reason="").status_code == 422
    fin = re.search(r'<option value="([^"]+)">Fin Holm', boss.see(giving))
    assert fin
    assert boss.send(giving, giving, to=fin[1], reason="Eva is ill").status_code == 303
    assert "Customers nobody has taken" not in boss.see("/stuck")
    assert "Max Mayer gave it to Fin Holm: Eva is ill" in people["fin"].see(customer)
    people["eva"].see(customer, 404)


def test_with_no_account_team_the_manager_is_told_at_once(
    people: dict[str, Visitor], database: Database, now: datetime
) -> None:
    for name in ("eva", "fin"):
        perform(
            database, lambda s, name=name: office.staff(s, now, {"name": name, "active": False})
        )
    perform(database, lambda s: customers.won(s, now))
    assert "There is nobody to take this customer." in people["max"].see("/stuck")


def test_a_forgotten_buyer_leaves_a_paper_without_a_name(
    people: dict[str, Visitor], customer: str, database: Database
) -> None:
    perform(database, lambda s: s.execute(update(TransferRow).values(paper={}, state="dropped")))
    page = people["eva"].see(customer)
    assert "Name not known" in page
    assert "Take this customer" not in page


def test_those_one_has_are_turned_page_by_page(people: dict[str, Visitor], customer: str) -> None:
    eva = people["eva"]
    eva.send(customer, f"{customer}/acceptance")
    later = eva.see(f"/transfers?before={UUID(int=2**128 - 1)}")
    assert "With you" in later
    assert "hx-get" not in later, "only the first page comes again by itself"
    assert "With you" not in eva.see(f"/transfers?before={UUID(int=1)}")
