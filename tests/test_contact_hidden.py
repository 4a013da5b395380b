"""How to reach a buyer is nowhere to be seen before the lead is taken: no page, no mail, no answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.auth import passwords
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform, reading
from prospects import team
from prospects.contact import HIDDEN, without_contact
from prospects.member import Role
from routing.rows import HandoffRow, NoticeRow
from tests.support.house import House

EMAIL = "odile.quillfeather@privet.example"
PHONE = "+441632960771"
TRACES = ("quillfeather@", quote("quillfeather@"), "960771", "960 771", "960-771")
SPELT = f"write {EMAIL} or call 01632 960-771 or (+44) 1632 960 771"
PASSWORD = "owls read the quiet map"
RITA = "rita@vendor.example"


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path) -> Iterator[House]:
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a") as linkedin:
        built = House(database, database_url, tmp_path)
        built.furnish(linkedin)
        yield built
    built.app.extensions["intake"].flush()


def test_before_taking_a_lead_nothing_says_how_to_reach_the_buyer_and_afterwards_it_does(
    house: House,
) -> None:
    who = a_buyer_who_puts_it_everywhere(house)
    rita = house.colleague(Role.REP, RITA)
    (handoff,) = rita.get("/handoffs")["items"]
    browser = signed_in(house)
    found = seen_by_a_rep(house, browser, handoff, who)
    assert len(found) > 12
    leaks = {where: [t for t in TRACES if t in text.lower()] for where, text in found.items()}
    assert {where: traces for where, traces in leaks.items() if traces} == {}
    assert HIDDEN in found[f"/prospects/{who}/notes"]
    rita.post(f"/handoffs/{handoff['id']}/acceptance", {}, 201)
    found = seen_by_a_rep(house, browser, handoff, who)
    for where in (f"/handoffs/{handoff['id']}", f"/prospects/{who}", f"/people/{who}"):
        assert EMAIL in found[where], where


def test_an_address_cannot_be_tried_out_before_taking_the_lead(house: House) -> None:
    house.tell({"email": EMAIL, "phone": PHONE, "name": "Odile", "title": "head", "form": "demo"})
    view = {"activity": "page_view", "body": {"page": "/pricing"}}
    house.tell({"email": EMAIL, **view})
    rita = house.colleague(Role.REP, RITA)
    (handoff,) = rita.get("/handoffs")["items"]
    assert len(rita.get("/prospects")["items"]) == 1
    assert rita.get(f"/prospects?email={EMAIL}")["items"] == []
    assert rita.get("/prospects?q=privet.example")["items"] == []
    rita.post(f"/handoffs/{handoff['id']}/acceptance", {}, 201)
    assert len(rita.get(f"/prospects?email={EMAIL}")["items"]) == 1


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_stands_around_it_an_address_is_hidden(before: str, after: str) -> None:
    shown = without_contact({"a": [f"{before} {EMAIL} {after} {PHONE}"]}, PHONE)["a"][0]
    assert "@privet.example" not in shown
    assert "1632960771" not in shown


@pytest.mark.parametrize(
    "text",
    ["3 March 2026, 10:00", "12,000.50 EUR", "/pricing?page=2", "2026-03-03T10:00:00Z", "1+1"],
)
def test_what_is_no_contact_stays(text: str) -> None:
    assert without_contact(text, PHONE) == text


def a_buyer_who_puts_it_everywhere(house: House) -> str:
    """Address and phone in a form, a link, a consent and a note. Returns her id."""
    mine = {"email": EMAIL, "phone": PHONE, "name": "Odile", "company": f"Privet {SPELT}"}
    house.tell(
        {
            **mine, "external_id": "1", "form": "demo", "title": f"head of {SPELT}",
            "campaign": SPELT, "fields": {"message": SPELT},
            "consent": [{"topic": "newsletter", "text": SPELT}],
        },
        {**mine, "external_id": "2", "activity": "page_view", "body": {"page": f"/pricing?e={quote(EMAIL)}"}},
        {**mine, "external_id": "3", "activity": "form", "body": {"form": SPELT}},
        {**mine, "external_id": "4", "activity": "reply", "body": {"subject": SPELT, "text": SPELT}},
    )  # fmt: skip
    who = str(house.person(EMAIL)["id"])
    house.admin.post(f"/prospects/{who}/notes", {"text": SPELT}, 201)
    house.work()
    return who


def seen_by_a_rep(
    house: House, browser: FlaskClient, handoff: dict[str, Any], who: str
) -> dict[str, str]:
    """Every answer and page about this lead that the rep may open, and what the rep was mailed."""
    rita, it = house.colleague(Role.REP, RITA), handoff["id"]
    lists = ["/handoffs", f"/handoffs/{it}", "/decisions", "/prospects", f"/prospects/{who}"]
    lists += [
        f"/prospects/{who}/{part}" for part in ("timeline", "assessments", "notes", "consents")
    ]
    desk = f"/handoffs/{who}/{it}"
    pages = ["/today", desk, f"{desk}/decline", f"{desk}/confirmation", f"/people/{who}"]
    pages += [f"{desk}/note", "/promises", "/absences", "/you", "/decisions"]
    found = {each: json.dumps(rita.get(each), ensure_ascii=False) for each in lists}
    for page in pages:
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(page, headers=headers, follow_redirects=True)
            # Before taking the lead there is nothing to confirm.
            assert answer.status_code in (200, 409), page
            found[page + "#" * bool(headers)] = answer.text
    with reading(house.database) as session:
        paper = session.execute(select(HandoffRow.brief)).scalar_one()
        assert session.execute(select(NoticeRow.state)).scalars().all()
    return {**found, "the paper of the notice": json.dumps(paper)}


def signed_in(house: House) -> FlaskClient:
    def keep(session: Session) -> None:
        member = team.by_email(session, RITA)
        assert member
        passwords.keep(session, member.id, PASSWORD, clock.now())

    perform(house.database, keep)
    browser = house.app.test_client()
    csrf = browser.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"email": RITA, "password": PASSWORD, "csrf_token": csrf}
    assert browser.post("/login", data=fields).status_code == 302
    return browser
