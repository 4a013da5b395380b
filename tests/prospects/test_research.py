"""What follows from what is known is found out with its source and date, and never against what they said."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from prospects import details, people
from prospects.details import AccountDetailRow, DetailRow
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.research.mail_domain import look as by_domain
from prospects.research.phone import look as by_phone
from prospects.research.registry import unknown
from prospects.rows import AccountRow, ProspectRow
from prospects.values import Person


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("acme.de", "DE"),
        ("acme.co.uk", "GB"),
        ("acme.io", None),
        ("acme.com", None),
        ("a.eu", None),
    ],
)
def test_a_mail_domain_tells_the_country_where_its_ending_does(
    domain: str, country: str | None
) -> None:
    found = {each.name: each.value for each in by_domain(Person(), domain)}
    assert found["website"] == f"https://{domain}"
    assert found.get("country") == country
    assert by_domain(Person(), None) == []


@pytest.mark.parametrize(
    ("phone", "country"), [("+4930901820", "DE"), ("+80012345678", None), ("ask me", None)]
)
def test_a_number_tells_the_country_it_was_given_out_in(phone: str, country: str | None) -> None:
    assert [each.value for each in by_phone(Person(phone=phone), None)] == (
        [country] if country else []
    )


def test_what_nobody_told_is_filled_in_and_what_they_said_stands(
    session: Session, now: datetime
) -> None:
    ann = come(session, now, Person(email="ann@acme.fr", phone="+4930901820", title="VP Sales"))
    bob = come(session, now, Person(email="bob@acme.fr", country="BE"))
    assert session.get_one(ProspectRow, ann).country == "DE", "the phone is more one's own"
    assert session.get_one(ProspectRow, bob).country == "BE"
    assert things(details.of(session, [ann])) == [
        ("country", "DE", "their phone number"),
        ("function", "sales", "their title"),
        ("seniority", "vp", "their title"),
    ]

    later = now + timedelta(days=9)
    come(session, later, Person(email="ann@acme.fr", phone="+4930901820", title="CTO"))
    dates = {(each.name, each.value): each.found_at for each in details.of(session, [ann])}
    assert dates["country", "DE"] == now, "what was known keeps its date"
    assert dates["seniority", "c_level"] == later


def test_what_is_told_of_a_company_stands_with_the_company_by_source_and_date(
    session: Session, now: datetime
) -> None:
    ann = come(session, now, Person(email="ann@acme.fr"), employees=40)
    later = now + timedelta(days=9)
    bob = come(session, later, Person(email="bob@acme.fr"), "fair", employees="90", founded=1912)
    account = session.get_one(ProspectRow, ann).account_id
    assert account is not None
    assert account == session.get_one(ProspectRow, bob).account_id
    assert details.of(session, [ann, bob]) == []
    known = details.of_accounts(session, [account])
    assert things(known) == [
        ("country", "FR", "their company's mail domain"),
        ("employees", "90", "fair"),
        ("employees", "40", "site"),
        ("founded", "1912", "fair"),
        ("website", "https://acme.fr", "their company's mail domain"),
    ]
    assert {each.name: each.found_at for each in known}["website"] == now
    assert session.get_one(AccountRow, account).fields["employees"] == 40, (
        "who was first is believed"
    )


def test_what_stays_unknown_becomes_a_question() -> None:
    assert len(unknown(Person(), None)) == 4
    told = Person(title="CTO", country="DE", company="Acme", fields={"employees": 40})
    assert unknown(told, None) == []


def things(rows: Sequence[DetailRow | AccountDetailRow]) -> list[tuple[str, str, str]]:
    return [(each.name, each.value, each.source) for each in rows]


def come(
    session: Session, now: datetime, person: Person, source: str = "site", **company: Any
) -> ProspectId:
    email = person.email or ""
    lead = Lead(
        ref=email,
        identities=(Identity("email", email),),
        person=person,
        happened_at=now,
        domain=email.partition("@")[2],
        account_fields=company,
        source=source,
    )
    (found,) = people.resolve(session, [lead], now, secret="x")
    assert found.prospect_id is not None
    session.flush()
    session.expire_all()
    return found.prospect_id
