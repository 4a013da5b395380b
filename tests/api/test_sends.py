"""Programs see every mail of ours: what became of it and why, page by page."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from nurture import flows
from nurture.proceed import proceed
from prospects import configuration, timeline
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.member import Role
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from tests.api.conftest import Program

FLOW = {
    "flow": "f",
    "enter": {"activity": "form"},
    "steps": [{"id": "hello", "mail": {"template": "hello", "topic": "news"}}],
}


@pytest.fixture
def people(database: Database, now: datetime) -> list[str]:
    """Three people, each with a mail planned for them."""

    def work(session: Session) -> list[str]:
        configuration.write(session, "flow", "f", FLOW, now, by="test")
        flows.publish(session, "f", FLOW, now)
        made = []
        for _ in range(3):
            who = ProspectId(new_id(now))
            row = ProspectRow(id=who, email=f"{who.hex}@b.example", fields={})
            row.created_at = row.changed_at = now
            session.add(row)
            session.flush()
            fact = Fact(prospect_id=who, kind=Kind.FORM, happened_at=now, source="t", key="1")
            timeline.record(session, [fact], now)
            made.append(who)
        seen = timeline.lock_and_see(session, made, now).snapshots
        proceed(session, seen, now)
        return [str(who) for who in made]

    return perform(database, work)


def test_mails_are_listed_page_by_page(admin: Program, people: list[str]) -> None:
    first = admin.get("/sends?limit=2")
    rest = admin.get(f"/sends?limit=2&cursor={first['next']}")
    assert len(first["items"]) == 2
    assert rest["next"] is None
    found = first["items"] + rest["items"]
    assert {each["prospect"] for each in found} == set(people)
    assert {(each["state"], each["step"], each["visit"]) for each in found} == {
        ("planned", "hello", 1)
    }
    assert found[0]["planned_at"].endswith("Z")


def test_one_mail_is_shown_with_its_words(admin: Program, people: list[str]) -> None:
    listed = admin.get(f"/sends?prospect={people[0]}")["items"]
    shown = admin.get(f"/sends/{listed[0]['id']}")
    assert shown == {**listed[0], "html": None, "text": None}


def test_what_is_asked_for_wrongly_is_said(admin: Program, people: list[str]) -> None:
    assert admin.get("/sends?state=held")["items"] == []
    problem = admin.get("/sends?state=hled", status=422)
    assert "held" in problem["errors"][0]["mend"]
    admin.get(f"/sends/{uuid4()}", status=404)
    admin.get("/sends/nonsense", status=404)


def test_a_rep_does_not_read_everybodys_mail(
    program: Callable[..., Program], people: list[str]
) -> None:
    program(Role.REP, "rita@acme.example").get("/sends", status=403)


def test_switches_are_turned_over_the_api(admin: Program, people: list[str]) -> None:
    assert admin.get("/switches") == {"live": False, "mail_stopped": False}
    admin.post("/switches/live", {}, status=200)
    admin.post("/switches/mail_stopped", {}, status=200)
    assert admin.get("/switches") == {"live": True, "mail_stopped": True}
    admin.ask("DELETE", "/switches/mail_stopped", status=200)
    assert admin.get("/switches") == {"live": True, "mail_stopped": False}
