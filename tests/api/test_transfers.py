"""Customers and write-ups over the API: each act answers with the thing as it stands, foreign is 404."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects.member import Role
from tests.api.conftest import Program
from tests.routing import customers, office

As = Callable[[str], Program]
ROLES = {
    "eva": Role.ACCOUNT_MANAGER,
    "fin": Role.ACCOUNT_MANAGER,
    "dana": Role.DESK,
    "dov": Role.DESK,
    "max": Role.MANAGER,
}


@pytest.fixture
def start(now: datetime) -> datetime:
    """The site's clock starts an hour ago; ids are ordered by time."""
    return now - timedelta(hours=1, seconds=1)


@pytest.fixture
def program_of(program: Callable[..., Program], database: Database, start: datetime) -> As:
    """A program that acts for a colleague: eva and fin take customers, dana and dov are the desk."""
    perform(database, lambda s: office.three_reps(s, start))
    perform(database, lambda s: customers.hire(s, start))
    return lambda name: program(ROLES.get(name, Role.REP), f"{name}@us.example")


@pytest.fixture
def won(program_of: As, database: Database, start: datetime) -> dict[str, str]:
    """A customer put to eva, and who won them."""

    def work(session: Session) -> dict[str, str]:
        row = customers.won(session, start)
        rep = customers.named(session, row.rep_id)
        assert rep
        return {"id": str(row.id), "rep": rep}

    return perform(database, work)


def test_a_customer_is_asked_about_answered_and_accepted(
    program_of: As, won: dict[str, str]
) -> None:
    eva, rep, path = program_of("eva"), program_of(won["rep"]), f"/transfers/{won['id']}"
    (item,) = eva.get("/transfers?state=proposed")["items"]
    assert (item["id"], item["late"], item["questions"]) == (won["id"], False, [])
    assert item["paper"]["found"]["fact"] == "wants two plants by May"
    assert "ida@firm.example" not in str(item)
    asked = eva.post(f"{path}/question", {"question": "which delivery day?"})
    assert (asked["state"], asked["questions"][0]["answer"]) == ("asked", None)
    again = eva.post(f"{path}/question", {"question": "and where?"}, 409)
    assert again["code"] == "still_asked"
    told = rep.post(f"{path}/answer", {"answer": "Thursday"})
    assert (told["state"], told["questions"][0]["answer"]) == ("proposed", "Thursday")
    assert rep.post(f"{path}/answer", {"answer": "Friday"}, 409)["code"] == "not_asked"
    assert eva.post(f"{path}/acceptance", {})["state"] == "accepted"
    assert eva.post(f"{path}/acceptance", {}, 200)["due_at"] is None
    assert eva.post(f"{path}/question", {"question": "more?"}, 409)["code"] == "transfer_over"


def test_what_was_typed_about_a_customer_tells_nobody_how_to_reach_them_before_they_take_them(
    program_of: As, won: dict[str, str]
) -> None:
    eva, rep, path = program_of("eva"), program_of(won["rep"]), f"/transfers/{won['id']}"
    eva.post(f"{path}/question", {"question": "is it ida@firm.example?"})
    assert "ida@firm.example" not in str(eva.get(path))
    assert "ida@firm.example" in str(rep.post(f"{path}/answer", {"answer": "ida@firm.example"}))
    assert "ida@firm.example" not in str(eva.get("/transfers"))
    eva.post(f"{path}/acceptance", {})
    assert eva.get(path)["questions"][0]["answer"] == "ida@firm.example"


def test_a_foreign_customer_is_absent_and_a_manager_gives_it(
    program_of: As, won: dict[str, str]
) -> None:
    fin, path = program_of("fin"), f"/transfers/{won['id']}"
    assert fin.get("/transfers")["items"] == []
    fin.get(path, 404)
    for act, body in (
        ("acceptance", {}),
        ("question", {"question": "x"}),
        ("answer", {"answer": "x"}),
    ):
        fin.post(f"{path}/{act}", body, 404)
    boss = program_of("max")
    assert boss.get("/transfers?state=nowhere", 422)["errors"][0]["field"] == "state"
    given = boss.post(f"{path}/reassignment", {"to": "fin@us.example", "reason": "eva is ill"})
    assert fin.get(path)["id"] == given["id"]
    boss.post(f"{path}/reassignment", {"to": "fin@us.example", "reason": "again"}, 422)


def lead_of(database: Database, start: datetime) -> dict[str, Any]:
    """A lead whose promise is late, and its rep."""

    def work(session: Session) -> dict[str, Any]:
        row = customers.checked(session, start - timedelta(days=3))
        return {"id": str(row.id), "rep": customers.named(session, row.rep_id)}

    return perform(database, work)


def test_a_late_promise_goes_to_the_desk_and_comes_back_written(
    program_of: As, database: Database, start: datetime, now: datetime
) -> None:
    dana, dov, lead = program_of("dana"), program_of("dov"), lead_of(database, start)
    boss = program_of("max")
    boss.post(f"/handoffs/{lead['id']}/desk", {"reason": "ann is ill"})
    again = boss.post(f"/handoffs/{lead['id']}/desk", {"reason": "ann is ill"}, 409)
    assert again["code"] == "already_asked"
    (item,) = dana.get("/write-ups?state=asked")["items"]
    assert (item["what"], item["note"]) == ("the security paper", "ann is ill")
    path = f"/write-ups/{item['id']}"
    assert dana.post(f"{path}/taking", {})["state"] == "taken"
    dana.post(f"{path}/taking", {}, 200)
    assert dov.post(f"{path}/taking", {}, 409)["code"] == "taken"
    fact = {"what": "40 plants", "source": "their site", "on": now.date().isoformat()}
    assert dana.post(f"{path}/writing", {}, 422)["errors"][0]["field"] == "text"
    tomorrow = {**fact, "on": (now + timedelta(days=2)).date().isoformat()}
    wrong = dana.post(f"{path}/writing", {"facts": [fact, tomorrow]}, 422)
    assert wrong["errors"][0]["field"] == "facts.1.on"
    written = dana.post(f"{path}/writing", {"text": "Here it is.", "facts": [fact]})
    assert (written["state"], written["facts"]) == ("written", [fact])
    dana.post(f"{path}/writing", {"text": "Here it is."}, 200)


def test_a_rep_asks_the_desk_about_their_own_lead_alone(
    program_of: As, database: Database, start: datetime
) -> None:
    program_of("dana")
    lead = lead_of(database, start)
    rep, others = program_of(lead["rep"]), program_of("bob" if lead["rep"] != "bob" else "cid")
    ask = {"what": "Who signs there?"}
    asked = rep.post(f"/handoffs/{lead['id']}/write-ups", ask)
    others.post(f"/handoffs/{lead['id']}/write-ups", ask, 404)
    rep.get("/write-ups", 403)
    dana, path = program_of("dana"), f"/write-ups/{asked['id']}"
    dana.post(f"{path}/taking", {})
    back = dana.post(f"{path}/return", {"reason": "nobody says"})
    assert (back["state"], back["reason"]) == ("given_back", "nobody says")
    assert dana.get(path)["settled_at"]
