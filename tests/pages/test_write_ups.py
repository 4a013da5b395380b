"""The desk's pages, and the manager's five minutes: a late promise is given to the desk, and its row is gone."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects.member import Role
from routing.write_up_rows import WriteUpRow
from tests.pages.conftest import Visitor
from tests.pages.test_steering import ask as ask_about
from tests.pages.test_steering import do
from tests.routing import customers, office

Crew = Callable[..., dict[str, Visitor]]
OVERDUE = "Promises overdue"


@pytest.fixture
def people(crew: Crew) -> dict[str, Visitor]:
    """Ann sells, Dana and Dov are the desk, Max manages."""
    return crew(
        ann=("Ann Arber", Role.REP),
        dana=("Dana Roth", Role.DESK),
        dov=("Dov Levi", Role.DESK),
        max=("Max Mayer", Role.MANAGER),
    )


@pytest.fixture
def lead(people: dict[str, Visitor], database: Database, now: datetime) -> str:
    """A lead of Ann's, whose security paper was due two days ago."""
    before = now - timedelta(days=3)
    return perform(database, lambda s: str(office.ref(customers.checked(s, before))))


def the_write_up(dana: Visitor) -> str:
    """The address of the one write-up in the queue."""
    found = re.search(r'href="(/desk/[0-9a-f-]+/[0-9a-f-]+)"', dana.see("/desk"))
    assert found
    return found[1]


def to_the_desk(people: dict[str, Visitor], lead: str) -> str:
    """Max gives it to the desk, Dana takes it."""
    do(people["max"], "desk", lead, reason="Ann is ill")
    write_up = the_write_up(people["dana"])
    assert people["dana"].send(write_up, f"{write_up}/taking").status_code == 303
    return write_up


def test_an_empty_queue_says_what_will_come(people: dict[str, Visitor]) -> None:
    assert "Nothing to write up" in people["dana"].see("/desk")


def test_a_late_promise_given_to_the_desk_is_no_longer_stuck(
    people: dict[str, Visitor], lead: str
) -> None:
    boss = people["max"]
    page = boss.see("/stuck")
    assert OVERDUE in page
    assert f"/stuck/act?act=desk&amp;lead={lead}" in page
    assert "Give to the desk: 1 lead" in ask_about(boss, "desk", lead)
    page = do(boss, "desk", lead, reason="Ann is ill")
    assert "1 lead was given to the desk." in page
    assert OVERDUE not in page
    batch = re.search(r'name="batch" value="([^"]+)"', page)
    assert batch
    boss.send("/stuck", "/stuck/undo", batch=batch[1])
    assert OVERDUE in boss.see("/stuck")
    assert "Nothing to write up" in people["dana"].see("/desk")


def test_what_the_desk_wrote_stands_beside_the_brief_and_in_the_history(
    people: dict[str, Visitor], lead: str
) -> None:
    dana, ann, write_up = people["dana"], people["ann"], to_the_desk(people, lead)
    page = dana.see(write_up)
    assert "the security paper" in page
    assert "Ann is ill" in page
    told = dana.send(
        write_up, write_up, text="The paper\nin two parts",
        what=["40 plants", ""], source=["https://firm.example/about", ""], on=["2026-03-02", ""],
    )  # fmt: skip
    assert told.status_code == 303
    brief = ann.see(f"/handoffs/{lead}")
    for said in ("The paper\nin two parts", "40 plants", 'href="https://firm.example/about"'):
        assert said in brief
    assert "2026-03-02" in brief
    assert "Dana Roth" in brief
    assert "The desk wrote up: the security paper" in ann.see(f"/people/{lead.split('/')[0]}")


def test_of_two_at_the_desk_one_takes_it(people: dict[str, Visitor], lead: str) -> None:
    write_up, dov = to_the_desk(people, lead), people["dov"]
    assert "Dana Roth writes it" in dov.see("/desk")
    for act in ("/taking", "", "/giving-back"):
        told = dov.send("/you", f"{write_up}{act}", text="mine", reason="mine")
        assert told.status_code == 409
    assert dov.send("/you", f"{write_up}/putting-back").status_code == 404
    assert people["max"].send(write_up, f"{write_up}/putting-back").status_code == 303
    assert dov.send(write_up, f"{write_up}/taking").status_code == 303


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    people: dict[str, Visitor], lead: str
) -> None:
    dana, write_up = people["dana"], to_the_desk(people, lead)
    told = dana.send(
        write_up, write_up, text="kept",
        what=["", "<b>a fact</b>"], source=["", ""], on=["", "2026-13-40"],
    )  # fmt: skip
    assert told.status_code == 422
    for part in ("kept", "&lt;b&gt;a fact&lt;/b&gt;", 'href="#source-1"', 'href="#on-1"'):
        assert part in told.text
    assert dana.send(write_up, f"{write_up}/giving-back", reason=" ").status_code == 422


def test_what_is_given_back_is_stuck_again_with_the_reason(
    people: dict[str, Visitor], lead: str
) -> None:
    dana, write_up = people["dana"], to_the_desk(people, lead)
    assert dana.send(write_up, f"{write_up}/giving-back", reason="no such paper").status_code == 303
    assert "The desk gave it back: no such paper" in people["max"].see("/stuck")
    assert "no such paper" in people["ann"].see(f"/handoffs/{lead}")


def test_a_desk_that_is_late_stands_on_the_manager_s_page(
    people: dict[str, Visitor], lead: str, database: Database, now: datetime
) -> None:
    to_the_desk(people, lead)

    def be_late(session: Session) -> None:
        session.execute(update(WriteUpRow).values(due_at=now - timedelta(hours=1)))

    perform(database, be_late)
    page = people["max"].see("/stuck")
    assert "The desk is late with it." in page
    assert "Dana Roth took it and has not written it: the security paper" in page


def test_a_rep_asks_what_is_missing_on_the_brief(people: dict[str, Visitor], lead: str) -> None:
    ann, brief = people["ann"], f"/handoffs/{lead}"
    assert "Not known yet: their phone" in ann.see(brief)
    for what in ("Who signs there?", "Who signs there?", " "):
        fields = {"what": what, "once": "01900000-0000-7000-8000-000000000001"}
        assert ann.send(brief, f"{brief}/write-up", **fields).status_code == 303
    assert ann.see(brief).count("Who signs there?") == 1
    assert "Who signs there?" in people["dana"].see("/desk")


def test_with_nobody_on_the_desk_the_manager_is_told_so(
    people: dict[str, Visitor], lead: str, database: Database, now: datetime
) -> None:
    for name in ("dana", "dov"):
        perform(
            database,
            lambda s, name=name: office.staff(
                s, now, {"name": name, "roles": ["desk"], "active": False}
            ),
        )
    page = do(people["max"], "desk", lead, reason="x")
    assert "Nobody is on the desk" in page
    assert OVERDUE in page
