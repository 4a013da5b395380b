"""Which company a name means: its legal form says nothing, near is enough, and less near is asked."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import company_questions, people
from prospects.company_names import Known, Means, Perhaps, bare_name, which
from prospects.company_questions import CompanyQuestionRow
from prospects.identity import Identity, Lead
from prospects.ids import AccountId, ProspectId, new_id
from prospects.rows import AccountRow, ProspectRow
from prospects.values import Person


def known(n: int, name: str, country: str | None = None, people: int = 0) -> Known:
    return Known(UUID(int=n), name, country, people)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Acme Cooling GmbH & Co. KG", "acme cooling"),
        ("ACME Cooling, Inc.", "acme cooling"),
        ("Società Fredda S.r.l.", "società fredda"),
        ("Nordlicht Holding AG", "nordlicht"),
        ("AG", "ag"),
        ("...", ""),
    ],
)
def test_the_legal_form_is_left_out(name: str, bare: str) -> None:
    assert bare_name(name) == bare


def test_near_is_enough_less_near_is_asked_and_far_is_nothing() -> None:
    firms = [known(1, "Acme Cooling GmbH"), known(2, "Borealis Ltd")]
    assert which("ACME Coolings", None, firms) == Means(UUID(int=1))
    assert which("Acme Koeling BV", None, firms) == Perhaps([UUID(int=1)])
    assert which("Acme Bakery", None, firms) is None
    assert which("GmbH & Co", None, []) is None


def test_among_equals_the_persons_country_decides_then_people_then_age() -> None:
    firms = [known(1, "Acme AG", "CH"), known(2, "Acme GmbH", "DE"), known(3, "Acme", None, 9)]
    assert which("Acme", "DE", firms) == Means(UUID(int=2))
    assert which("Acme", None, firms) == Means(UUID(int=3))
    assert which("Acme", "FR", firms[:2]) == Means(UUID(int=1))


def test_who_writes_from_free_mail_is_at_the_company_they_name(
    session: Session, now: datetime
) -> None:
    firm = AccountRow(id=new_id(now), domain="acme.example", name="Acme Cooling GmbH", fields={})
    firm.created_at = now
    session.add(firm)
    session.flush()
    sure, near, other = (
        come(session, now, email, company)
        for email, company in (
            ("ann@gmail.com", "acme cooling"),
            ("bob@gmail.com", "Acme Koeling BV"),
            ("cid@gmail.com", "Borealis"),
        )
    )
    at = {row.id: row.account_id for row in session.execute(select(ProspectRow)).scalars()}
    assert (at[sure], at[near], at[other]) == (firm.id, None, None)
    ((question, _),) = company_questions.waiting(session, 10)
    assert (question.prospect_id, question.account_ids) == (near, [str(firm.id)])

    assert not company_questions.answer(session, near, AccountId(new_id(now)), "mia", now)
    assert company_questions.answer(session, near, AccountId(firm.id), "mia", now)
    assert session.get_one(ProspectRow, near).account_id == firm.id
    assert company_questions.waiting(session, 10) == []
    assert company_questions.answer(session, near, None, "mo", now)
    assert session.get_one(CompanyQuestionRow, near).answered_by == "mia", "the first answer stands"


def test_whom_somebody_comes_with_takes_no_company_from_them(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_questions, "MOST_KNOWN", 2)
    names = ("Acme Cooling", "Acme Heating", "Borealis")
    firms = [
        AccountRow(id=new_id(now), domain=f"{n}.example", name=name, fields={}, created_at=now)
        for n, name in enumerate(names)
    ]
    session.add_all(firms)
    session.flush()
    leads = [lead_of(f"{each[:4]}@gmail.com", each, now) for each in (names[0], names[2])]
    people.resolve(session, leads, now, secret="x")
    at = {row.company: row.account_id for row in session.execute(select(ProspectRow)).scalars()}
    assert at == {"Acme Cooling": firms[0].id, "Borealis": firms[2].id}


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("E.ON SE", "E.On"),
        ("3M GmbH", "3m"),
        ("Österreichische Post AG", "österreichische post"),
        ("österreichische post", "Österreichische Post AG"),
        ("L'Oréal S.A.", "L'Oréal"),
        ("A.B.C. Logistik GmbH", "ABC Logistik"),
        ("A. B. C. Logistik", "a b c logistik"),
        ("ABC Logistik", "A.B.C. Logistik AG"),
        ("E.ON SE", "Eon"),
        ("H&M AB", "H & M"),
        ("H & M", "h and m"),
        ("H and M", "H&M AB"),
    ],
)
def test_a_company_is_found_however_its_name_begins(
    session: Session, now: datetime, kept: str, typed: str
) -> None:
    firm = AccountRow(id=new_id(now), domain="firm.example", name=kept, fields={}, created_at=now)
    session.add(firm)
    session.flush()
    who = come(session, now, "ann@gmail.com", typed)
    assert session.get_one(ProspectRow, who).account_id == firm.id


def come(session: Session, now: datetime, email: str, company: str) -> ProspectId:
    (found,) = people.resolve(session, [lead_of(email, company, now)], now, secret="x")
    assert found.prospect_id is not None
    return found.prospect_id


def lead_of(email: str, company: str, now: datetime) -> Lead:
    return Lead(
        ref=email,
        identities=(Identity("email", email),),
        person=Person(email=email, company=company),
        happened_at=now,
        account_name=company,
    )
