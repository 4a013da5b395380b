"""Where a CRM and we differ is shown on a page and over the API, as things stand now, and to nobody else."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects import configuration
from prospects.announcing import DESTINATION
from prospects.rows import AccountRow, ProspectRow
from tests.api.conftest import Program
from webhooks import crm_people
from webhooks.crm_companies import take
from webhooks.crms.dialect import Company, Contact
from webhooks.destinations import Destination

CRM: dict[str, Any] = {
    "kind": "hubspot",
    "access_token": "x",
    "reads": ["owners", "customers"],
    "events": ["handoff.won"],
}


@pytest.fixture
def ada(site: Flask, admin: Program, database: Database, now: datetime) -> str:
    """Ada of Acme, of whom the CRM says three other things."""
    who: str = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})["prospect"]
    crm = Destination.model_validate({"slug": "crm", **CRM})

    def work(session: Session) -> None:
        configuration.write(session, DESTINATION, "crm", CRM, now, by="test")
        person = session.get_one(ProspectRow, UUID(who))
        person.title, person.name = "CTO", "Ada <b>Byron</b>"
        session.get_one(AccountRow, person.account_id).name = "Acme of ours"
        session.flush()
        told = Contact(id="501", email="ada@acme.example", title="Head of IT", name="Ada King")
        crm_people.take(session, crm, [told], now, secret="k" * 40)
        take(session, crm, [Company(id="900", domain="acme.example", name="Acme Inc")], now)

    perform(database, work)
    return who


def test_each_conflict_is_listed_with_both_words_and_whose_counts(admin: Program, ada: str) -> None:
    whole = admin.get("/conflicts")
    told = [
        (each["record"], each["field"], each["ours"], each["theirs"]) for each in whole["items"]
    ]
    assert told == [
        ("company", "name", "Acme of ours", "Acme Inc"),
        ("contact", "name", "Ada <b>Byron</b>", "Ada King"),
        ("contact", "title", "CTO", "Head of IT"),
    ]
    assert [each["counts"] for each in whole["items"]] == ["the CRM", "the person", "the person"]
    assert whole["items"][2]["prospect"] == ada
    first = admin.get("/conflicts?limit=2")
    rest = admin.get(f"/conflicts?limit=2&cursor={first['next']}")
    assert first["items"] + rest["items"] == whole["items"]
    assert admin.get("/conflicts?crm=other")["items"] == []
    admin.get("/conflicts?cursor=WyJ4Il0", 422)


def test_what_was_settled_here_is_no_conflict_any_more(
    admin: Program, database: Database, ada: str
) -> None:
    def settle(session: Session) -> None:
        session.get_one(ProspectRow, UUID(ada)).title = "head of  IT"

    perform(database, settle)
    assert "title" not in {each["field"] for each in admin.get("/conflicts")["items"]}


def test_the_crm_stands_among_what_is_told_with_how_it_is_asked(admin: Program, ada: str) -> None:
    (crm,) = admin.get("/destinations")["items"]
    assert (crm["slug"], crm["kind"], crm["events"]) == ("crm", "hubspot", ["handoff.won"])
    admin.post("/destinations/crm/redrive", {}, 409)
    assert ada
