"""Over the API: which platforms are told, what became of it, what exactly they would be told."""

from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects import configuration
from prospects.announcing import DESTINATION
from prospects.ids import new_id
from prospects.sealing import seal
from tests.api.conftest import Program
from webhooks.conversion_rows import ConversionRow


def test_what_platforms_took_is_counted_and_shown_hashed_and_told_again(
    site: Flask, admin: Program, database: Database, now: datetime
) -> None:
    ada = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})["prospect"]
    body = {
        "kind": "linkedin_conversions",
        "consent": "ads",
        "access_token": seal(site.extensions["settings"].secret_key, "a-secret-token"),
        "events": {"won": "12", "lost": "13"},
    }
    chat = {"kind": "slack", "url": "https://192.0.9.9/secret", "events": ["handoff.won"]}

    def work(session: Session) -> None:
        configuration.write(session, DESTINATION, "li", body, now, by="test")
        configuration.write(session, DESTINATION, "sales", chat, now, by="test")
        for state, reason in (("withheld", "there is no consent to ads"), ("accepted", None)):
            row = ConversionRow(
                prospect_id=UUID(ada), id=new_id(now), destination="li", milestone="won",
                key=state, at=now, state=state, reason=reason, made_at=now,
            )  # fmt: skip
            session.add(row)

    perform(database, work)
    li, sales = admin.get("/destinations")["items"]
    assert (li["slug"], li["events"], sales["events"]) == ("li", ["lost", "won"], ["handoff.won"])
    assert {each["state"]: each["count"] for each in li["counts"]} == {"withheld": 1, "accepted": 1}
    assert "secret" not in str([li, sales])
    (withheld,) = admin.get("/conversions?destination=li&state=withheld")["items"]
    shown = admin.get(f"/conversions/{withheld['id']}")
    assert (shown["document"], shown["withheld"]) == (None, "there is no consent to ads")
    admin.post(f"/prospects/{ada}/consents", {"topic": "ads", "given": True})
    (element,) = admin.get(f"/conversions/{withheld['id']}")["document"]["elements"]
    assert element["eventId"] == withheld["id"]
    assert "ada@" not in str(element)
    assert admin.post("/destinations/li/redrive", {}, 202) == {"conversions": 1}
    assert admin.get(f"/conversions/{withheld['id']}")["state"] == "waiting"
    assert admin.post("/destinations/sales/redrive", {}, 409)["code"] == "chat"
    admin.post("/destinations/none/redrive", {}, 404)
    admin.get("/conversions?state=lost", 422)
